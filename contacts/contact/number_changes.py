"""A contact gets its number, another number, or the place of a second contact; and what that does to consent.

Nothing here lifts anything. Whoever gives a contact a number that may not be texted is told first, and a suppression of
the number that a contact leaves goes along unless the member says no; the number that was left keeps its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from contacts.contact import events
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from kernel import change_tokens
from kernel.phone_numbers import display
from optout import consent
from optout.bulk_consent import copy_suppressions
from optout.consent_types import Actor
from optout.models import Standing, StandingState
from optout.number_locks import lock_number, lock_numbers
from optout.number_state import standing_across_inboxes


class NumberTaken(Exception):
    """Another contact of the team has this number."""

    def __init__(self, holder: Contact | None) -> None:
        super().__init__(f"{(holder and holder.name) or 'Another contact'} has this number already.")
        self.holder = holder


class ContactGone(Exception):
    """The contact was deleted, or got another number, since the page was opened."""


@dataclass(frozen=True)
class NumberWarning:
    """What a member has to know before a contact gets a number; `key` is what an answer must repeat.

    Where a standing changes between the page and its answer, so does the key, and the question is asked anew.
    """

    number: str
    there: Standing  # of the number, in whichever inbox
    left: Standing | None = None  # of the number that the contact leaves

    @classmethod
    def about(cls, team_id: int, number: str, leaves: str = "") -> "NumberWarning":
        left = standing_across_inboxes(team_id, leaves) if leaves else None
        return cls(number, standing_across_inboxes(team_id, number), left)

    @property
    def key(self) -> str:
        return "; ".join([self.number, *_names(self.there), "left", *_names(self.left)])

    @property
    def is_open(self) -> bool:
        return bool(self.there.rows or (self.left and self.left.rows))


def _names(standing: Standing | None) -> list[str]:
    """What stands, row by row: a second opt-out of another origin makes another question."""
    return [row.name for row in standing.rows] if standing else []


class NotConfirmed(Exception):
    """Somebody has to say yes to the question first."""

    def __init__(self, question: NumberWarning) -> None:
        super().__init__(question.key)
        self.question = question


# -- one number --------------------------------------------------------------------------------------------------


def create_contact(
    contact: Contact, number: str, status: StandingState, *, by: Actor, answer: str | None = ""
) -> None:
    """Save a new contact at a number, and record the status that was chosen for it. Active records nothing.

    Its custom values are saved with it, and told of; not those of a field that was deleted meanwhile.
    Raises Taken, or NotAnswered where the number's standing is not active. Nobody asks a program: its answer is None.
    """
    team_id = contact.team_id
    with _unless_taken(team_id, number):
        lock_number(team_id, number)
        _ask(NumberWarning.about(team_id, number), answer)
        contact.number = number
        held = CustomField.objects.held(team_id, contact.custom) if contact.custom else set()
        contact.custom = {key: value for key, value in contact.custom.items() if key in held}
        contact.save(force_insert=True)
        events.record_created(team_id, [events.event_row(contact)], by)
        if status == StandingState.OPTED_OUT:
            consent.opt_out(team_id, number, by, reason="Created as opted out")
        elif status == StandingState.BLOCKED:
            consent.block(team_id, number, by, reason="Created as blocked")
    change_tokens.renew_on_commit(team_id)


def change_number(
    contact: Contact, number: str, *, by: Actor, answer: str | None = "", carry: bool = True
) -> None:
    """Give a contact another number; with `carry`, what suppresses the old one from then on suppresses both.

    Conversations stay with their number. Raises Taken, Gone, or NotAnswered where one of the numbers is not active.
    Nobody asks a program: its answer is None.
    """
    team_id, old = contact.team_id, contact.number
    if number == old:
        return
    with _unless_taken(team_id, number):
        lock_numbers(team_id, [old, number])
        question = NumberWarning.about(team_id, number, leaves=old)
        _ask(question, answer)
        here = Contact.objects.filter(team_id=team_id, id=contact.id, number=old)
        if not here.update(number=number, updated_at=timezone.now()):
            raise ContactGone
        if carry:
            copy_suppressions(team_id, old, number, by, reason=f"Number changed from {display(old)}")
    contact.number = number
    change_tokens.renew_on_commit(team_id)


def _ask(question: NumberWarning, answer: str | None) -> None:
    if question.is_open and answer is not None and answer != question.key:
        raise NotConfirmed(question)


@contextmanager
def _unless_taken(team_id: int, number: str) -> Iterator[None]:
    """All or nothing; a contact that has the number, now or at the very same time, is Taken."""
    if holder := _holder(team_id, number):
        raise NumberTaken(holder)
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if (
            getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
            != "contacts_contact_number"
        ):
            raise
        raise NumberTaken(_holder(team_id, number)) from None


def _holder(team_id: int, number: str) -> Contact | None:
    found: Contact | None = Contact.objects.filter(team_id=team_id, number=number).first()
    return found


# -- two contacts ------------------------------------------------------------------------------------------------
