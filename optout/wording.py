"""Wording of consent: a sentence for each ledger entry, and for how a suppression can be lifted. Pure functions."""

from kernel.phone_numbers import CHANNELS
from optout.consent_types import MISREAD, RETRACTED
from optout.lifting_rules import only_the_person_lifts
from optout.models import Action, ConsentEvent, Origin, StandingState, Suppression, SuppressionKind
from optout.reasons import LABELS

# Choices for a field, in the form that starts a line.
ORIGIN_CHOICES = [(origin, label[0].upper() + label[1:]) for origin, label in Origin.choices]


def describe_entry(event: ConsentEvent) -> str:
    """Who changed what, and how. Pages show the time beside the sentence."""
    return _SENTENCES[Action(event.action)](event) + remaining_state(event)


def _opted_out(event: ConsentEvent) -> str:
    if event.is_copied:
        return f"{event.actor_name} copied an opt-out to this number{_in_parentheses(event.reason)}"
    match event.origin:
        case Origin.CONTACT if event.changed and event.each_inbox_since:
            scope = event.inbox_name if event.only_in_inbox else "all inboxes"
            where = ("" if event.only_in_inbox else _to_inbox(event)) + _in_parentheses(event.reason)
            return f"Contact opted out of {scope} by texting {quoted_words(event)}{where}"
        case Origin.CONTACT if not event.changed:
            return f"Contact texted {quoted_words(event)}{_to_inbox(event)} again"
        case Origin.CONTACT:
            where = f"{_to_inbox(event)}{_in_parentheses(event.reason)}"
            return f"Contact opted out by texting {quoted_words(event)}{where}"
        case Origin.CARRIER:
            return f"The carrier reported that this person opted out{_of_one_inbox(event)}"
        case Origin.LINKED:
            return f"Opted out at {event.source}, a linked team"
        case Origin.VENDOR_LIST:
            return f"Opted out at a former vendor{_in_parentheses(event.source, is_name=True)}"
        case Origin.TOLD_MEMBER | Origin.TOLD_IMPORT | Origin.TOLD_API:
            words = f": {quoted_words(event)}" if event.words.strip() else ""
            details = _in_parentheses(event.reason) or _in_parentheses(event.source, is_name=True)
            return f"{initiator(event)} recorded that this person opted out{_of_inbox(event)}{words}{details}"
    return f"{initiator(event)} opted this contact out{_of_inbox(event)}{_in_parentheses(event.reason)}"


def _opted_in(event: ConsentEvent) -> str:
    if event.origin == Origin.CONTACT:
        back = "back " if event.changed else ""
        if event.only_in_inbox:
            return f"Contact opted {back}in to {event.inbox_name} by texting {quoted_words(event)}"
        return f"Contact opted {back}in by texting {quoted_words(event)}{_to_inbox(event)}"
    if event.obtained_at:
        words = f"“{event.words.strip()}”{_in_parentheses(event.source, is_name=True)}"
        to = f" to {event.inbox_name}" if event.only_in_inbox else ""
        return f"{initiator(event)} opted this contact back in{to} with fresh consent: {words}"
    if event.reason == RETRACTED:
        return f"{initiator(event)} retracted the opt-out as a mistake"
    if event.reason.startswith(MISREAD):
        reason = event.reason.removeprefix(MISREAD)
        return f"{initiator(event)} marked the text that opted out as misread{_in_parentheses(reason)}"
    return f"{initiator(event)} lifted the opt-out{_of_inbox(event)}{_in_parentheses(event.reason)}"


def _blocked(event: ConsentEvent) -> str:
    if event.is_copied:
        return f"{event.actor_name} copied a block to this number{_in_parentheses(event.reason)}"
    return f"{initiator(event)} blocked this number{_in_parentheses(event.reason)}"


def _unblocked(event: ConsentEvent) -> str:
    return f"{initiator(event)} unblocked this number{_in_parentheses(event.reason)}"


