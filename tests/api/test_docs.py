"""What docs/api.md says is what happens: its story is run, with curl alone, and its tables are complete."""

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


def test_the_story_with_curl(cast: Cast, crm: ApiClient, live_server: Any) -> None:
    assert shutil.which("curl"), "install curl: this test runs what the documentation shows"
    _, *story = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
    environment = {
        **os.environ,
        "BASE": f"{live_server.url}/v1",
        "KEY": crm.secret,
        "INBOX": str(cast.front_desk.id),
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(story)],
        env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    made, why, refused, subscribed, *sent, feed = map(json.loads, done.stdout.splitlines())
    assert made["created"]
    assert why["sentence"] == "No. API key CRM opted this contact out (created as opted out)."
    assert refused["error_code"] == "unsubscribed_number"
    assert subscribed == "success"
    assert len(sent) == 3 and sent[0]["status"] == "queued" and sent == [sent[0]] * 3
    assert [change["action"] for change in feed["changes"]] == ["opted_out", "opted_in"]
    assert {change["initiated_by"]["name"] for change in feed["changes"]} == {"CRM"}


def test_every_code_stands_in_the_table_of_errors_with_its_status() -> None:
    rows = re.findall(r"^\| (\d{3}) \| (.*) \|$", PAGE, re.MULTILINE)
    told = {code: int(status) for status, codes in rows for code in re.findall(r"`(\w+)`", codes)}
    assert told == {code.value: code.status for code in ErrorCode}
