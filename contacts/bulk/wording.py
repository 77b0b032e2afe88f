"""What an action on a selection is called, and what came of it, in words."""

from contacts.bulk.models import BulkAction, BulkActionRun

# With the name that was chosen, and while it is still asked for.
_TITLES = {
    BulkAction.ADD_TO_LIST: ("Add {people} to “{name}”", "Add {people} to a list"),
    BulkAction.REMOVE_FROM_LIST: ("Remove {people} from “{name}”", "Remove {people} from a list"),
    BulkAction.TAG: ("Tag {people} “{name}”", "Tag {people}"),
    BulkAction.UNTAG: ("Remove the tag “{name}” from {people}", "Remove a tag from {people}"),
    BulkAction.ASSIGN: ("Assign {people} to {name}", "Assign {people}"),
    BulkAction.OPT_OUT: ("Opt {people} out", "Opt {people} out"),
    BulkAction.BLOCK: ("Block {people}", "Block {people}"),
    BulkAction.DELETE: ("Delete {people}", "Delete {people}"),
}
# What was done, and what needed not be done.
_ENDS = {
    BulkAction.ADD_TO_LIST: ("{people} added to “{name}”.", "{n} on it already."),
    BulkAction.REMOVE_FROM_LIST: ("{people} removed from “{name}”.", "{n} not on it."),
    BulkAction.TAG: ("{people} tagged “{name}”.", "{n} tagged already."),
    BulkAction.UNTAG: ("Tag “{name}” removed from {people}.", "{n} without it."),
    BulkAction.ASSIGN: ("{people} assigned to {name}.", ""),
    BulkAction.OPT_OUT: ("{people} opted out.", "{n} opted out by us already."),
    BulkAction.BLOCK: ("{people} blocked.", "{n} blocked already."),
    BulkAction.DELETE: ("{people} deleted.", ""),
}
COUNT_NAMES = {
    BulkAction.ADD_TO_LIST: ("added", "on_it_already"),
    BulkAction.REMOVE_FROM_LIST: ("removed", "not_on_it"),
    BulkAction.TAG: ("tagged", "tagged_already"),
    BulkAction.UNTAG: ("untagged", "without_it"),
    BulkAction.ASSIGN: ("assigned", ""),
    BulkAction.OPT_OUT: ("opted_out", "opted_out_already"),
    BulkAction.BLOCK: ("blocked", "blocked_already"),
    BulkAction.DELETE: ("deleted", ""),
}


def count_contacts(number: int) -> str:
    """1 contact, 18,204 contacts"""
    return f"{number:,} contact{'' if number == 1 else 's'}"


def bulk_action_title(selection: BulkActionRun) -> str:
    """Delete 18,204 contacts"""
    name = selection.details.get("name", "")
    named, unnamed = _TITLES[BulkAction(selection.action)]
    return (named if name else unnamed).format(people=count_contacts(selection.total), name=name)


def bulk_action_summary(selection: BulkActionRun) -> list[str]:
    """What came of it so far: 18,192 contacts deleted. 312 numbers stay … 12 no longer matched and were left alone."""
    action, counts = BulkAction(selection.action), selection.counts
    (told, told_else), (done, needless) = _ENDS[action], COUNT_NAMES[action]
    sentences = [
        told.format(people=count_contacts(counts.get(done, 0)), name=selection.details.get("name", ""))
    ]
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
