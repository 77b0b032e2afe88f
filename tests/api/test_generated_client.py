"""A Python client that openapi-python-client makes from our document performs the story of docs/api.md."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.api.calls import DOCUMENT
from tests.api.conftest import ApiClient
from tests.api.test_docs import PAGE
from tests.cast import Cast

PACKAGE = "heymarket_api_client"
(STORY,) = re.findall(r"```python\n(import sys\n.*?)```", PAGE, re.DOTALL)


def test_a_generated_client_performs_the_story(
    cast: Cast, crm: ApiClient, live_server: Any, tmp_path: Path
) -> None:
    warnings = generate_client(tmp_path)
    assert "Unable" not in warnings and "Failure" not in warnings, warnings
    calls = {call["operationId"] for path in DOCUMENT["paths"].values() for call in path.values()}
    made = {path.stem for path in (tmp_path / PACKAGE / "api").glob("*/*.py")} - {"__init__"}
    assert made == calls
    (tmp_path / "story.py").write_text(STORY)
    for _ in range(2):  # the second time for a contact that the team has
        # Isolated from our own packages: its folder is the only one of ours that it can import from.
        run = subprocess.run(
            [sys.executable, "story.py", live_server.url, crm.secret, str(cast.front_desk.id)],
            cwd=tmp_path, env={}, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert run.stdout.endswith("Done.\n"), run.stderr


def generate_client(folder: Path) -> str:
    """Make the client in this folder, and return what the generator says."""
    (folder / "openapi.json").write_text(json.dumps(DOCUMENT))
    (folder / "config.yaml").write_text("post_hooks: []\n")
    words = ["generate", "--path", "openapi.json", "--config", "config.yaml", "--meta", "none"]
    run = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", *words, "--output-path", PACKAGE],
        cwd=folder, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout + run.stderr
