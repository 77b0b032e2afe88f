"""What a program sends about a contact is written, by the rules of the pages: nothing that it says lifts anything."""

from typing import Any, NamedTuple

from accounts.models import Member
from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from api.shapes import parse_email, parse_number
from contacts.api.custom_fields import read_custom
from contacts.api.number_lock import lock_contact_number, number_of
from contacts.api.shapes import (
    ContactChangesRequest,
    ContactDetailsRequest,
    NewContactRequest,
    SavedContactResponse,
    TagIdRequest,
    uuid_of,
)
from contacts.contact import number_changes
from contacts.contact.models import Contact
from contacts.contact.number_changes import ContactGone, NumberTaken
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.set_values import set_values
from contacts.custom_fields.values import FieldValue, merge_values
from contacts.lists import labels
from contacts.lists.models import Tag
from kernel import change_tokens
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin, StandingState
from optout.number_locks import lock_number

_COLUMNS = {"first": "first_name", "last": "last_name", "display_name": "display_name", "email": "email"}
NOBODY = -1


class CheckedChanges(NamedTuple):
    """Values of columns, and of custom fields by their keys."""

    columns: dict[str, Any]
    custom: dict[str, FieldValue | None]

    def that_lack(self, contact: Contact) -> "CheckedChanges":
        """Those that fill in what the contact has not got."""
        columns = {name: value for name, value in self.columns.items() if not getattr(contact, name)}
        return CheckedChanges(
            columns, {key: value for key, value in self.custom.items() if key not in contact.custom}
        )


def actor(request: ApiRequest) -> Actor:
    """The key, as the ledger names it."""
    return Actor(Origin.API, request.key.name, request.key.id)


def save_new(request: ApiRequest, asked: NewContactRequest, *, overwrite: bool) -> SavedContactResponse:
    """Make the contact of this number, or fill in the one that is there; with `overwrite`, replace what it has."""
    team_id, address = request.team.id, parse_number(asked.phone, request.team)
    changes = _checked(request, asked)
    lock_number(team_id, address)  # before any row
    CustomField.objects.held(team_id, changes.custom)
    found = _locked(team_id, number=address)
    if found is None:
        contact = Contact(team=request.team, custom=merge_values({}, changes.custom), **changes.columns)
        try:
            number_changes.create_contact(
                contact, address, StandingState.ACTIVE, by=actor(request), answer=None
            )
        except NumberTaken:  # by a text or an import, which take no such lock
            found = _locked(team_id, number=address)
        else:
            _record(request, address, asked, "Created")
            _tag(contact, asked)
            return _saved(contact, created=True)
    if found is None:  # and gone again
        raise ApiError(ErrorCode.UNAVAILABLE)
    kept = changes if overwrite else changes.that_lack(found)
    return _change(request, found, asked, kept, retag=overwrite)


def save_changes(
    request: ApiRequest, id: int, asked: ContactChangesRequest, *, overwrite: bool
) -> SavedContactResponse:
    team_id = request.team.id
    number_of(
        request, id
    )  # before what is asked is looked at: an id that never was is the first thing to say
    changes = _checked(request, asked)
    if asked.phone:
        _move(request, id, parse_number(asked.phone, request.team))
    lock_contact_number(request, id)  # also where it has moved nowhere: before any row
    CustomField.objects.held(team_id, changes.custom)
    contact = _locked(team_id, id=id)
    if contact is None:
        raise ApiError(ErrorCode.CONTACT_NOT_FOUND, field="id")
    if overwrite and asked.custom is not None:
        changes = changes._replace(custom=dict.fromkeys(contact.custom) | changes.custom)
    return _change(request, contact, asked, changes, retag=True)


