"""What the ledger says in words: one sentence for a line, and what would lift what stands. Pure."""

from optout.consent_types import COPIED_FROM
from optout.lifting_rules import only_the_person_lifts
from optout.models import (
    PERSONS_OWN,
    Action,
    ConsentEvent,
    Origin,
    StandingState,
    Suppression,
    SuppressionKind,
)


def describe_entry(event: ConsentEvent) -> str:
    """Who changed what, and how; the time stands beside it."""
    return _SENTENCES[Action(event.action)](event) + _what_stays(event)


def _opted_out(event: ConsentEvent) -> str:
    if _carried(event):
        return f"{event.actor_name} carried an opt-out over to this number{_bracket(event.reason)}"
    match event.origin:
        case Origin.CONTACT if not event.changed:
            return f"Contact texted {_words(event)}{_to_inbox(event)} again"
        case Origin.CONTACT:
            return f"Contact opted out by texting {_words(event)}{_to_inbox(event)}"
        case Origin.CARRIER:
            return f"Reported by the carrier: this person opted out{_in_one_inbox(event)}"
        case Origin.VENDOR_LIST:
            return f"Opted out before the move to Heymarket{_bracket(event.source)}"
    return f"{_who(event)} opted this contact out{_bracket(event.reason)}"


def _opted_in(event: ConsentEvent) -> str:
    if event.origin == Origin.CONTACT:
        return f"Contact opted {'back ' * event.changed}in by texting {_words(event)}{_to_inbox(event)}"
    if event.obtained_at:
        words = f"“{event.words.strip()}”{_bracket(event.source)}"
        return f"{_who(event)} opted this contact back in with fresh consent: {words}"
    return f"{_who(event)} lifted the opt-out{_bracket(event.reason)}"


def _blocked(event: ConsentEvent) -> str:
    if _carried(event):
        return f"{event.actor_name} carried a block over to this number{_bracket(event.reason)}"
    return f"{_who(event)} blocked this number{_bracket(event.reason)}"


def _unblocked(event: ConsentEvent) -> str:
    return f"{_who(event)} unblocked this number{_bracket(event.reason)}"


_SENTENCES = {
    Action.OPTED_OUT: _opted_out,
    Action.OPTED_IN: _opted_in,
    Action.BLOCKED: _blocked,
    Action.UNBLOCKED: _unblocked,
}


def _what_stays(event: ConsentEvent) -> str:
    gives_back = event.action in (Action.OPTED_IN, Action.UNBLOCKED)
    if gives_back and event.after == StandingState.BLOCKED:
        return "; the number stays blocked"
    if gives_back and event.after == StandingState.OPTED_OUT:
        return "; it stays opted out"
    return ""


def _carried(event: ConsentEvent) -> bool:
    return event.source.startswith(COPIED_FROM)


def _who(event: ConsentEvent) -> str:
    if event.origin == Origin.IMPORT:
        return f"An import ({event.actor_name})" if event.actor_name else "An import"
    if event.origin == Origin.API:
        return f"API key {event.actor_name}".strip()
    return event.actor_name or "A team member"


def _words(event: ConsentEvent) -> str:
    """The person's own words; a bare keyword stands without quotation marks."""
    words = " ".join(event.words.split())
    return words if words.isalpha() and words.isupper() else f"“{words}”"


def _to_inbox(event: ConsentEvent) -> str:
    return f" to {event.inbox_name}" if event.inbox_name else ""


def _in_one_inbox(event: ConsentEvent) -> str:
    one = any(name.startswith(f"{SuppressionKind.OPT_OUT} {Origin.CARRIER} ") for name in event.added)
    return f" of {event.inbox_name} alone" if one else ""


def _bracket(words: str) -> str:
    words = words.strip().rstrip(".")
    if not words:
        return ""
    # "They asked us" goes on in lower case inside the sentence; "SMS form" and "Opt Out column" do not.
    first, _, rest = words.partition(" ")
    is_sentence = (first[1:].islower() or len(first) == 1) and not rest[:1].isupper()
    return f" ({words[0].lower() if is_sentence else words[0]}{words[1:]})"


def describe_lifting(row: Suppression) -> str:
    """What would lift this suppression, and who can do it."""
    if row.kind == SuppressionKind.BLOCK:
        return "Unblock the number to receive from it and text it again."
    if only_the_person_lifts(row):
        return "Only the person can lift this, by texting START to this inbox: until then the carrier goes on refusing."
    if row.origin in PERSONS_OWN:
        return "The person can text START. Or an owner or admin records fresh consent."
    return "The person can text START. Or lift it here, with a reason."
