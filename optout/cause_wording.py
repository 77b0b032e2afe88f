"""Wording of a cause: why a number may not be texted, as one member reads it. Pure functions."""

from kernel.phone_numbers import CHANNELS
from optout.models import ConsentEvent, Origin, Suppression, SuppressionKind
from optout.reasons import OptOutReason
from optout.wording import initiator, quoted_words

SHORT = 40  # characters of a person's words that a headline quotes


def headline(row: Suppression, event: ConsentEvent, viewer: int | None) -> str:
    """The true cause in a few words. `viewer` is the member who reads it: "You decided …"."""
    who = _who(row, event, viewer)
    if event.is_copied:
        return (
            f"{who} copied {'a block' if row.kind == SuppressionKind.BLOCK else 'an opt-out'} to this number"
        )
    if row.kind == SuppressionKind.BLOCK:
        return f"{who} blocked this number"
    match row.origin:
        case Origin.CONTACT if event.words.strip() and len(event.words) <= SHORT:
            return f"They texted {quoted_words(event)}"
        case Origin.CONTACT:
            return "They opted out by text"
        case Origin.CARRIER:
            return "The carrier reported that they opted out"
        case Origin.LINKED:
            return f"They opted out at {event.source}"
        case Origin.VENDOR_LIST:
            return "They opted out at a former vendor"
        case Origin.TOLD_MEMBER if event.message_id or event.reason == OptOutReason.WROTE.label:
            return "They wrote that they want no texts"
        case Origin.TOLD_MEMBER | Origin.TOLD_IMPORT | Origin.TOLD_API:
            return "They asked us not to text them"
        case Origin.MEMBER:
            return f"{who} decided not to text this number"
    return f"{who} opted this number out"


def details(row: Suppression, event: ConsentEvent, viewer: int | None) -> list[str]:
    """What the headline leaves out: who recorded it, the reason, the source, and the inboxes."""
    is_told = row.kind == SuppressionKind.OPT_OUT and row.origin in (
        Origin.TOLD_MEMBER, Origin.TOLD_IMPORT, Origin.TOLD_API,
    )  # fmt: skip
    recorded = f"Recorded by {_lower(_who(row, event, viewer))}" if is_told else ""
    received = f"To {event.inbox_name}" if event.inbox_name and row.inbox_id is None else ""
    scope = f"In {event.inbox_name} only" if row.inbox_id else "In all inboxes"
    return [part for part in (recorded, received, _reason(event), _source(event), scope) if part]


def words(row: Suppression, event: ConsentEvent) -> str:
    """The person's words, unless the headline quotes them."""
    in_headline = row.origin == Origin.CONTACT and len(event.words) <= SHORT and not event.is_copied
    return "" if in_headline else event.words.strip()


def _who(row: Suppression, event: ConsentEvent, viewer: int | None) -> str:
    by_member = event.origin in (Origin.MEMBER, Origin.TOLD_MEMBER) and not event.is_copied
    return "You" if by_member and viewer and event.actor_id == viewer else initiator(event)


def _lower(who: str) -> str:
    return who[0].lower() + who[1:] if who.startswith(("You", "An import", "A team member")) else who


def _reason(event: ConsentEvent) -> str:
    return "" if event.reason in OptOutReason.labels else event.reason[:1].upper() + event.reason[1:]


def _source(event: ConsentEvent) -> str:
    known = {reason.source for reason in OptOutReason} | {f"Text to {event.inbox_name}"}
    if event.source in CHANNELS.values():
        return f"By {event.source}"
    in_headline = event.source in known or event.is_copied or event.origin == Origin.LINKED
    return "" if in_headline else event.source
