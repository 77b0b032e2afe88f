"""Answers to a double opt-in: what counts as one, and who has not given one yet."""

from collections.abc import Iterable

from accounts.models import Inbox
from optout.double_opt_in.models import DoubleOptIn
from optout.keywords import fold_keyword
from optout.reader.outcome import Outcome

# Yes in the languages of the prompts; it counts only as the whole text, right after the prompt.
_YES = frozenset({"YES", "SI", "OUI", "SIM", "JA"})


def says_yes(outcome: Outcome, body: str) -> bool:
    """Whether a text is a yes, which is an answer only if the prompt was our last text. An opt-in always is one."""
    return outcome is Outcome.YES or (outcome is Outcome.CONVERSATION and fold_keyword(body) in _YES)


def numbers_unconfirmed(inbox: Inbox, numbers: Iterable[str]) -> set[str]:
    """Those of the numbers that the inbox asked and that have not answered; none in an inbox that does not ask."""
    if not inbox.double_opt_in:
        return set()
    rows = DoubleOptIn.objects.filter(
        team_id=inbox.team_id, inbox_id=inbox.id, number__in=list(numbers), answered_at=None
    )
    return set(rows.values_list("number", flat=True))


def is_unconfirmed(inbox: Inbox, number: str) -> bool:
    return bool(numbers_unconfirmed(inbox, [number]))
