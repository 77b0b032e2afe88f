"""Audit after outages: compares the product's rows with the records of handsets and browsers. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bench.fake_carrier import DeliveredText
from bench.simulated_users import Person

WAITING = ("queued", "claimed", "sending")
CONFIRMATION = "confirmation"


@dataclass(frozen=True)
class AuditedMessage:
    """A message as the product stores it."""

    id: int
    number: str
    body: str
    outbound: bool
    purpose: str
    status: str
    reason: str
    carrier_id: str | None
    crossed: bool
    late: bool = False  # stored so long after it was sent that its STOP is not confirmed any more


@dataclass(frozen=True)
class AuditFinding:
    """One promise, the number of cases checked, and the cases that broke it."""

    promise: str
    looked_at: int
    broken: list[str]

    @property
    def is_kept(self) -> bool:
        """Not if nothing was looked at: such a run shows nothing."""
        return self.looked_at > 0 and not self.broken

    @property
    def verdict(self) -> str:
        if self.broken:
            return f"BROKEN {len(self.broken)} times"
        return "kept" if self.looked_at else "NOT CHECKED"


def received_once(sids: Iterable[str], rows: Iterable[AuditedMessage]) -> AuditFinding:
    stored = Counter(row.carrier_id for row in rows if not row.outbound)
    sent = list(sids)
    broken = [f"{sid} is stored {stored[sid]} times" for sid in sent if stored[sid] != 1]
    broken += [f"{sid} was never sent" for sid in stored.keys() - set(sent)]
    return AuditFinding("each received text is stored exactly once", len(sent), broken)


def counted_once(counts: Mapping[str, int], rows: Iterable[AuditedMessage]) -> AuditFinding:
    """`counts`: the inbound count of each conversation, by number."""
    stored = Counter(row.number for row in rows if not row.outbound)
    broken = [
        f"{number} counts {count} of {stored[number]}"
        for number, count in counts.items()
        if count != stored[number]
    ]
    return AuditFinding("each conversation counts each of its texts once", len(counts), broken)


def standings(people: Iterable[Person], opted_out: set[str]) -> AuditFinding:
    """A START is sent only after its STOP was answered, so it is the newer request in every order of arrival."""
    stopped_people = [person for person in people if person.stop]
    broken = [
        f"{person.number} is {'not ' * (person.start is None)}opted out"
        for person in stopped_people
        if (person.number in opted_out) != (person.start is None)
    ]
    without_stop = opted_out - {person.number for person in stopped_people}
    broken += [f"{number} is opted out without a STOP" for number in without_stop]
    return AuditFinding("each STOP applies until its START", len(stopped_people), broken)


def confirmations(
    people: Iterable[Person], delivered: Iterable[DeliveredText], rows: Iterable[AuditedMessage]
) -> AuditFinding:
    """Exactly one arrives. None may arrive if a START overtook it or if it is unknown whether it was sent; none arrives
    if the STOP was stored late: within five minutes or never.
    """
    by_id = {row.id: row for row in rows}
    reached = Counter(sent.number for sent in delivered if _is_confirmation(by_id, sent))
    excused = {
        row.number
        for row in by_id.values()
        if row.purpose == CONFIRMATION
        and (row.status == "unknown" or row.reason in ("overtaken", "too_late"))
    }
    late_sids = {row.carrier_id for row in by_id.values() if row.late}
    stops = {person.number: person.stop for person in people if person.stop}
    late = {number for number, stop in stops.items() if stop.sid in late_sids}
    broken = [
        f"{number} got {reached[number]} confirmations{' of a late STOP' * (number in late)}"
        for number in stops
        if reached[number] > (number not in late) or (reached[number] == 0 and number not in excused | late)
    ]
    broken += [f"{number} got a confirmation without a STOP" for number in reached.keys() - stops.keys()]
    return AuditFinding("each STOP is confirmed exactly once", len(stops), broken)


def nothing_after_stop(
    people: Iterable[Person], delivered: Iterable[DeliveredText], rows: Iterable[AuditedMessage]
) -> AuditFinding:
    """Nothing is sent between the answer to a STOP and the START, except crossed texts and the confirmation."""
    by_id = {row.id: row for row in rows}
    sends: dict[str, list[DeliveredText]] = defaultdict(list)
    for sent in delivered:
        sends[sent.number].append(sent)
    stopped = [
        (person, person.stop.accepted_at) for person in people if person.stop and person.stop.accepted_at
    ]
    broken = [
        f"{person.number} got message {sent.message_id} {sent.at - answered_at:.3f} s after the STOP was answered"
        for person, answered_at in stopped
        for sent in sends[person.number]
        if sent.at > answered_at
        and not _is_confirmation(by_id, sent)
        and not (sent.message_id in by_id and by_id[sent.message_id].crossed)
        and not (person.start and sent.at > person.start.started_at)
    ]
    return AuditFinding("nothing but the confirmation goes out after a STOP", len(stopped), broken)


def sent_once(delivered: Iterable[DeliveredText], rows: Iterable[AuditedMessage]) -> AuditFinding:
    sends = list(delivered)
    ids = {row.id for row in rows if row.outbound}
    times = Counter(sent.message_id for sent in sends)
    broken = [f"message {id} was sent {count} times" for id, count in times.items() if count > 1]
    broken += [f"message {id} was sent and has no row" for id in times.keys() - ids]
    return AuditFinding("nothing is sent twice", len(sends), broken)


def composed_once(composed: Mapping[str, int], rows: Iterable[AuditedMessage]) -> AuditFinding:
    """A text answered with a redirect is stored; one answered with an outage may be, but not twice."""
    stored = Counter(row.body for row in rows if row.outbound and row.purpose == "text")
    broken = [
        f"{body!r} (answered {status}) is stored {stored[body]} times"
        for body, status in composed.items()
        if stored[body] > 1 or (status == 302 and stored[body] == 0) or (status == 422 and stored[body])
    ]
    return AuditFinding("each text of a member is stored exactly once", len(composed), broken)


def final_statuses(delivered: Iterable[DeliveredText], rows: Iterable[AuditedMessage]) -> AuditFinding:
    """A text with status sent or delivered reached a handset; a refused or failed one did not."""
    reached = {sent.message_id for sent in delivered}
    outbound_rows = [row for row in rows if row.outbound]
    broken = [f"message {row.id} still is {row.status}" for row in outbound_rows if row.status in WAITING]
    broken += [
        f"message {row.id} is {row.status} and {'reached' if row.id in reached else 'never reached'} the handset"
        for row in outbound_rows
        if (row.status in ("sent", "delivered") and row.id not in reached)
        or (row.status in ("refused", "failed") and row.id in reached)
    ]
    return AuditFinding("each text has its true final status", len(outbound_rows), broken)


def answers_are_expected(webhooks: Mapping[int, int], pages: Mapping[int, int]) -> AuditFinding:
    """Counts by status. 0: no connection; 503: a store is down; 422: a page refuses an opted-out number."""
    broken = [
        f"{count} webhooks answered {status}"
        for status, count in webhooks.items()
        if status not in (0, 200, 503)
    ]
    broken += [
        f"{count} pages answered {status}"
        for status, count in pages.items()
        if status not in (0, 200, 302, 422, 503)
    ]
    return AuditFinding(
        "an outage is answered 503, never 500", sum(webhooks.values()) + sum(pages.values()), broken
    )


def kept_rows(before: Mapping[str, Counter[str]], after: Mapping[str, Counter[str]]) -> AuditFinding:
    """The rows of teams, each with how often it was found: what was there before is there, and nothing twice."""
    broken = []
    for slug, rows in before.items():
        found = after.get(slug, Counter())
        broken += [f"{slug} lost {row}" for row in rows - found]
        broken += [f"{slug} has {row} {times} times" for row, times in found.items() if times > 1]
    looked_at = sum(rows.total() for rows in before.values())
    return AuditFinding("what other teams had before is there once", looked_at, broken)


def _is_confirmation(by_id: Mapping[int, AuditedMessage], sent: DeliveredText) -> bool:
    return sent.message_id in by_id and by_id[sent.message_id].purpose == CONFIRMATION


def format_findings(findings: Iterable[AuditFinding]) -> Iterator[str]:
    for finding in findings:
        yield f"{finding.promise:60} {finding.looked_at:7}  {finding.verdict}"
        for example in finding.broken[:5]:
            yield f"    {example}"
