"""What a program sends about a contact is written, by the rules of the pages: nothing that it says lifts anything."""

from typing import Any

from accounts import live
from accounts.api.calls import Call
from accounts.api.errors import Code, Fault
from accounts.api.shapes import email, number
from accounts.models import Member
from contacts import numbering, tagging
from contacts.api.shapes import ContactChanges, Details, NewContact, Saved, TagId, uuid_of
from contacts.models import Contact, Tag
from contacts.numbering import Gone, Taken
from optout import consent
from optout.consent import Actor
from optout.models import Origin, State

_COLUMNS = {"first": "first_name", "last": "last_name", "display_name": "display_name", "email": "email"}
NOBODY = -1


def actor(request: Call) -> Actor:
    """The key, as the ledger names it."""
    return Actor(Origin.API, request.key.name, request.key.id)


def save_new(request: Call, asked: NewContact, *, overwrite: bool) -> Saved:
    """Make the contact of this number, or fill in the one that is there; with `overwrite`, replace what it has."""
    team_id, address = request.team.id, number(asked.phone, request.team)
    details = _checked(request, asked)
    consent.lock(team_id, address)  # before any row, and then nobody else makes it meanwhile
    found = Contact.objects.filter(team_id=team_id, number=address).first()
    if found is None:
        contact = Contact(team=request.team, **details)
        try:
            numbering.create(contact, address, _status(asked), by=actor(request), answer=None)
        except Taken as taken:  # by a text or an import that takes no such lock
            found = taken.holder
        else:
            _tag(contact, asked)
            return _saved(contact, created=True)
    if found is None:
        raise Fault(Code.UNAVAILABLE)
    kept = {name: value for name, value in details.items() if overwrite or not getattr(found, name)}
    return _change(request, found, asked, kept, retag=overwrite)


def save_changes(request: Call, contact: Contact, asked: ContactChanges, *, overwrite: bool) -> Saved:
    details = _checked(request, asked)
    if asked.phone:
        _move(request, contact, number(asked.phone, request.team))
    return _change(request, contact, asked, details, retag=True)


def _move(request: Call, contact: Contact, address: str) -> None:
    try:
        numbering.move(contact, address, by=actor(request), answer=None)
    except Taken as taken:
        holder = f"Contact {taken.holder.id}" if taken.holder else "Another contact"
        raise Fault(Code.NUMBER_TAKEN, f"{holder} has this number already.", field="phone") from None
    except Gone:
        raise Fault(Code.CONTACT_NOT_FOUND, field="id") from None


def _change(
    request: Call, contact: Contact, asked: Details, details: dict[str, Any], *, retag: bool
) -> Saved:
    _record(request, contact.number, _status(asked))
    if details:
        for name, value in details.items():
            setattr(contact, name, value)
        contact.save(update_fields=[*details, "updated_at"])
    _tag(contact, asked, keep=not retag)
    live.changed(request.team.id)
    return _saved(contact, created=False)


def _saved(contact: Contact, *, created: bool) -> Saved:
    contact.refresh_from_db(fields=["rev"], from_queryset=Contact.objects.filter(team_id=contact.team_id))
    return Saved(id=contact.id, rev=contact.rev, uuid=uuid_of(contact), created=created)


def _record(request: Call, address: str, status: State) -> None:
    by, words = actor(request), f"Saved as {status.label}"
    if status == State.OPTED_OUT:
        consent.opt_out(request.team.id, address, by, reason=words)
    elif status == State.BLOCKED:
        consent.block(request.team.id, address, by, reason=words)


def _status(asked: Details) -> State:
    """What is to be recorded; "active" and `is_opted_out: false` record and lift nothing."""
    if asked.status == "blocked":
        return State.BLOCKED
    return State.OPTED_OUT if asked.is_opted_out or asked.status == "unsubscribed" else State.ACTIVE


def _checked(request: Call, asked: Details) -> dict[str, Any]:
    """The columns that were sent. Raises Fault."""
    if asked.email is not None:
        email(asked.email)
    sent = {
        column: getattr(asked, name) for name, column in _COLUMNS.items() if getattr(asked, name) is not None
    }
    if asked.assignee_id is not None:
        sent["assignee_id"] = _member_id(request, asked.assignee_id)
    return {
        name: " ".join(value.split()) if isinstance(value, str) else value for name, value in sent.items()
    }


def _member_id(request: Call, id: int) -> int | None:
    if id == NOBODY:
        return None
    if not Member.objects.filter(team_id=request.team.id, id=id).exists():
        raise Fault(Code.MEMBER_NOT_FOUND, field="assignee_id")
    return id


def _tag(contact: Contact, asked: Details, *, keep: bool = False) -> None:
    """Leave the tags on the contact that were sent; with `keep`, those that it has as well."""
    if asked.tags is None:
        return
    team_id, ids = contact.team_id, {tag.tag_id for tag in asked.tags if isinstance(tag, TagId)}
    known = Tag.objects.filter(team_id=team_id, id__in=ids)
    if missing := ids - {tag.id for tag in known}:
        raise Fault(Code.TAG_NOT_FOUND, f"Your team has no tag {min(missing)}.", field="tags")
    names = [tag.name for tag in known] + [
        " ".join(tag.split()) for tag in asked.tags if isinstance(tag, str)
    ]
    if keep:
        names += [tag.name for tag in contact.sorted_tags()]
    tagging.tag(contact, {name.lower(): name for name in names if name}.values())
