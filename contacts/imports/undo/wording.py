"""Wording of import undo counts: the same before the confirmation and after the end."""

from collections.abc import Iterable

# For the headings "Undone" and "Kept"; singular and plural.
_REVERTED = {
    "deleted": ("contact created by the import: deleted", "contacts created by the import: deleted"),
    "given_back": (
        "contact changed: previous values restored",
        "contacts changed: previous values restored",
    ),
    "taken_off_lists": ("list membership removed", "list memberships removed"),
    "untagged": ("tag removed from a contact", "tags removed from contacts"),
    "put_back_on_lists": ("list membership restored", "list memberships restored"),
    "lists_deleted": ("unused list deleted", "unused lists deleted"),
    "tags_deleted": ("unused tag deleted", "unused tags deleted"),
    "opt_outs_put_back": ("lifted opt-out restored", "lifted opt-outs restored"),
    "opt_outs_lifted": ("recorded opt-out lifted", "recorded opt-outs lifted"),
}
_KEPT = {
    "texted_since": ("created contact with texts since then", "created contacts with texts since then"),
    "edited_since": ("created contact edited since then", "created contacts edited since then"),
    "relabelled_since": (
        "created contact whose lists or tags changed since then",
        "created contacts whose lists or tags changed since then",
    ),
    "consent_changed_since": (
        "created contact whose consent changed since then",
        "created contacts whose consent changed since then",
    ),
    "gone": ("contact deleted or merged since then", "contacts deleted or merged since then"),
    "newer_values_kept": ("value edited since then", "values edited since then"),
    "opt_outs_kept": ("recorded opt-out", "recorded opt-outs"),
    "opted_out_themselves": (
        "recorded opt-out of a person who also opted out themselves",
        "recorded opt-outs of people who also opted out themselves",
    ),
    "opt_outs_repeated": (
        "recorded opt-out that another import repeated",
        "recorded opt-outs that another import repeated",
    ),
    "opt_ins_kept": (
        "lifted opt-out with a newer consent change",
        "lifted opt-outs with newer consent changes",
    ),
}


def reverted_counts(counts: dict[str, int], but: Iterable[str] = ()) -> list[tuple[int, str]]:
    """The changes that are undone: each count with its meaning."""
    return _labelled(_REVERTED, counts, but)


def kept_counts(counts: dict[str, int], but: Iterable[str] = ()) -> list[tuple[int, str]]:
    """The changes that are kept: each count with the reason."""
    return _labelled(_KEPT, counts, but)


def _labelled(
    labels: dict[str, tuple[str, str]], counts: dict[str, int], but: Iterable[str]
) -> list[tuple[int, str]]:
    return [
        (counts[word], singular if counts[word] == 1 else plural)
        for word, (singular, plural) in labels.items()
        if counts.get(word) and word not in but
    ]
