"""Valid and invalid requests, generated from the OpenAPI document by schemathesis; every response must conform to it.

The suite sends some hundreds, the same each time. `make test API_EXAMPLES=300 ARGS=tests/api/test_schemathesis.py`
tests every boundary of every field and many more requests per call, for some minutes.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from api.models import KeyMode
from tests.api.calls import TeamIds
from tests.api.conftest import create_client
from tests.cast import MARIA, STRANGER, TOM, Cast

EXAMPLES = os.environ.get("API_EXAMPLES")
EXTENT = [
    "--max-examples",
    EXAMPLES or "5",
    "--phases",
    f"examples,{'coverage,' if EXAMPLES else ''}fuzzing,stateful",
]


@pytest.mark.usefixtures("_unlimited")
@pytest.mark.parametrize("mode", KeyMode)
def test_every_response_conforms_to_the_document(
    cast: Cast, team_ids: TeamIds, live_server: Any, tmp_path: Path, mode: KeyMode
) -> None:
    app = create_client(cast.owner, mode=mode)
    config = tmp_path / "schemathesis.toml"
    config.write_text((Path(__file__).parent / "schemathesis.toml").read_text() + dictionaries(team_ids))
    # What a strict key may not send, a compatible key may.
    but = ["--exclude-checks", "negative_data_rejection"] if mode == KeyMode.COMPATIBLE else []
    options = ["--checks", "all", *but, *EXTENT, f"{live_server.url}/v1/openapi.json"]
    run = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", *options],
        env={**os.environ, "API_KEY": app.secret},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
    )

    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"


def dictionaries(team_ids: TeamIds) -> str:
    """Existing IDs and numbers for the requests."""
    values_by_name = {"ids": team_ids.ids(), "numbers": [MARIA, TOM.removeprefix("+"), STRANGER, "US:384387"]}
    return "".join(
        f"[dictionaries.{name}]\nvalues = {json.dumps(values)}\n" for name, values in values_by_name.items()
    )