def _held(event: ConsentEvent) -> str:
    if event.origin != Origin.CONTACT:  # not by its arrival
        return (
            f"{initiator(event)} held {quoted_words(event)} for review again{_in_parentheses(event.reason)}"
        )
    # Of a score the version of the reader is left to the ledger.
    why = event.reason.partition(" by ")[0] if event.reason.startswith("score ") else event.reason
    return f"Held for review: {quoted_words(event)}{_to_inbox(event)} may be an opt-out{_in_parentheses(why)}"


def _released(event: ConsentEvent) -> str:
    return f"{initiator(event)} decided that {quoted_words(event)} is not an opt-out{_in_parentheses(event.reason)}"


_SENTENCES = {
    Action.OPTED_OUT: _opted_out,
    Action.OPTED_IN: _opted_in,
    Action.BLOCKED: _blocked,
    Action.UNBLOCKED: _unblocked,
    Action.HELD: _held,
    Action.RELEASED: _released,
}


def remaining_state(event: ConsentEvent) -> str:
    """What else is in force after something was lifted, as the end of a sentence."""
    if event.action in (Action.OPTED_IN, Action.UNBLOCKED):
        if event.after == StandingState.BLOCKED:
            return "; the number stays blocked"
        if event.after == StandingState.OPTED_OUT and event.only_in_inbox:
            return "; another opt-out stays"
        if event.after == StandingState.OPTED_OUT:
            return "; the number stays opted out"
    return ""


def initiator(event: ConsentEvent) -> str:
    """Who initiated a change, at the beginning of a sentence."""
    if event.origin in (Origin.IMPORT, Origin.TOLD_IMPORT):
        return f"An import by {event.actor_name}" if event.actor_name else "An import"
    if event.origin in (Origin.API, Origin.TOLD_API):
        return f"API key {event.actor_name}".strip()
    return event.actor_name or "A team member"


def quoted_words(event: ConsentEvent) -> str:
    """The person's own words in quotation marks; a bare keyword without them."""
    words = " ".join(event.words.split())
    return words if words.isalpha() and words.isupper() else f"“{words}”"


def _to_inbox(event: ConsentEvent) -> str:
    """The inbox that a person's text went to, and the channel by which it came."""
    channel = f" by {event.source}" if event.source in CHANNELS.values() else ""
    return f" to {event.inbox_name}{channel}" if event.inbox_name else channel


def _of_inbox(event: ConsentEvent) -> str:
    return f" of {event.inbox_name}" if event.only_in_inbox else ""


def _of_one_inbox(event: ConsentEvent) -> str:
    in_one_inbox = any(Suppression.inbox_id_in(name) for name in event.added)
    return f" of {event.inbox_name} only" if in_one_inbox else ""


def _in_parentheses(words: str, *, is_name: bool = False) -> str:
    words = words.strip().rstrip(".")
    if not words:
        return ""
    return f" ({words[0].lower() if not is_name and _is_sentence(words) else words[0]}{words[1:]})"


def _is_sentence(words: str) -> bool:
    """Whether words continue in lower case inside a sentence: "They asked us" does, "SMS form" does not."""
    first, _, rest = words.partition(" ")
    return words in LABELS or (
        bool(rest) and (first[1:].islower() or len(first) == 1) and not rest[0].isupper()
    )


def describe_lifting(row: Suppression, only_in: str = "") -> str:
    """Who can lift this suppression, and how. `only_in` is the name of the only inbox to which it applies."""
    start = f"The person can text START{f' to {only_in}' if only_in else ''}."
    if row.kind == SuppressionKind.BLOCK:
        return "Unblock the number to receive its texts and to text it again."
    if only_the_person_lifts(row):
        return "Only the person can lift this, by texting START to this inbox. Until then the carrier refuses texts."
    if row.persons_own:
        return f"{start} An owner or admin can also record fresh consent."
    return f"{start} A team member can also lift it with a reason."
