"""After the bad days: what the product's rows say, held against what handsets and browsers have seen themselves.

Pure: rows and records in, findings out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bench.fake_carrier import DeliveredText
from bench.simulated_users import Person

WAITING = ("queued", "claimed", "sending")
CONFIRMATION = "confirmation"


@dataclass(frozen=True)
class AuditedMessage:
    """A message as the product keeps it."""

    id: int
    number: str
    body: str
    outbound: bool
    purpose: str
    status: str
    reason: str
    carrier_id: str | None
    crossed: bool


@dataclass(frozen=True)
class AuditFinding:
    """One promise: how many cases of it were looked at, and those that broke it."""

    promise: str
    looked_at: int
    broken: list[str]


def received_once(sids: Iterable[str], rows: Iterable[AuditedMessage]) -> AuditFinding:
    seen = Counter(row.carrier_id for row in rows if not row.outbound)
    sent = list(sids)
    broken = [f"{sid} is there {seen[sid]} times" for sid in sent if seen[sid] != 1]
    broken += [f"{sid} was never sent" for sid in seen.keys() - set(sent)]
    return AuditFinding("every text from a handset is there exactly once", len(sent), broken)


def counted_once(counts: Mapping[str, int], rows: Iterable[AuditedMessage]) -> AuditFinding:
    """`counts`: a conversation's number -> the inbound texts that it counts."""
    seen = Counter(row.number for row in rows if not row.outbound)
    broken = [
        f"{number} counts {count} of {seen[number]}"
        for number, count in counts.items()
        if count != seen[number]
    ]
    return AuditFinding("every conversation counts each of its texts once", len(counts), broken)


def standings(people: Iterable[Person], opted_out: set[str]) -> AuditFinding:
    """A START was texted only once its STOP had been answered, so it is the newer word in every order of arrival."""
    asked = [person for person in people if person.stop]
    broken = [
        f"{person.number} is {'not ' * (person.start is None)}opted out"
        for person in asked
        if (person.number in opted_out) != (person.start is None)
    ]
    innocent = opted_out - {person.number for person in asked}
    broken += [f"{number} is opted out and never asked for it" for number in innocent]
    return AuditFinding("every STOP counts, until its START", len(asked), broken)


def confirmations(
    people: Iterable[Person], delivered: Iterable[DeliveredText], rows: Iterable[AuditedMessage]
) -> AuditFinding:
    """Exactly one on the handset. None may do where a START overtook it, or where nobody knows whether it was sent."""
    by_id = {row.id: row for row in rows}
    reached = Counter(sent.number for sent in delivered if _is_confirmation(by_id, sent))
    excused = {
        row.number
        for row in by_id.values()
        if row.purpose == CONFIRMATION
        and (row.status == "unknown" or row.reason in ("overtaken", "too_late"))
    }
    asked = [person.number for person in people if person.stop]
    broken = [
        f"{number} got {reached[number]} confirmations"
        for number in asked
        if reached[number] > 1 or (reached[number] == 0 and number not in excused)
    ]
    broken += [f"{number} got one without a STOP" for number in reached.keys() - set(asked)]
    return AuditFinding("every STOP is confirmed exactly once", len(asked), broken)


def nothing_after_stop(
    people: Iterable[Person], delivered: Iterable[DeliveredText], rows: Iterable[AuditedMessage]
) -> AuditFinding:
    """No send after a STOP was answered 200 and before a START was texted, but for what crossed it on the wire."""
    by_id = {row.id: row for row in rows}
    sends: dict[str, list[DeliveredText]] = defaultdict(list)
    for sent in delivered:
        sends[sent.number].append(sent)
    stopped = [(person, person.stop.taken_at) for person in people if person.stop and person.stop.taken_at]
    broken = [
        f"{person.number} got message {sent.message_id} {sent.at - heard_at:.3f} s after the STOP was answered"
        for person, heard_at in stopped
        for sent in sends[person.number]
        if sent.at > heard_at
        and not _is_confirmation(by_id, sent)
        and not (sent.message_id in by_id and by_id[sent.message_id].crossed)
        and not (person.start and sent.at > person.start.began)
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
    """What a page answered with a redirect is there; what it answered with an outage may be, but not twice."""
    seen = Counter(row.body for row in rows if row.outbound and row.purpose == "text")
    broken = [
        f"{body!r} (answered {status}) is there {seen[body]} times"
        for body, status in composed.items()
        if seen[body] > 1 or (status == 302 and seen[body] == 0) or (status == 422 and seen[body])
    ]
    return AuditFinding("every text that a member sent is there exactly once", len(composed), broken)


def final_statuses(delivered: Iterable[DeliveredText], rows: Iterable[AuditedMessage]) -> AuditFinding:
    """A text that is marked as sent reached a handset, and one that is refused or failed did not."""
    reached = {sent.message_id for sent in delivered}
    ours = [row for row in rows if row.outbound]
    broken = [f"message {row.id} still is {row.status}" for row in ours if row.status in WAITING]
    broken += [
        f"message {row.id} is {row.status} and {'reached' if row.id in reached else 'never reached'} the handset"
        for row in ours
        if (row.status in ("sent", "delivered") and row.id not in reached)
        or (row.status in ("refused", "failed") and row.id in reached)
    ]
    return AuditFinding("no text is left waiting, and each one's end is true", len(ours), broken)


def answers_are_expected(webhooks: Mapping[int, int], pages: Mapping[int, int]) -> AuditFinding:
    """Statuses, how often. 0: nobody there; 503: a store is away; 422: a page refuses an opted-out number."""
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


def _is_confirmation(by_id: Mapping[int, AuditedMessage], sent: DeliveredText) -> bool:
    return sent.message_id in by_id and by_id[sent.message_id].purpose == CONFIRMATION


def format_findings(findings: Iterable[AuditFinding]) -> Iterator[str]:
    for finding in findings:
        verdict = "kept" if not finding.broken else f"BROKEN {len(finding.broken)} times"
        yield f"{finding.promise:60} {finding.looked_at:6}  {verdict}"
        for example in finding.broken[:5]:
            yield f"    {example}"