def _move(request: ApiRequest, id: int, address: str) -> None:
    contact = Contact.objects.filter(team_id=request.team.id, id=id).first()
    if contact is None:
        raise ApiError(ErrorCode.CONTACT_NOT_FOUND, field="id")
    try:
        number_changes.change_number(contact, address, by=actor(request), answer=None)
    except NumberTaken as taken:
        holder = f"Contact {taken.holder.id}" if taken.holder else "Another contact"
        raise ApiError(ErrorCode.NUMBER_TAKEN, f"{holder} has this number already.", field="phone") from None
    except ContactGone:
        raise ApiError(ErrorCode.CONTACT_NOT_FOUND, field="id") from None


def _locked(team_id: int, **which: Any) -> Contact | None:
    """Under its row's lock nobody deletes it while it is changed."""
    found: Contact | None = (
        Contact.objects.select_for_update(no_key=True).filter(team_id=team_id, **which).first()
    )
    return found


def _change(
    request: ApiRequest,
    contact: Contact,
    asked: ContactDetailsRequest,
    changes: CheckedChanges,
    *,
    retag: bool,
) -> SavedContactResponse:
    _record(request, contact.number, asked, "Saved")
    if changes.custom:
        set_values(contact, changes.custom)
    if changes.columns:
        for name, value in changes.columns.items():
            setattr(contact, name, value)
        contact.save(update_fields=[*changes.columns, "updated_at"])
    _tag(contact, asked, keep=not retag)
    change_tokens.renew_on_commit(request.team.id)
    return _saved(contact, created=False)


def _saved(contact: Contact, *, created: bool) -> SavedContactResponse:
    contact.refresh_from_db(fields=["rev"], from_queryset=Contact.objects.filter(team_id=contact.team_id))
    return SavedContactResponse(id=contact.id, rev=contact.rev, uuid=uuid_of(contact), created=created)


def _record(request: ApiRequest, address: str, asked: ContactDetailsRequest, how: str) -> None:
    """An opt-out, a block, or both; "active" and `is_opted_out: false` record and lift nothing."""
    by = actor(request)
    if asked.is_opted_out or asked.status == "unsubscribed":
        consent.opt_out(request.team.id, address, by, reason=f"{how} as opted out")
    if asked.status == "blocked":
        consent.block(request.team.id, address, by, reason=f"{how} as blocked")


def _checked(request: ApiRequest, asked: ContactDetailsRequest) -> CheckedChanges:
    """What was sent. Raises Fault."""
    if asked.email is not None:
        parse_email(asked.email)
    sent = {
        column: getattr(asked, name) for name, column in _COLUMNS.items() if getattr(asked, name) is not None
    }
    if asked.assignee_id is not None:
        sent["assignee_id"] = _member_id(request, asked.assignee_id)
    columns = {name: _tidy(value) for name, value in sent.items()}
    return CheckedChanges(columns, read_custom(request, asked.custom) if asked.custom else {})


def _tidy(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


def _member_id(request: ApiRequest, id: int) -> int | None:
    if id == NOBODY:
        return None
    if not Member.objects.filter(team_id=request.team.id, id=id).exists():
        raise ApiError(ErrorCode.MEMBER_NOT_FOUND, field="assignee_id")
    return id


def _tag(contact: Contact, asked: ContactDetailsRequest, *, keep: bool = False) -> None:
    """Leave the tags on the contact that were sent; with `keep`, those that it has as well."""
    if asked.tags is None:
        return
    team_id, ids = contact.team_id, {tag.tag_id for tag in asked.tags if isinstance(tag, TagIdRequest)}
    known = Tag.objects.filter(team_id=team_id, id__in=ids)
    if missing := ids - {tag.id for tag in known}:
        raise ApiError(ErrorCode.TAG_NOT_FOUND, f"Your team has no tag {min(missing)}.", field="tags")
    names = [tag.name for tag in known] + [
        " ".join(tag.split()) for tag in asked.tags if isinstance(tag, str)
    ]
    if keep:
        names += [tag.name for tag in contact.sorted_tags()]
    labels.set_tags(contact, {name.lower(): name for name in names if name}.values())
