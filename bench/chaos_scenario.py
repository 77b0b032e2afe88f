"""Scenario of the outage test: outages one after another, waiting until all texts are done, and the audit."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db.models import BooleanField, ExpressionWrapper, F, Q

from bench import audit, existing_teams, installation, teams
from bench.audit import AuditedMessage, AuditFinding
from bench.chaos_neighbours import Neighbours
from bench.fake_carrier import FakeCarrier
from bench.simulated_users import MemberBrowser, SimulatedUsers
from devserver.supervision import ProcessManager
from kernel.distribution.nodes import close_connections
from kernel.tenancy import scope
from messaging.models import Conversation, Message
from optout.consent_types import CONFIRM_WITHIN
from optout.models import Suppression
from optout.pending_opt_ins import OptInOutcome, PendingOptIn

# Seconds until no text waits. A carrier call that died with its worker is settled after sixty.
MAX_SECONDS_TO_QUIET = 600.0


# Causes outages of so many seconds; yields the name of each before it starts.
type Outages = Callable[[Path, ProcessManager, float], Iterator[str]]


def run_scenario(
    folder: Path, manager: ProcessManager, carrier: FakeCarrier, outage: float, outages: Outages
) -> int:
    existing = existing_teams.rows_by_team()
    member, ids = teams.create_team_at("Chaos", list(carrier.accounts.values()))
    page = MemberBrowser(
        f"http://127.0.0.1:{os.environ['PORT']}/t/{member.team.slug}/", teams.session_cookie(member), ids
    )
    people = SimulatedUsers(carrier, page)
    neighbours = Neighbours(member, (os.environ["HOST"], int(os.environ["PORT"])))
    people.begin()
    began = time.monotonic()
    with neighbours.around():
        for name in outages(folder, manager, outage):
            print(f"{time.monotonic() - began:5.0f} s  {name}: {progress(people)}", flush=True)
        people.end()
    close_connections()  # they were cut by the outages
    ended = time.monotonic()
    print(f"{ended - began:5.0f} s  all parts running: {progress(people)}", flush=True)
    seconds = await_quiet(people, member.team_id)
    print(f"{time.monotonic() - began:5.0f} s  idle after {seconds:.0f} s: {progress(people)}\n", flush=True)
    findings = audit_product(people, member.team_id)
    findings += neighbours.findings({person.number for person in people.people if person.stop})
    if existing:
        findings.append(audit.kept_rows(existing, existing_teams.rows_by_team()))
    print("\n".join(audit.format_findings(findings)))
    print(installation.run_manage_command("verify_ledger").strip())
    return 0 if all(finding.is_kept for finding in findings) else 1


def progress(people: SimulatedUsers) -> str:
    texts = people.carrier.texts
    missed = sum(text.accepted_at is None for text in texts)
    return (
        f"{len(texts)} texts in ({missed} not accepted), {len(people.sent_bodies)} sent by members, "
        f"{len(people.carrier.delivered)} delivered"
    )


def await_quiet(people: SimulatedUsers, team_id: int) -> float:
    """Wait until all texts are received, checked and sent, or MAX_SECONDS_TO_QUIET; returns the seconds."""
    began = time.monotonic()
    while time.monotonic() < began + MAX_SECONDS_TO_QUIET:
        time.sleep(2)
        found, delivered = read_messages(team_id), len(people.carrier.delivered)
        known = {row.carrier_id for row in found if not row.outbound}
        waits = has_pending_opt_ins(team_id) or any(row.status in audit.WAITING for row in found)
        if not waits and all(text.sid in known for text in people.carrier.texts):
            time.sleep(2)  # for the last status callbacks
            if len(people.carrier.delivered) == delivered:
                break
    return time.monotonic() - began


def has_pending_opt_ins(team_id: int) -> bool:
    with scope(team_id):
        return PendingOptIn.objects.filter(team_id=team_id, outcome=OptInOutcome.PENDING).exists()


def read_messages(team_id: int) -> list[AuditedMessage]:
    names = ("id", "number", "body", "outbound", "purpose", "status", "reason", "carrier_id", "crossed")
    late = Q(outbound=False, created_at__gt=F("at") + CONFIRM_WITHIN)
    is_late = ExpressionWrapper(late, output_field=BooleanField())
    with scope(team_id):
        found = Message.objects.filter(team_id=team_id).values_list(*names, is_late)
        return [AuditedMessage(*values) for values in found]


def audit_product(people: SimulatedUsers, team_id: int) -> list[AuditFinding]:
    found, carrier = read_messages(team_id), people.carrier
    with scope(team_id):
        opted_out = set(Suppression.objects.filter(team_id=team_id).values_list("number", flat=True))
        counts = dict(Conversation.objects.filter(team_id=team_id).values_list("number", "inbound_count"))
    webhooks = Counter(answer for text in carrier.texts for answer in text.answers)
    webhooks.update(carrier.report_answers)
    print(f"webhooks answered {dict(webhooks)}, pages {dict(people.page.answers)} (0: no connection)\n")
    return [
        audit.received_once((text.sid for text in carrier.texts), found),
        audit.counted_once(counts, found),
        audit.standings(people.people, opted_out),
        audit.confirmations(people.people, carrier.delivered, found),
        audit.nothing_after_stop(people.people, carrier.delivered, found),
        audit.sent_once(carrier.delivered, found),
        audit.composed_once(people.sent_bodies, found),
        audit.final_statuses(carrier.delivered, found),
        audit.answers_are_expected(webhooks, people.page.answers),
    ]
