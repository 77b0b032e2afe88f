"""Valid and invalid requests, generated from the OpenAPI document by schemathesis; every response must conform to it.

The suite sends some hundreds, the same each time. `make test API_EXAMPLES=100 ARGS=tests/api/test_schemathesis.py`
tests every boundary of every field and many more requests per call, for an hour; each test has some of the calls, the
fewer the more examples, and takes a few minutes.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from itertools import batched
from pathlib import Path
from typing import Any

import pytest

from api.models import KeyMode
from tests.api.calls import OPERATIONS, TeamIds
from tests.api.conftest import create_client
from tests.cast import MARIA, STRANGER, TOM, Cast

EXAMPLES = int(os.environ.get("API_EXAMPLES", "0"))
# Calls of one subject are tested together: some need what others make.
CALLS = sorted(OPERATIONS, key=lambda id: (OPERATIONS[id]["tags"][0], id))
PARTS = list(batched(CALLS, max(1, 600 // EXAMPLES))) if EXAMPLES else [tuple(CALLS)]
LONGEST = max(600, 6 * EXAMPLES)  # seconds
HOOKS = {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(Path(__file__).parent)}


@pytest.mark.usefixtures("_unlimited")
@pytest.mark.parametrize("mode", KeyMode)
@pytest.mark.parametrize("calls", PARTS, ids=[calls[0] for calls in PARTS])
def test_every_response_conforms_to_the_document(
    cast: Cast, team_ids: TeamIds, live_server: Any, tmp_path: Path, mode: KeyMode, calls: Sequence[str]
) -> None:
    app = create_client(cast.owner, mode=mode)
    config = tmp_path / "schemathesis.toml"
    config.write_text(settings_of(team_ids))
    run = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", *options(mode, calls),
         f"{live_server.url}/v1/openapi.json"],
        env={**os.environ, "API_KEY": app.secret, **HOOKS},
        cwd=tmp_path, capture_output=True, text=True, timeout=LONGEST,
    )  # fmt: skip

    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"


def options(mode: KeyMode, calls: Sequence[str]) -> list[str]:
    # What a strict key may not send, a compatible key may.
    but = ["--exclude-checks", "negative_data_rejection"] if mode == KeyMode.COMPATIBLE else []
    chosen = [word for id in calls for word in ("--include-operation-id", id)] if EXAMPLES else []
    phases = ["fuzzing", "stateful"]
    if EXAMPLES or mode == KeyMode.STRICT:
        phases.append("examples")  # of each field: both modes read them alike
    if EXAMPLES:
        phases.append("coverage")
    return ["--checks", "all", *but, "--phases", ",".join(phases), *chosen]


def settings_of(team_ids: TeamIds) -> str:
    """The file with how many requests to send, and with existing IDs and numbers for them."""
    file = (Path(__file__).parent / "schemathesis.toml").read_text()
    file = file.replace("[generation]\n", f"[generation]\nmax-examples = {EXAMPLES or 3}\n", 1)
    values_by_name = {"ids": team_ids.ids(), "numbers": [MARIA, TOM.removeprefix("+"), STRANGER, "US:384387"]}
    dictionaries = [
        f"[dictionaries.{name}]\nvalues = {json.dumps(values)}\n" for name, values in values_by_name.items()
    ]
    # Calls without a body have little that could vary.
    few = f"[[operations]]\ninclude-method = ['GET', 'DELETE']\ngeneration.max-examples = {EXAMPLES or 1}\n"
    return "".join([file, *dictionaries, few])
