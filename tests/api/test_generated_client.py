"""A Python client that openapi-python-client makes from our document performs the story of docs/api.md."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.api.calls import DOCUMENT
from tests.api.conftest import ApiClient
from tests.cast import Cast

STORY = '''
"""A CRM's calls, with nothing but the generated client."""

import sys

from heymarket_client import AuthenticatedClient
from heymarket_client.api.consent import explain_number, list_optouts
from heymarket_client.api.contacts import create_contact, set_contact_status
from heymarket_client.api.messages import list_messages, send_message
from heymarket_client.models import (
    ConsentAction, NewContactRequest, RequestedStatus, SendMessageRequest, SetStatusRequest, Standing,
)

base, key, inbox, phone = sys.argv[1], sys.argv[2], int(sys.argv[3]), "15035550172"
crm = AuthenticatedClient(base_url=base, token=key, raise_on_unexpected_status=True)

created = create_contact.sync(client=crm, body=NewContactRequest(phone=phone, first="Ada", is_opted_out=True))
assert created.created and created.rev == 1
why = explain_number.sync(phone, client=crm)
assert not why.may_text and why.status == Standing.UNSUBSCRIBED and why.causes[0].lifted_by

text = SendMessageRequest(inbox_id=inbox, phone_number=phone, text="Your bike is ready.")
refused = send_message.sync_detailed(client=crm, body=text)
assert (refused.status_code, refused.parsed.error_code) == (409, "unsubscribed_number")

set_contact_status.sync(client=crm, body=SetStatusRequest(phone=phone, status=RequestedStatus.SUBSCRIBED))
text.local_id = "order-1042"
sent = [send_message.sync(client=crm, body=text) for _ in range(2)]
assert sent[0] == sent[1] and sent[0].status.value == "queued"

listed = list_messages.sync(client=crm, phone_number=phone, inbox_id=inbox)
assert listed[0].id == sent[0].id and listed[0].text == text.text and listed[0].local_id == "order-1042"
feed = list_optouts.sync(client=crm)
assert [change.action for change in feed.changes] == [ConsentAction.OPTED_OUT, ConsentAction.OPTED_IN]

set_contact_status.sync(client=crm, body=SetStatusRequest(phone=phone, status=RequestedStatus.UNSUBSCRIBED))
text.local_id = "order-1043"
assert send_message.sync_detailed(client=crm, body=text).status_code == 409
print("done")
'''


def test_a_generated_client_performs_the_story(
    cast: Cast, crm: ApiClient, live_server: Any, tmp_path: Path
) -> None:
    warnings = generate_client(tmp_path)
    assert "Unable" not in warnings and "Failure" not in warnings, warnings
    calls = {call["operationId"] for path in DOCUMENT["paths"].values() for call in path.values()}
    made = {path.stem for path in (tmp_path / "heymarket_client" / "api").glob("*/*.py")} - {"__init__"}
    assert made == calls
    (tmp_path / "story.py").write_text(STORY)
    # Isolated from our own packages: its folder is the only one of ours that it can import from.
    run = subprocess.run(
        [sys.executable, "story.py", live_server.url, crm.secret, str(cast.front_desk.id)],
        cwd=tmp_path, env={}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert run.stdout == "done\n", run.stderr


def generate_client(folder: Path) -> str:
    """Make the client in this folder, and return what the generator says."""
    (folder / "openapi.json").write_text(json.dumps(DOCUMENT))
    (folder / "config.yaml").write_text("post_hooks: []\n")
    words = ["generate", "--path", "openapi.json", "--config", "config.yaml", "--meta", "none"]
    run = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", *words, "--output-path", "heymarket_client"],
        cwd=folder, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout + run.stderr
