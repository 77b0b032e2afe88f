"""What an action on a selection is called, and what came of it, in words."""

from contacts.models import Selection
from contacts.models.selection import Doing

# With the name that was chosen, and while it is still asked for.
_TITLES = {
    Doing.ADD_TO_LIST: ("Add {people} to “{name}”", "Add {people} to a list"),
    Doing.REMOVE_FROM_LIST: ("Remove {people} from “{name}”", "Remove {people} from a list"),
    Doing.TAG: ("Tag {people} “{name}”", "Tag {people}"),
    Doing.UNTAG: ("Remove the tag “{name}” from {people}", "Remove a tag from {people}"),
    Doing.ASSIGN: ("Assign {people} to {name}", "Assign {people}"),
    Doing.OPT_OUT: ("Opt {people} out", "Opt {people} out"),
    Doing.BLOCK: ("Block {people}", "Block {people}"),
    Doing.DELETE: ("Delete {people}", "Delete {people}"),
}
# What was done, and what needed not be done.
_ENDS = {
    Doing.ADD_TO_LIST: ("{people} added to “{name}”.", "{n} on it already."),
    Doing.REMOVE_FROM_LIST: ("{people} removed from “{name}”.", "{n} not on it."),
    Doing.TAG: ("{people} tagged “{name}”.", "{n} tagged already."),
    Doing.UNTAG: ("Tag “{name}” removed from {people}.", "{n} without it."),
    Doing.ASSIGN: ("{people} assigned to {name}.", ""),
    Doing.OPT_OUT: ("{people} opted out.", "{n} opted out by us already."),
    Doing.BLOCK: ("{people} blocked.", "{n} blocked already."),
    Doing.DELETE: ("{people} deleted.", ""),
}
DONE = {
    Doing.ADD_TO_LIST: ("added", "on_it_already"),
    Doing.REMOVE_FROM_LIST: ("removed", "not_on_it"),
    Doing.TAG: ("tagged", "tagged_already"),
    Doing.UNTAG: ("untagged", "without_it"),
    Doing.ASSIGN: ("assigned", ""),
    Doing.OPT_OUT: ("opted_out", "opted_out_already"),
    Doing.BLOCK: ("blocked", "blocked_already"),
    Doing.DELETE: ("deleted", ""),
}


def people(number: int) -> str:
    """1 contact, 18,204 contacts"""
    return f"{number:,} contact{'' if number == 1 else 's'}"


def title(selection: Selection) -> str:
    """Delete 18,204 contacts"""
    name = selection.details.get("name", "")
    named, unnamed = _TITLES[Doing(selection.doing)]
    return (named if name else unnamed).format(people=people(selection.total), name=name)


def summary(selection: Selection) -> list[str]:
    """What came of it so far: 18,192 contacts deleted. 312 numbers stay … 12 no longer matched and were left alone."""
    doing, counts = Doing(selection.doing), selection.counts
    (told, told_else), (done, needless) = _ENDS[doing], DONE[doing]
    sentences = [told.format(people=people(counts.get(done, 0)), name=selection.details.get("name", ""))]
    if needless and counts.get(needless):
        sentences.append(told_else.format(n=f"{counts[needless]:,}"))
    if stay := counts.get("stay_opted_out_or_blocked"):
        numbers = "number stays" if stay == 1 else "numbers stay"
        sentences.append(f"{stay:,} {numbers} on the do-not-text list.")
    if texts := counts.get("texts_erased"):
        sentences.append(f"{texts:,} text{'' if texts == 1 else 's'} erased.")
    if alone := counts.get("left_alone"):
        sentences.append(f"{alone:,} {_why_alone(selection.query, alone)}")
    return sentences


def _why_alone(query: str | None, alone: int) -> str:
    were = "was" if alone == 1 else "were"
    return f"{were} gone already." if query is None else f"no longer matched and {were} left alone."
