"""Saving of contacts from API calls, by the same rules as the pages: no value lifts an opt-out or a block."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from api.shapes import check_recipient, parse_number
from contacts.api.number_lock import contact_number, lock_contact_number
from contacts.api.sent_values import CheckedChanges, check_changes, normalize_spaces
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
from contacts.custom_fields.values import merge_values
from contacts.lists import labels
from contacts.lists.models import Tag
from kernel import change_tokens
from optout import consent
from optout.consent_records.recording import record_consent
from optout.consent_types import Actor
from optout.models import Origin, StandingState
from optout.number_locks import lock_number

_TRY_AGAIN = (ErrorCode.CONTACT_NOT_FOUND, ErrorCode.INTERNAL_ERROR, ErrorCode.UNAVAILABLE)


def actor(request: ApiRequest) -> Actor:
    """The API key, as the ledger records it."""
    return Actor(Origin.API, request.key.name, request.key.id)


def save_new(
    request: ApiRequest, body: NewContactRequest, *, overwrite: bool, phone_field: str = "phone"
) -> SavedContactResponse | ApiError:
    """Create the contact, or fill in an existing contact with its number; with `overwrite`, replace its values.

    Raises ApiError; returns it if an opt-out or a block was recorded all the same. `phone_field` is what the caller
    calls the number.
    """
    number = parse_number(body.phone, request.team, field=phone_field, short_codes=False)

    def save() -> SavedContactResponse:
        return _save_new(request, number, body, overwrite, phone_field)

    return _recording_opt_out(request, body, save, lambda: number)


def save_changes(
    request: ApiRequest, id: int, body: ContactChangesRequest, *, overwrite: bool
) -> SavedContactResponse | ApiError:
    """Change the contact. Raises ApiError; returns it if an opt-out or a block was recorded all the same."""
    contact_number(request, id)  # first, so that an unknown ID is reported before other errors

    def save() -> SavedContactResponse:
        return _save_changes(request, id, body, overwrite)

    return _recording_opt_out(request, body, save, lambda: lock_contact_number(request, id))


def _recording_opt_out(
    request: ApiRequest,
    body: ContactDetailsRequest,
    save: Callable[[], SavedContactResponse],
    number: Callable[[], str],
) -> SavedContactResponse | ApiError:
    """Save. If something else forbids it, record the opt-out or block alone, and return what forbids it."""
    if not forbids_texts(body):
        return save()
    try:
        with transaction.atomic():
            return save()
    except ApiError as error:
        if error.code in _TRY_AGAIN:
            raise
        return record_alone(request, number(), body, error)


def forbids_texts(body: ContactDetailsRequest) -> bool:
    return bool(body.is_opted_out) or body.status in ("unsubscribed", "blocked")


def record_alone(request: ApiRequest, number: str, body: ContactDetailsRequest, error: ApiError) -> ApiError:
    """Record an opt-out or a block that stands beside an error. Returns the error, which says so."""
    _record_status(request, number, body, "Sent")
    change_tokens.renew_on_commit(request.team.id)
    sentence = f"{error.message} Nothing else was saved; that the number may not be texted is recorded."
    return ApiError(error.code, sentence, field=error.field)


def _save_new(
    request: ApiRequest, number: str, body: NewContactRequest, overwrite: bool, phone_field: str
) -> SavedContactResponse:
    team_id = request.team.id
    changes = check_changes(request, body)
    lock_number(team_id, number)  # before any row
    CustomField.objects.held(team_id, changes.custom)
    existing = _locked(team_id, number=number)
    if existing is None:
        check_recipient(number, request.team, field=phone_field)
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


def _save_changes(
    request: ApiRequest, id: int, body: ContactChangesRequest, overwrite: bool
) -> SavedContactResponse:
    team_id = request.team.id
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
