"""Wording of bulk actions: titles of the pages and summaries of the results."""

from contacts.bulk.models import BulkAction, BulkActionRun

# With the name of the list, tag or assignee, and before it is chosen.
_TITLES = {
    BulkAction.ADD_TO_LIST: ("Add {contacts} to “{name}”", "Add {contacts} to a list"),
    BulkAction.REMOVE_FROM_LIST: ("Remove {contacts} from “{name}”", "Remove {contacts} from a list"),
    BulkAction.TAG: ("Tag {contacts} “{name}”", "Tag {contacts}"),
    BulkAction.UNTAG: ("Remove the tag “{name}” from {contacts}", "Remove a tag from {contacts}"),
    BulkAction.ASSIGN: ("Assign {contacts} to {name}", "Assign {contacts}"),
    BulkAction.OPT_OUT: ("Opt out {contacts}", "Opt out {contacts}"),
    BulkAction.BLOCK: ("Block {contacts}", "Block {contacts}"),
    BulkAction.DELETE: ("Delete {contacts}", "Delete {contacts}"),
}
# For contacts that were changed, and for contacts that needed no change.
_SUMMARIES = {
    BulkAction.ADD_TO_LIST: ("{contacts} added to “{name}”.", "{n} already on the list."),
    BulkAction.REMOVE_FROM_LIST: ("{contacts} removed from “{name}”.", "{n} not on the list."),
    BulkAction.TAG: ("{contacts} tagged “{name}”.", "{n} already tagged."),
    BulkAction.UNTAG: ("Tag “{name}” removed from {contacts}.", "{n} did not have it."),
    BulkAction.ASSIGN: ("{contacts} assigned to {name}.", ""),
    BulkAction.OPT_OUT: ("{contacts} opted out.", "{n} already opted out."),
    BulkAction.BLOCK: ("{contacts} blocked.", "{n} already blocked."),
    BulkAction.DELETE: ("{contacts} deleted.", ""),
}
# Their names in BulkActionRun.counts.
COUNT_NAMES = {
    BulkAction.ADD_TO_LIST: ("added", "already_on_list"),
    BulkAction.REMOVE_FROM_LIST: ("removed", "not_on_list"),
    BulkAction.TAG: ("tagged", "already_tagged"),
    BulkAction.UNTAG: ("untagged", "not_tagged"),
    BulkAction.ASSIGN: ("assigned", ""),
    BulkAction.OPT_OUT: ("opted_out", "already_opted_out"),
    BulkAction.BLOCK: ("blocked", "already_blocked"),
    BulkAction.DELETE: ("deleted", ""),
}


def count_contacts(number: int) -> str:
    """1 contact, 18,204 contacts"""
    return f"{number:,} contact{'' if number == 1 else 's'}"


def bulk_action_title(run: BulkActionRun) -> str:
    """Delete 18,204 contacts"""
    name = run.details.get("name", "")
    with_name, without_name = _TITLES[BulkAction(run.action)]
    return (with_name if name else without_name).format(contacts=count_contacts(run.total), name=name)


def bulk_action_summary(run: BulkActionRun) -> list[str]:
    """The results so far: 18,192 contacts deleted. 312 numbers stay … 12 no longer matched and were skipped."""
    action, counts = BulkAction(run.action), run.counts
    (changed, unchanged), (changed_name, unchanged_name) = _SUMMARIES[action], COUNT_NAMES[action]
    contacts = count_contacts(counts.get(changed_name, 0))
    sentences = [changed.format(contacts=contacts, name=run.details.get("name", ""))]
    if unchanged_name and counts.get(unchanged_name):
        sentences.append(unchanged.format(n=f"{counts[unchanged_name]:,}"))
    if stay := counts.get("stay_opted_out_or_blocked"):
        numbers = "number stays" if stay == 1 else "numbers stay"
        sentences.append(f"{stay:,} {numbers} on the do-not-text list.")
    if texts := counts.get("texts_erased"):
        sentences.append(f"{texts:,} text{'' if texts == 1 else 's'} erased.")
    if skipped := counts.get("skipped"):
        sentences.append(f"{skipped:,} {_why_skipped(run.query, skipped)}")
    return sentences


def _why_skipped(query: str | None, skipped: int) -> str:
    if query is None:
        return "had been deleted."
    return f"no longer matched and {'was' if skipped == 1 else 'were'} skipped."
