"""Thousands of requests, good and bad, made of the OpenAPI document by schemathesis; no answer may leave it.

The suite makes few of each kind; `API_EXAMPLES=1000 make test ARGS="tests/api/test_schemathesis.py"` digs deep.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Program, World

EXAMPLES = os.environ.get("API_EXAMPLES", "5")
ARGS = os.environ.get("ST_ARGS", "").split()


@pytest.mark.usefixtures("_uncounted")
def test_no_answer_leaves_the_document(world: World, crm: Program, live_server: Any, tmp_path: Path) -> None:
    config = tmp_path / "schemathesis.toml"
    words = {"ids": world.ids, "numbers": world.numbers}
    dictionaries = "".join(
        f"[dictionaries.{name}]\nvalues = {json.dumps(values)}\n" for name, values in words.items()
    )
    config.write_text((Path(__file__).parent / "schemathesis.toml").read_text() + dictionaries)
    run = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", "--config-file", config, "run",
            f"{live_server.url}/v1/openapi.json", "--checks", "all", *ARGS, "--max-examples", EXAMPLES,
        ],
        env={**os.environ, "API_KEY": crm.secret, "PYTHONWARNINGS": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )  # fmt: skip
    print(run.stdout)
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr
