"""What the undo of an import does, in words: the same before it is confirmed and after it has ended."""

from collections.abc import Iterable

# Under "Taken back" and "Left alone"; for one, and for many.
_GOES = {
    "deleted": (
        "contact that it made, with its lists and tags",
        "contacts that it made, with their lists and tags",
    ),
    "given_back": (
        "contact whose values it changed: it gets back the former ones",
        "contacts whose values it changed: they get back the former ones",
    ),
    "taken_off_lists": (
        "entry that it made on a list, of a contact that stays",
        "entries that it made on lists, of contacts that stay",
    ),
    "untagged": ("tag that it put on a contact that stays", "tags that it put on contacts that stay"),
    "put_back_on_lists": (
        "entry that it took off a list: back on it",
        "entries that it took off lists: back on them",
    ),
    "lists_deleted": (
        "list that it made and nobody else is on",
        "lists that it made and nobody else is on",
    ),
    "tags_deleted": ("tag that it made and nobody else has", "tags that it made and nobody else has"),
    "opt_outs_put_back": (
        "opt-out that it lifted: in force again",
        "opt-outs that it lifted: in force again",
    ),
    "opt_outs_lifted": ("opt-out that it recorded: lifted", "opt-outs that it recorded: lifted"),
}
_STAYS = {
    "texted_since": (
        "contact that it made: texts were exchanged with them since",
        "contacts that it made: texts were exchanged with them since",
    ),
    "edited_since": (
        "contact that it made: somebody changed it since",
        "contacts that it made: somebody changed them since",
    ),
    "relabelled_since": (
        "contact that it made: its lists or tags were changed since",
        "contacts that it made: their lists or tags were changed since",
    ),
    "consent_changed_since": (
        "contact that it made: its number was opted out, blocked or lifted since",
        "contacts that it made: their numbers were opted out, blocked or lifted since",
    ),
    "gone": (
        "contact that is gone: deleted or merged since",
        "contacts that are gone: deleted or merged since",
    ),
    "newer_values_kept": (
        "value that somebody changed since keeps the newer one",
        "values that somebody changed since keep the newer one",
    ),
    "opt_outs_kept": ("opt-out that it recorded", "opt-outs that it recorded"),
    "opted_out_themselves": (
        "opt-out that it recorded: this person opted out themselves, too",
        "opt-outs that it recorded: these people opted out themselves, too",
    ),
    "opt_outs_repeated": (
        "opt-out that it recorded: another import said so, too",
        "opt-outs that it recorded: another import said so, too",
    ),
    "opt_ins_kept": (
        "opt-out that it lifted: there is newer word about that number",
        "opt-outs that it lifted: there is newer word about those numbers",
    ),
}


def reverted_counts(counts: dict[str, int], but: Iterable[str] = ()) -> list[tuple[int, str]]:
    """What is taken back, each with its number."""
    return _told(_GOES, counts, but)


def kept_counts(counts: dict[str, int], but: Iterable[str] = ()) -> list[tuple[int, str]]:
    """What is left alone, each with its number and the reason."""
    return _told(_STAYS, counts, but)


def _told(
    words: dict[str, tuple[str, str]], counts: dict[str, int], but: Iterable[str]
) -> list[tuple[int, str]]:
    return [
        (counts[word], one if counts[word] == 1 else many)
        for word, (one, many) in words.items()
        if counts.get(word) and word not in but
    ]
