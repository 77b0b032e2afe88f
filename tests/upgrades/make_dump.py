"""Make the dump of a release's demo, at its commit: `python -m tests.upgrades.make_dump VERSION` (docs/releases.md).

The database that the environment names must be empty.
"""

import gzip
import os
import subprocess
import sys

from devserver import postgres
from tests.upgrades.releases import HERE


def main() -> None:
    (version,) = sys.argv[1:]
    owner = os.environ["DATABASE_OWNER_URL"]
    manage("migrate", "--no-input", "-v0", HEYMARKET_DATABASE_ROLE="owner")
    manage("demo")
    manage("verify_ledger")
    dump = subprocess.run(
        [postgres.program("pg_dump"), "--no-comments", owner], stdout=subprocess.PIPE, check=True, timeout=300
    )
    target = HERE / f"{version}.sql.gz"
    target.write_bytes(gzip.compress(dump.stdout, mtime=0))
    print(f"{target} has {target.stat().st_size} bytes.")


def manage(*words: str, **environment: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *words], env={**os.environ, **environment}, check=True, timeout=600
    )


if __name__ == "__main__":
    main()
