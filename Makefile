# Everything a clone needs: `make help` lists it. ARGS are passed on, as in `make test ARGS="-k stop"`.

BIN := .venv/bin
PY := $(BIN)/python
READY := .venv/ready
# A candidate counts only if it runs: a shim on the PATH may stand for a version that is not installed.
PYTHONS := $(PYTHON) python3.13 python3.14 python3.12 python3 python

# What a real installation gives; `manage.py check --deploy` looks at the settings that come of it.
PRODUCTION := env DEVELOPMENT=0 PUBLIC_URL=https://inbox.example.com \
	SECRET_KEY=0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ \
	ENCRYPTION_KEYS=9876543210-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ \
	DATABASE_URL=postgresql://app@db/heymarket DATABASE_OWNER_URL=postgresql://owner@db/heymarket \
	REDIS_URL=redis://cache/0 STATUS_TOKEN=0123456789abcdef SMTP_URL=smtp://mail.example.com BEHIND_PROXY=1 \
	MEDIA_STORAGE=s3://media EVIDENCE_KEYS=evidence-0123456789-abcdefghijklmnopqrstuvwxyz VAPID_PRIVATE_KEY=key
LOCK := $(PY) -m uv pip compile pyproject.toml --universal --python-version 3.12 --generate-hashes \
	--no-emit-index-url --no-header --quiet

# The tests, the checks and `make run` start many Pythons, each of which would compile the whole product again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test test-cluster check docs bench chaos restore-drill screenshot lock clean
.DEFAULT_GOAL := help

help:
	@echo "make run     the product with a demo team, on HOST and PORT (127.0.0.1:8000)"
	@echo "make test    the tests, in a browser too"
	@echo "make test API_EXAMPLES=300 ARGS=tests/api/test_schemathesis.py   the API, fuzzed for minutes"
	@echo "make test FUZZ=1000000 ARGS=tests/fuzz   a million random rows, texts and requests, for an hour"
	@echo "make test CLERK=100 ARGS=tests/test_clerks_hundred_in_browser.py   a hundred conversations by keyboard"
	@echo "make test-cluster   the same on a Citus cluster (docs/scale.md)"
	@echo "make check   lint, types, structure, templates, migrations, settings"
	@echo "make docs    what is made from the code: the reference and the compatibility table of the API, samples of webhooks"
	@echo "make bench   how fast, beside what the same machine can do"
	@echo "make chaos   the same under outages, a few minutes"
	@echo "make restore-drill   back up the demo, restore it on a server of its own, verify it, and say how old it is"
	@echo "make screenshot   a new docs/inbox.png, while make run is up"
	@echo "make lock    pin what pyproject.toml names (ARGS=--upgrade for newer versions)"
	@echo "make clean   remove .venv, caches and var/, the local database included"

run: $(READY)
	@exec $(PY) -m devserver run --tied

test: $(READY)
	@$(PY) -m devserver browser >/dev/null
	@$(PY) -m pytest -n 2 $(ARGS)

# Nothing here starts a cluster: docs/scale.md says how one is made for the tests.
test-cluster: $(READY)
	@if [ -z "$$TEST_DATABASE_URL" ] || [ -z "$$TEST_DATABASE_OWNER_URL" ]; then \
		echo "Set TEST_DATABASE_URL and TEST_DATABASE_OWNER_URL to the database of a Citus cluster, as the runtime role" \
			"and as the owner of its tables: docs/scale.md, \"Tests on a cluster\"." >&2; exit 2; fi
	@$(PY) -m pytest -n 2 $(ARGS)

check: $(READY)
	@$(PY) -m ruff check --quiet
	@$(PY) -m ruff format --check --quiet || { echo "Not formatted: $(PY) -m ruff format" >&2; exit 1; }
	@$(PY) -m mypy
	@layers=$$($(PY) -c 'from importlinter.cli import lint_imports_command as check; check()' --no-logo) || \
		{ echo "$$layers" >&2; exit 1; }
	@$(BIN)/djangofmt --check --quiet templates || { echo "Not formatted: $(BIN)/djangofmt templates" >&2; exit 1; }
	@! LC_ALL=C.UTF-8 grep -rnE --include='*.html' '^.{121,}' templates || \
		{ echo "Longer than 120 columns, and djangofmt cannot break it: shorten it by hand" >&2; exit 1; }
	@$(PY) -m djlint templates --quiet --lint
	@structure=$$($(PY) -m pytest --quiet --no-header tests/structure) || { echo "$$structure" >&2; exit 1; }
	@$(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	@$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

docs: $(READY)
	@$(PY) -m tests.made_docs

bench: $(READY)
	@$(PY) -m bench $(ARGS)

chaos: $(READY)
	@$(PY) -m bench.chaos $(ARGS)

restore-drill: $(READY)
	@$(PY) -m devserver restore-drill

screenshot: $(READY)
	@$(PY) -m devserver.screenshot

lock: $(READY)
	@$(LOCK) $(ARGS) --output-file requirements.txt
	@$(LOCK) $(ARGS) --group dev --constraints requirements.txt --output-file requirements-dev.txt

clean:
	@if [ -x $(PY) ]; then $(PY) -m devserver clean; else rm -rf var; fi
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements-dev.txt
	@set -e; fits='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))'; \
	if ! $(PY) -c "$$fits" >/dev/null 2>&1; then \
		for python in $(PYTHONS) none; do \
			if "$$python" -c "$$fits" >/dev/null 2>&1; then break; fi; \
		done; \
		if [ "$$python" = none ]; then \
			echo "Python 3.12 or newer is needed, with its venv module (Debian: python3-venv):" >&2; \
			echo "install it, or name one: make PYTHON=/path/to/python3.13" >&2; \
			exit 1; \
		fi; \
		echo "Making .venv with $$("$$python" --version)."; \
		"$$python" -m venv --clear .venv; \
	fi; \
	echo "Installing what requirements-dev.txt pins; this takes a minute or two."; \
	$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt; \
	touch $@
