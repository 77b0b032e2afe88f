"""Saving of contacts from API calls, by the same rules as the pages: no value lifts an opt-out or a block."""

from typing import Any, NamedTuple

from accounts.models import Member
from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from api.shapes import check_recipient, parse_email, parse_number
from contacts.api.custom_fields import read_custom
from contacts.api.number_lock import contact_number, lock_contact_number
from contacts.api.shapes import (
    ContactChangesRequest,
    ContactDetailsRequest,
    NewContactRequest,
    SavedContactResponse,
    TagIdRequest,
    uuid_of,
)
from contacts.contact import events, number_changes
from contacts.contact.models import Contact
from contacts.contact.number_changes import ContactGone, NumberTaken
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.set_values import set_values
from contacts.custom_fields.values import FieldValue, merge_values
from contacts.lists import labels
from contacts.lists.models import Tag
from kernel import change_tokens
from kernel.recipient_numbers import recipient_fault
from optout import consent
from optout.consent_records.recording import record_consent
from optout.consent_types import Actor
from optout.models import Origin, StandingState
from optout.number_locks import lock_number

_COLUMNS = {"first": "first_name", "last": "last_name", "display_name": "display_name", "email": "email"}
NO_ASSIGNEE = -1


class CheckedChanges(NamedTuple):
    """The sent values: of columns, and of custom fields by their keys."""

    columns: dict[str, Any]
    custom: dict[str, FieldValue | None]

    def only_missing(self, contact: Any) -> "CheckedChanges":
        """The changes that fill in empty values of the contact."""
        columns = {name: value for name, value in self.columns.items() if not getattr(contact, name)}
        custom = {key: value for key, value in self.custom.items() if key not in contact.custom}
        return CheckedChanges(columns, custom)


def actor(request: ApiRequest) -> Actor:
    """The API key, as the ledger records it."""
    return Actor(Origin.API, request.key.name, request.key.id)


def save_new(
    request: ApiRequest, body: NewContactRequest, *, overwrite: bool, phone_field: str = "phone"
) -> SavedContactResponse | ApiError:
    """Create the contact, or fill in an existing contact with its number; with `overwrite`, replace its values.

    A number that may not be texted gets no contact, which the returned error says; its opt-out or block is recorded.
    `phone_field` is what the caller calls the number.
    """
    team_id = request.team.id
    number = parse_number(body.phone, request.team, field=phone_field, short_codes=False)
    changes = check_changes(request, body)
    lock_number(team_id, number)  # before any row
    CustomField.objects.held(team_id, changes.custom)
    existing = _locked(team_id, number=number)
    if existing is None and (fault := recipient_fault(number, short_codes=request.team.allows_short_codes)):
        _record_status(request, number, body, "Sent")
        return _refusal(body, fault, phone_field)
    if existing is None:
        contact = Contact(team=request.team, custom=merge_values({}, changes.custom), **changes.columns)
        try:
            number_changes.create_contact(
                contact, number, StandingState.ACTIVE, by=actor(request), answer=None
            )
        except NumberTaken:  # by an inbound text or an import, which do not take the number's lock
            existing = _locked(team_id, number=number)
        else:
            _record_status(request, number, body, "Created")
            _set_tags(contact, body)
            return _saved(contact, created=True)
    if existing is None:  # deleted again
        raise ApiError(ErrorCode.UNAVAILABLE)
    changes = changes if overwrite else changes.only_missing(existing)
    return _change(request, existing, body, changes, replace_tags=overwrite)


def _refusal(body: NewContactRequest, fault: str, phone_field: str) -> ApiError:
    if body.is_opted_out or body.status in ("unsubscribed", "blocked"):
        fault += " No contact was made; that it may not be texted is recorded."
    return ApiError(ErrorCode.INVALID_PHONE_NUMBER, fault, field=phone_field)


def save_changes(
    request: ApiRequest, id: int, body: ContactChangesRequest, *, overwrite: bool
) -> SavedContactResponse:
    team_id = request.team.id
    contact_number(request, id)  # first, so that an unknown ID is reported before other errors
    changes = check_changes(request, body)
    if body.phone:
        _change_number(request, id, parse_number(body.phone, request.team, short_codes=False))
    lock_contact_number(request, id)  # before any row, also if the number does not change
    CustomField.objects.held(team_id, changes.custom)
    contact = _locked(team_id, id=id)
    if contact is None:
        raise ApiError(ErrorCode.CONTACT_NOT_FOUND, field="id")
    if overwrite and body.custom is not None:
        changes = changes._replace(custom=dict.fromkeys(contact.custom) | changes.custom)
    return _change(request, contact, body, changes, replace_tags=True)


