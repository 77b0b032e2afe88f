"""A contact gets its number, another number, or the place of a second contact; and what that does to consent.

Nothing here lifts anything. Whoever gives a contact a number that may not be texted is told first, and a suppression of
the number that a contact leaves goes along unless the member says no; the number that was left keeps its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import live
from accounts.numbers import display
from contacts import hooks
from contacts.deletion import forget_former
from contacts.models import Contact, CustomField, ListEntry, Tagging
from optout import consent
from optout.consent import Actor
from optout.models import Standing, State
from optout.record import lock_many


class Taken(Exception):
    """Another contact of the team has this number."""

    def __init__(self, holder: Contact | None) -> None:
        super().__init__(f"{(holder and holder.name) or 'Another contact'} has this number already.")
        self.holder = holder


class Gone(Exception):
    """The contact was deleted, or got another number, since the page was opened."""


@dataclass(frozen=True)
class Question:
    """What a member has to know before a contact gets a number; `key` is what an answer must repeat.

    Where a standing changes between the page and its answer, so does the key, and the question is asked anew.
    """

    number: str
    there: Standing  # of the number, in whichever inbox
    left: Standing | None = None  # of the number that the contact leaves

    @classmethod
    def about(cls, team_id: int, number: str, leaves: str = "") -> "Question":
        left = consent.everywhere(team_id, leaves) if leaves else None
        return cls(number, consent.everywhere(team_id, number), left)

    @property
    def key(self) -> str:
        return "; ".join([self.number, *_names(self.there), "left", *_names(self.left)])

    @property
    def is_open(self) -> bool:
        return bool(self.there.rows or (self.left and self.left.rows))


def _names(standing: Standing | None) -> list[str]:
    """What stands, row by row: a second opt-out of another origin makes another question."""
    return [row.name for row in standing.rows] if standing else []


class NotAnswered(Exception):
    """Somebody has to say yes to the question first."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.key)
        self.question = question


# -- one number --------------------------------------------------------------------------------------------------


def create(contact: Contact, number: str, status: State, *, by: Actor, answer: str | None = "") -> None:
    """Save a new contact at a number, and record the status that was chosen for it. Active records nothing.

    Its custom values are saved with it, and told of; not those of a field that was deleted meanwhile.
    Raises Taken, or NotAnswered where the number's standing is not active. Nobody asks a program: its answer is None.
    """
    team_id = contact.team_id
    with _unless_taken(team_id, number):
        consent.lock(team_id, number)
        _ask(Question.about(team_id, number), answer)
        contact.number = number
        held = CustomField.objects.held(team_id, contact.custom) if contact.custom else set()
        contact.custom = {key: value for key, value in contact.custom.items() if key in held}
        contact.save(force_insert=True)
        hooks.created(team_id, [hooks.row(contact)], by)
        if status == State.OPTED_OUT:
            consent.opt_out(team_id, number, by, reason="Created as opted out")
        elif status == State.BLOCKED:
            consent.block(team_id, number, by, reason="Created as blocked")
    live.changed(team_id)


def move(contact: Contact, number: str, *, by: Actor, answer: str | None = "", carry: bool = True) -> None:
    """Give a contact another number; with `carry`, what suppresses the old one from then on suppresses both.

    Conversations stay with their number. Raises Taken, Gone, or NotAnswered where one of the numbers is not active.
    Nobody asks a program: its answer is None.
    """
    team_id, old = contact.team_id, contact.number
    if number == old:
        return
    with _unless_taken(team_id, number):
        lock_many(team_id, [old, number])
        question = Question.about(team_id, number, leaves=old)
        _ask(question, answer)
        here = Contact.objects.filter(team_id=team_id, id=contact.id, number=old)
        if not here.update(number=number, updated_at=timezone.now()):
            raise Gone
        if carry:
            consent.carry_over(team_id, old, number, by, reason=f"Number changed from {display(old)}")
    contact.number = number
    live.changed(team_id)


def _ask(question: Question, answer: str | None) -> None:
    if question.is_open and answer is not None and answer != question.key:
        raise NotAnswered(question)


@contextmanager
def _unless_taken(team_id: int, number: str) -> Iterator[None]:
    """All or nothing; a contact that has the number, now or at the very same time, is Taken."""
    if holder := _holder(team_id, number):
        raise Taken(holder)
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if (
            getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
            != "contacts_contact_number"
        ):
            raise
        raise Taken(_holder(team_id, number)) from None


def _holder(team_id: int, number: str) -> Contact | None:
    found: Contact | None = Contact.objects.filter(team_id=team_id, number=number).first()
    return found


# -- two contacts ------------------------------------------------------------------------------------------------

# Taken from the other one where the kept one has nothing.
FILLED = ("first_name", "last_name", "email", "assignee_id")


def united(kept: Contact, other: Contact) -> dict[str, Any]:
    """The columns that the kept contact has after a merge. Pure."""
    values = {name: getattr(kept, name) or getattr(other, name) for name in FILLED}
    # Shown instead of first and last name, so it is filled only where nobody gave the kept one any name.
    values["display_name"] = kept.display_name if kept.name else other.display_name
    notes = dict.fromkeys(note for note in (kept.note.strip(), other.note.strip()) if note)
    values["note"] = "\n\n".join(notes)
    values["custom"] = {**other.custom, **kept.custom}
    values["created_at"] = min(kept.created_at, other.created_at)
    last = max((kept, other), key=lambda one: (one.last_message_at is not None, one.last_message_at))
    return {**values, "last_message_at": last.last_message_at, "last_inbox_id": last.last_inbox_id}


def merge(kept: Contact, other: Contact, *, by: Actor) -> Contact:
    """Make one contact of two, at the kept one's number, and return it. The strictest of everything stands.

    What suppresses the other's number from then on suppresses both; the other contact is deleted, and its
    conversations stay with its number. Raises Gone when either has been deleted or got another number.
    """
    team_id = kept.team_id
    with transaction.atomic():
        lock_many(team_id, [kept.number, other.number])  # before any row
        rows = Contact.objects.select_for_update().filter(team_id=team_id, id__in=[kept.id, other.id])
        found = {row.id: row for row in rows.order_by("id")}
        if {id: row.number for id, row in found.items()} != {kept.id: kept.number, other.id: other.number}:
            raise Gone
        kept, other = found[kept.id], found[other.id]
        values = united(kept, other)
        for name, value in values.items():
            setattr(kept, name, value)
        kept.save(update_fields=[*values, "updated_at"])
        _share_labels(kept, other)
        Contact.objects.filter(team_id=team_id, id=other.id).delete()
        forget_former(team_id, [other.id])
        hooks.deleted(team_id, [hooks.row(other)], by, merged_into=kept)
        words = f"Merged with {other.name[:120] or 'a contact'} at {display(other.number)}"
        consent.carry_over(team_id, other.number, kept.number, by, reason=words)
    live.changed(team_id)
    return kept


def _share_labels(kept: Contact, other: Contact) -> None:
    """Put the kept contact on the other's lists and give it the other's tags; what is the other's goes with it."""
    labels: list[tuple[Any, str]] = [(ListEntry, "list_id"), (Tagging, "tag_id")]
    for model, label in labels:
        theirs = model.objects.filter(team_id=other.team_id, contact_id=other.id).values_list(
            label, flat=True
        )
        rows = [
            model(team_id=kept.team_id, contact_id=kept.id, **{label: id}) for id in theirs.order_by(label)
        ]
        model.objects.bulk_create(rows, ignore_conflicts=True)
