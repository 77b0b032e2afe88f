"""Neighbours in the outage test: slow clients, a team with slow receivers, and a team with a poisoned workbook.

They must delay nobody else. The audited team has a receiver that answers at once, and a third team imports a file.
"""

import io
import json
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests
from django.db import InterfaceError, OperationalError

from accounts.models import Member
from bench import background_load, teams
from bench.audit import AuditFinding
from bench.http_load import get_request, post_request
from contacts.imports.models import Import
from contacts.runs.models import RunState
from kernel.distribution.nodes import close_connections
from kernel.tenancy import scope
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin
from webhooks.models import Endpoint, EventType

SLOW_RECEIVERS, SLOW_SECONDS = 10, 9.0
SLOW_SENDERS, SLOW_READERS = 100, 100
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@dataclass
class EventReceiver:
    """A receiver of opt-out events, which answers after `seconds`; `received`: the numbers."""

    seconds: float = 0.0
    received: set[str] = field(default_factory=set)

    def start(self) -> str:
        """Listen; the address."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}/"


def _handler(receiver: EventReceiver) -> type[BaseHTTPRequestHandler]:
    class EventHandler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(receiver.seconds)
            receiver.received.add(event["data"]["number"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    return EventHandler


class Neighbours:
    def __init__(self, audited: Member, address: tuple[str, int]) -> None:
        self.address, self.receiver, self.ended = address, EventReceiver(), threading.Event()
        self.slow, self.poisoner, self.importer = (
            teams.create_owner(name) for name in ("Slow", "Poison", "Files")
        )
        _add_endpoint(audited, self.receiver.start())
        for _ in range(SLOW_RECEIVERS):
            _add_endpoint(self.slow, EventReceiver(SLOW_SECONDS).start())
        self.poison_answer = self._upload(self.poisoner, "people.xlsx", poisoned_workbook())
        people = "".join(f"Person {n},+1415{3_000_000 + n}\n" for n in range(5000))
        self.import_answer = self._upload(
            self.importer, "people.csv", f"First Name,Phone Number\n{people}".encode()
        )

    @contextmanager
    def around(self) -> Iterator[None]:
        """Slow clients, and opt-outs of the team with slow receivers, until the end of the block."""
        url = "http://{}:{}".format(*self.address)
        senders = [post_request(f"{url}/webhooks/twilio/messages", "MessageSid=SM" * 50, {})] * SLOW_SENDERS
        readers = [get_request(f"{url}/accounts/login/", {})] * SLOW_READERS
        with ExitStack() as running:
            running.enter_context(
                background_load.in_background(background_load.be_slow, self.address, senders, readers)
            )
            thread = threading.Thread(target=self._opt_out_others, daemon=True)
            thread.start()
            yield
            self.ended.set()
            thread.join(60)

    def _opt_out_others(self) -> None:
        nth = 0
        while not self.ended.wait(0.5):
            nth += 1
            try:
                with scope(self.slow.team_id):
                    consent.opt_out(
                        self.slow.team_id,
                        f"+1415{4_000_000 + nth}",
                        Actor(Origin.MEMBER, "Slow", 1),
                        reason="asked",
                    )
            except (OperationalError, InterfaceError):
                close_connections()
        close_connections()

    def _upload(self, member: Member, name: str, content: bytes) -> int:
        """Upload a file as the page does, and confirm its columns; the status of the upload."""
        url = "http://{}:{}/t/{}/contacts/imports/".format(*self.address, member.team.slug)
        browser = requests.Session()
        browser.cookies.set(*teams.session_cookie(member))
        browser.cookies.set("csrftoken", "c" * 32)
        browser.headers["X-CSRFToken"] = "c" * 32
        answer = browser.post(url, files={"file": (name, content)}, allow_redirects=False, timeout=120)
        with scope(member.team_id):
            for run in Import.objects.filter(team_id=member.team_id, state=RunState.DRAFT):
                run.start_check(run.columns, run.options)
                run.save()
        return answer.status_code

    # -- audit ---------------------------------------------------------------------------------------------------

    def findings(self, opted_out: set[str], seconds: float = 60.0) -> list[AuditFinding]:
        """`opted_out`: the numbers with a STOP, whose events the audited team's receiver must get."""
        until = time.monotonic() + seconds
        while opted_out - self.receiver.received and time.monotonic() < until:
            time.sleep(1)
        missing = [f"{number}'s event did not arrive" for number in opted_out - self.receiver.received]
        checked, poisoned = self._states(self.importer), self._states(self.poisoner)
        return [
            AuditFinding("each STOP reaches the team's receiver, beside slow ones", len(opted_out), missing),
            AuditFinding(
                "another team's import is checked",
                1,
                [] if checked == [RunState.CHECKED] else [f"answer {self.import_answer}, {checked}"],
            ),
            AuditFinding(
                "a poisoned workbook fails plainly",
                1,
                []
                if self.poison_answer == 422 or poisoned == [RunState.FAILED]
                else [f"answer {self.poison_answer}, {poisoned}"],
            ),
        ]

    def _states(self, member: Member) -> list[str]:
        with scope(member.team_id):
            return list(Import.objects.filter(team_id=member.team_id).values_list("state", flat=True))


def _add_endpoint(member: Member, url: str) -> None:
    endpoint = Endpoint(team=member.team, name="Receiver", url=url, events=[EventType.OPT_OUT])
    endpoint.rotate_secret()
    with scope(member.team_id):
        endpoint.save()


def poisoned_workbook(rows: int = 20_000) -> bytes:
    """A small workbook whose every row has a cell in the last column, so that a naive reader fills in 16,383 cells."""
    cells = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>a</t></is></c><c r="XFD{n}"><v>1</v></c></row>'
        for n in range(1, rows + 1)
    )
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
        f'ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{NAMESPACE}" xmlns:r="{relations}"><sheets><sheet name="People" '
        'sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{NAMESPACE}"><sheetData>{cells}</sheetData></worksheet>',
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()
