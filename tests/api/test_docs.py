"""docs/api.md is true: its curl commands run, and its table of errors is complete."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.conf import settings

from api.errors import ErrorCode
from tests.api.conftest import ApiClient
from tests.cast import Cast

PAGE = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text()


def test_the_curl_commands_run_again_and_again(cast: Cast, crm: ApiClient, live_server: Any) -> None:
    """The second time the team has the contact, texts, and changes in its feed."""
    assert shutil.which("curl"), "install curl: this test runs what the documentation shows"
    for is_new in (True, False):
        created, why, refused, subscribed, *sent, feed = run_story(cast, crm, live_server.url)
        assert created["created"] is is_new
        assert why["sentence"].startswith("No. API key CRM opted this contact out (")
        assert refused["error_code"] == "unsubscribed_number"
        assert subscribed == "success"
        assert len(sent) == 3 and sent[0]["status"] == "queued" and sent == [sent[0]] * 3
        assert [change["action"] for change in feed["changes"]] == ["opted_out", "opted_in"]
        assert {change["initiated_by"]["name"] for change in feed["changes"]} == {"CRM"}


def run_story(cast: Cast, crm: ApiClient, url: str) -> list[Any]:
    """What the commands print."""
    _, *commands = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
    environment = {
        **os.environ,
        "BASE": f"{url}/v1",
        "KEY": crm.secret,
        "INBOX": str(cast.front_desk.id),
    }
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(commands)],
        env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_table_of_errors_lists_every_code_with_its_status() -> None:
    rows = re.findall(r"^\| (\d{3}) \| (.*) \|$", PAGE, re.MULTILINE)
    listed = {code: int(status) for status, codes in rows for code in re.findall(r"`(\w+)`", codes)}
    assert listed == {code.value: code.status for code in ErrorCode}
