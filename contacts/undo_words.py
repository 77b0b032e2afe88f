"""What the undo of an import does, in words: the same before it is confirmed and after it has ended."""

from collections.abc import Iterable

_GOES = {
    "deleted": ("contact deleted that it made", "contacts deleted that it made"),
    "given_back": ("contact with its former values again", "contacts with their former values again"),
    "taken_off_lists": ("entry on a list taken off again", "entries on lists taken off again"),
    "untagged": ("tag taken off again", "tags taken off again"),
    "put_back_on_lists": ("entry on a list back that it took off", "entries on lists back that it took off"),
    "lists_deleted": ("list deleted that it made, empty now", "lists deleted that it made, empty now"),
    "tags_deleted": ("tag deleted that it made, on nobody now", "tags deleted that it made, on nobody now"),
    "opt_outs_put_back": ("opt-out in force again that it lifted", "opt-outs in force again that it lifted"),
    "opt_outs_lifted": ("opt-out lifted that it recorded", "opt-outs lifted that it recorded"),
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
        "contact that it made: opted out, blocked or lifted by somebody since",
        "contacts that it made: opted out, blocked or lifted by somebody since",
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
    "opt_ins_kept": (
        "opt-out that it lifted: there is newer word about that number",
        "opt-outs that it lifted: there is newer word about those numbers",
    ),
}


def goes(counts: dict[str, int], but: Iterable[str] = ()) -> list[tuple[int, str]]:
    """What is taken back, each with its number."""
    return _told(_GOES, counts, but)


def stays(counts: dict[str, int], but: Iterable[str] = ()) -> list[tuple[int, str]]:
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
