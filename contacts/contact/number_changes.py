"""Numbers of contacts: a contact is created at a number, or its number is changed.

Neither lifts an opt-out or a block. A member who gives a contact a suppressed number must confirm it first. The
suppressions of the old number are copied to the new number; the old number keeps them. A member may leave behind those
that the team recorded, with a reason that the ledger keeps; the person's own opt-outs always move along.
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
from kernel.violations import violates
from optout import consent
from optout.bulk_consent import can_be_left_behind, copy_suppressions, leave_behind
from optout.consent_types import Actor
from optout.models import Standing, StandingState
from optout.number_locks import lock_number, lock_numbers
from optout.number_state import standing_across_inboxes
from optout.reasons import OptOutReason


class NumberTaken(Exception):
    """Another contact of the team has this number."""

    def __init__(self, holder: Contact | None) -> None:
        super().__init__(f"{(holder and holder.name) or 'Another contact'} has this number already.")
        self.holder = holder


class ContactGone(Exception):
    """The contact was deleted or got another number since the page was opened."""


@dataclass(frozen=True)
class NumberWarning:
    """The standings that a member must confirm before a contact gets a number. The answer repeats `key`.

    If a standing changes between the page and its answer, the key changes too, and the member must confirm again.
    """

    number: str
    new_standing: Standing
    old_standing: Standing | None = None  # of the contact's present number

    @classmethod
    def about(cls, team_id: int, number: str, old_number: str = "") -> "NumberWarning":
        old = standing_across_inboxes(team_id, old_number) if old_number else None
        return cls(number, standing_across_inboxes(team_id, number), old)

    @property
    def key(self) -> str:
        return "; ".join([self.number, *_names(self.new_standing), "left", *_names(self.old_standing)])

    @property
    def offers_choice(self) -> bool:
        """Whether some of the old number's suppressions need not move along."""
        return bool(self.old_standing and can_be_left_behind(self.old_standing))

    @property
    def needs_answer(self) -> bool:
        return bool(self.new_standing.rows or (self.old_standing and self.old_standing.rows))


def _names(standing: Standing | None) -> list[str]:
    """The names of all suppressions: a second opt-out of another origin changes the key."""
    return [row.name for row in standing.rows] if standing else []


class NotConfirmed(Exception):
    """A member must confirm the warning first."""

    def __init__(self, warning: NumberWarning) -> None:
        super().__init__(warning.key)
        self.warning = warning


def create_contact(
    contact: Contact,
    number: str,
    status: StandingState,
    *,
    by: Actor,
    answer: str | None = "",
    reason: OptOutReason | str = "",
) -> None:
    """Save a new contact at a number and record the chosen status with its reason. Active records nothing.

    Values of custom fields that were deleted in the meantime are not saved. Raises NumberTaken, or NotConfirmed where
    the number's standing is not active. The API need not confirm: its answer is None.
    """
    team_id = contact.team_id
    with _number_is_free(team_id, number):
        lock_number(team_id, number)
        _require_confirmation(NumberWarning.about(team_id, number), answer)
        contact.number = number
        keys = CustomField.objects.held(team_id, contact.custom) if contact.custom else set()
        contact.custom = {key: value for key, value in contact.custom.items() if key in keys}
        contact.save(force_insert=True)
        events.record_created(team_id, [events.event_row(contact)], by)
        if status == StandingState.OPTED_OUT:
            consent.opt_out_by_member(team_id, number, by, OptOutReason(reason))
        elif status == StandingState.BLOCKED:
            consent.block(team_id, number, by, reason=reason)
    change_tokens.renew_on_commit(team_id)


def change_number(
    contact: Contact, number: str, *, by: Actor, answer: str | None = "", left_behind_because: str = ""
) -> None:
    """Give a contact another number, and copy the old number's suppressions to it.

    With a reason in `left_behind_because`, those that the team recorded do not apply to the new number; the caller
    checks the right to lift them.

    Conversations stay with their number. Raises NumberTaken, ContactGone, or NotConfirmed where one of the numbers is
    not active. The API need not confirm: its answer is None.
    """
    team_id, old_number = contact.team_id, contact.number
    if number == old_number:
        return
    with _number_is_free(team_id, number):
        lock_numbers(team_id, [old_number, number])
        _require_confirmation(NumberWarning.about(team_id, number, old_number), answer)
        unchanged = Contact.objects.filter(team_id=team_id, id=contact.id, number=old_number)
        if not unchanged.update(number=number, updated_at=timezone.now()):
            raise ContactGone
        reason = f"Number changed from {display(old_number)}"
        copied = copy_suppressions(team_id, old_number, number, by, reason=reason)
        if left_behind_because:
            leave_behind(team_id, old_number, number, copied, by, reason=left_behind_because)
        events.record_updated(team_id, [contact.id], by)
    contact.number = number
    change_tokens.renew_on_commit(team_id)


def _require_confirmation(warning: NumberWarning, answer: str | None) -> None:
    if warning.needs_answer and answer is not None and answer != warning.key:
        raise NotConfirmed(warning)


@contextmanager
def _number_is_free(team_id: int, number: str) -> Iterator[None]:
    """A transaction that raises NumberTaken if a contact has the number, or gets it at the same moment."""
    if holder := _holder(team_id, number):
        raise NumberTaken(holder)
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not violates(error, "contacts_contact_number"):
            raise
        raise NumberTaken(_holder(team_id, number)) from None


def _holder(team_id: int, number: str) -> Contact | None:
    holder: Contact | None = Contact.objects.filter(team_id=team_id, number=number).first()
    return holder
