"""The number of a contact that a call names by id, under that number's lock: it may be getting another one just now."""

from django.db import transaction

from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from contacts.contact.models import Contact
from optout.number_locks import lock_number

TRIES = 3


class _Moved(Exception):
    """The contact got another number before the lock of its old one was ours."""


def lock_contact_number(request: ApiRequest, id: int | None) -> str:
    """Its number, which it keeps until the transaction ends. Raises Fault."""
    for _ in range(TRIES):
        try:
            with (
                transaction.atomic()
            ):  # giving it up gives the lock back: none is ever waited for with another in hand
                address = number_of(request, id)
                lock_number(request.team.id, address)
                if number_of(request, id) != address:
                    raise _Moved
                return address
        except _Moved:
            continue
    raise ApiError(ErrorCode.UNAVAILABLE)


def number_of(request: ApiRequest, id: int | None) -> str:
    """Its number as it is now. Raises Fault."""
    if id is None:
        raise ApiError(ErrorCode.BAD_DATA, "Send phone or id.")
    found = Contact.objects.filter(team_id=request.team.id, id=id).values_list("number", flat=True).first()
    if found is None:
        raise ApiError(ErrorCode.CONTACT_NOT_FOUND, field="id")
    return str(found)