def _change_number(request: ApiRequest, id: int, number: str) -> None:
    contact = Contact.objects.filter(team_id=request.team.id, id=id).first()
    if contact is None:
        raise ApiError(ErrorCode.CONTACT_NOT_FOUND, field="id")
    if number != contact.number:
        check_recipient(number, request.team, field="phone")
    try:
        number_changes.change_number(contact, number, by=actor(request), answer=None)
    except NumberTaken as error:
        holder = f"Contact {error.holder.id}" if error.holder else "Another contact"
        raise ApiError(ErrorCode.NUMBER_TAKEN, f"{holder} has this number already.", field="phone") from None
    except ContactGone:
        raise ApiError(ErrorCode.CONTACT_NOT_FOUND, field="id") from None


def _locked(team_id: int, **conditions: Any) -> Contact | None:
    """The contact with its row locked, so that it is not deleted while it is changed."""
    contacts = Contact.objects.select_for_update(no_key=True)
    contact: Contact | None = contacts.filter(team_id=team_id, **conditions).first()
    return contact


def _change(
    request: ApiRequest,
    contact: Contact,
    body: ContactDetailsRequest,
    changes: CheckedChanges,
    *,
    replace_tags: bool,
) -> SavedContactResponse:
    _record_status(request, contact.number, body, "Saved")
    if changes.custom:
        set_values(contact, changes.custom)
    if changes.columns:
        for name, value in changes.columns.items():
            setattr(contact, name, value)
        contact.save(update_fields=[*changes.columns, "updated_at"])
    _set_tags(contact, body, keep=not replace_tags)
    if changes.columns or changes.custom:
        events.record_updated(request.team.id, [contact.id], actor(request))
    change_tokens.renew_on_commit(request.team.id)
    return _saved(contact, created=False)


def _saved(contact: Contact, *, created: bool) -> SavedContactResponse:
    contact.refresh_from_db(fields=["rev"], from_queryset=Contact.objects.filter(team_id=contact.team_id))
    return SavedContactResponse(id=contact.id, rev=contact.rev, uuid=uuid_of(contact), created=created)


def _record_status(request: ApiRequest, number: str, body: ContactDetailsRequest, verb: str) -> None:
    """Record consent, an opt-out, a block. "active" and `is_opted_out: false` record and lift nothing."""
    by = actor(request)
    if body.consent:
        record_consent(request.team.id, number, body.consent.stated(), by)
    if body.is_opted_out or body.status == "unsubscribed":
        consent.opt_out(request.team.id, number, by, reason=f"{verb} as opted out")
    if body.status == "blocked":
        consent.block(request.team.id, number, by, reason=f"{verb} as blocked")


def check_changes(request: ApiRequest, body: ContactDetailsRequest) -> CheckedChanges:
    """The sent values. Raises ApiError."""
    if body.email is not None:
        parse_email(body.email)
    sent = {
        column: getattr(body, name) for name, column in _COLUMNS.items() if getattr(body, name) is not None
    }
    if body.assignee_id is not None:
        sent["assignee_id"] = _member_id(request, body.assignee_id)
    columns = {name: normalize_spaces(value) for name, value in sent.items()}
    return CheckedChanges(columns, read_custom(request, body.custom) if body.custom else {})


def normalize_spaces(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


def _member_id(request: ApiRequest, id: int) -> int | None:
    if id == NO_ASSIGNEE:
        return None
    if id not in _member_ids(request):
        raise ApiError(ErrorCode.MEMBER_NOT_FOUND, field="assignee_id")
    return id


def _member_ids(request: ApiRequest) -> set[int]:
    """Read once for each request: a batch asks for each of its contacts."""
    if not hasattr(request, "member_ids"):
        request.member_ids = set(Member.objects.filter(team_id=request.team.id).values_list("id", flat=True))
    return request.member_ids


def _set_tags(contact: Contact, body: ContactDetailsRequest, *, keep: bool = False) -> None:
    """Replace the contact's tags with the sent tags; with `keep`, add the sent tags."""
    if body.tags is None:
        return
    team_id, ids = contact.team_id, {tag.tag_id for tag in body.tags if isinstance(tag, TagIdRequest)}
    tags = Tag.objects.filter(team_id=team_id, id__in=ids)
    if missing := ids - {tag.id for tag in tags}:
        raise ApiError(ErrorCode.TAG_NOT_FOUND, f"Your team has no tag {min(missing)}.", field="tags")
    names = [tag.name for tag in tags]
    names += [normalize_spaces(tag) for tag in body.tags if isinstance(tag, str)]
    if keep:
        names += [tag.name for tag in contact.sorted_tags()]
    labels.set_tags(contact, {name.lower(): name for name in names if name}.values())
