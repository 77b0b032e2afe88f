"""Lock of the number of a contact that an API call names by ID. The contact may get another number at that moment."""

from django.db import transaction

from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from contacts.contact.models import Contact
from optout.number_locks import lock_number

MAX_TRIES = 3


class _NumberChanged(Exception):
    """The contact got another number before its old number was locked."""


def lock_contact_number(request: ApiRequest, id: int | None) -> str:
    """Lock the contact's number until the transaction ends, and return it.

    Raises ApiError: BAD_DATA, CONTACT_NOT_FOUND or UNAVAILABLE.
    """
    for _ in range(MAX_TRIES):
        try:
            # Leaving the savepoint releases the lock, so a request never waits for a lock while it holds another.
            with transaction.atomic():
                number = contact_number(request, id)
                lock_number(request.team.id, number)
                if contact_number(request, id) != number:
                    raise _NumberChanged
                return number
        except _NumberChanged:
            continue
    raise ApiError(ErrorCode.UNAVAILABLE)


def contact_number(request: ApiRequest, id: int | None) -> str:
    """The contact's number. Raises ApiError: BAD_DATA or CONTACT_NOT_FOUND."""
    if id is None:
        raise ApiError(ErrorCode.BAD_DATA, "Send phone or id.")
    number = Contact.objects.filter(team_id=request.team.id, id=id).values_list("number", flat=True).first()
    if number is None:
        raise ApiError(ErrorCode.CONTACT_NOT_FOUND, field="id")
    return str(number)
