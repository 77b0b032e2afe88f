"""Seeding of the demo: three invented teams with a history of three weeks, written by the product's own operations."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.models import Carrier, Inbox, KeywordResponder, Member, Role, Seat, Team, User, hash_token
from accounts.rights import RIGHTS, Right
from accounts.roles.models import TeamRole
from accounts.scope_lookups import team_ids_by_slug
from api.models import ApiKey, KeyKind, KeyScope
from contacts.contact.models import Contact
from contacts.custom_fields.define import define_field
from contacts.custom_fields.set_values import set_values
from contacts.custom_fields.values import FieldKind, read_value
from contacts.lists.models import ContactList, EntrySource, ListEntry, Tag, Tagging
from contacts.runs.models import RunState
from contacts.vendor_lists.models import VendorListImport
from demo import scripts, story
from demo.audit_log import record_past_actions
from demo.broadcasts import plan_broadcasts
from demo.carrier_refusal import refuse_by_carrier
from demo.dialogues import DemoTeam, play_dialogues, to_number
from demo.linked_team import play_as_linked
from demo.teamwork import set_hours, work_as_a_team
from kernel.tenancy import scope
from messaging.models import Message
from messaging.numbers.models import Registration, RegistrationState
from optout import consent
from optout.bulk_consent import opt_out_many
from optout.consent_records.models import ConsentCategory, ConsentMethod
from optout.consent_records.recording import StatedConsent, record_consent_many
from optout.consent_types import Actor, StatedOptOut
from optout.models import Origin
from optout.roots.making import make_root


def seed_teams() -> bool:
    """Write the demo, or what an interrupted run left of it. Returns whether its teams were written.

    The teams are one transaction; two of them are linked after that, as other teams are.
    """
    with transaction.atomic():
        if written := story.SLUG not in team_ids_by_slug():
            _seed_bicycle_shop(timezone.now())
            _seed_dentist(timezone.now())
            _seed_rentals(timezone.now())
    play_as_linked()
    if written:
        for slug in story.SLUGS:
            make_root(team_ids_by_slug()[slug], timezone.now() - timedelta(days=1))  # that of yesterday
    return written


def _seed_bicycle_shop(now: datetime) -> None:
    users = {key: _user(name, email) for key, (name, email, _, _) in story.PEOPLE.items()}
    team = Team.objects.create_with_owner(story.NAME, users["ruth"], time_zone="America/Los_Angeles")
    with scope(team.id):
        inboxes = _inboxes(team, story.INBOXES, now)
        members = {
            key: _member(team, users[key], *person[2:], inboxes) for key, person in story.PEOPLE.items()
        }
        _own_role(team, members)
        _contacts(team, story.CUSTOMERS, now)
        cast = DemoTeam(team, members, inboxes, now)
        _vendor_list(team, members[story.VENDOR_LIST_IMPORTED_BY], now)
        _labels(team)
        _consent(team, members[story.CONSENT_KEPT_BY], now)
        play_dialogues(cast, scripts.DIALOGUES, plan_broadcasts(cast))
        work_as_a_team(cast)
        set_hours(cast)
        _registrations(team, inboxes, now)
        _record_by_staff(team, members, now)
        _api_keys(team, members["ruth"])
        record_past_actions(team, members, now)
        _fields(team, story.FIELDS, now)
        refuse_by_carrier(cast)


def _seed_dentist(now: datetime) -> None:
    key, name, email = story.OTHER_OWNER
    user = _user(name, email)
    team = Team.objects.create_with_owner(story.OTHER_NAME, user, time_zone="America/Los_Angeles")
    with scope(team.id):
        inboxes = _inboxes(team, story.OTHER_INBOXES, now)
        members = {key: _member(team, user, Role.OWNER, (), inboxes)}
        _contacts(team, [dialogue.customer for dialogue in scripts.OTHER_DIALOGUES], now)
        play_dialogues(DemoTeam(team, members, inboxes, now), scripts.OTHER_DIALOGUES)
        _fields(team, story.OTHER_FIELDS, now)


def _seed_rentals(now: datetime) -> None:
    """The branch without its dialogues (linked_team.py)."""
    _, name, email = story.RENTALS_OWNER
    user = _user(name, email)
    team = Team.objects.create_with_owner(story.RENTALS_NAME, user, time_zone="America/Los_Angeles")
    with scope(team.id):
        inboxes = _inboxes(team, story.RENTALS_INBOXES, now)
        _member(team, user, Role.OWNER, (), inboxes)
        _contacts(team, [dialogue.customer for dialogue in scripts.RENTALS_DIALOGUES], now)


# -- people, inboxes, contacts -----------------------------------------------------------------------------------


@cache
def _hashed_password() -> str:
    """One hash for all users: hashing is slow by design."""
    return make_password(story.PASSWORD)


def _user(name: str, email: str) -> User:
    user = User.objects.create(email=email, name=name, password=_hashed_password())
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    return user


def _inboxes(team: Team, wanted: dict[str, tuple[str, str, str]], now: datetime) -> dict[str, Inbox]:
    return {
        name: Inbox.objects.create(
            team=team,
            name=name,
            number=number,
            carrier=Carrier.SIMULATOR,
            account_id=account_id,
            auth_tokens=[token],
            keyword_responder=KeywordResponder.WE,
            fetched_until=now,
        )
        for name, (number, account_id, token) in wanted.items()
    }


def _registrations(team: Team, inboxes: dict[str, Inbox], now: datetime) -> None:
    for name, (brand, campaign, state, problem) in story.REGISTRATIONS.items():
        Registration.objects.create(
            team=team,
            inbox=inboxes[name],
            brand=brand,
            brand_state=RegistrationState.APPROVED,
            campaign=campaign,
            campaign_state=state,
            problem=problem,
            read_at=now - timedelta(days=1),
        )


def _member(team: Team, user: User, role: str, seats: Iterable[str], inboxes: dict[str, Inbox]) -> Member:
    member, _ = Member.objects.get_or_create(team=team, user=user, defaults={"role": role})
    for name in seats:
        Seat.objects.create(team=team, inbox=inboxes[name], member=member)
    member.user = user
    return member


def _own_role(team: Team, members: dict[str, Member]) -> None:
    name, description, key = story.OWN_ROLE
    rights = [
        right.value for right in Right if right in RIGHTS[Role.MEMBER] or right in story.OWN_ROLE_ALSO_MAY
    ]
    role = TeamRole.objects.create(team=team, name=name, description=description, rights=rights)
    members[key].custom_role = role
    members[key].save(update_fields=["custom_role"])


def _contacts(team: Team, names: Iterable[str], now: datetime) -> None:
    since = now - timedelta(days=22)
    Contact.objects.bulk_create(
        Contact(
            team=team,
            number=story.number_of(name),
            first_name=name.split()[0],
            last_name=" ".join(name.split()[1:]),
            created_at=since,
            # Every third contact has an e-mail address.
            email=f"{name.split()[0].lower()}@mail.example" if index % 3 == 0 and name.isascii() else "",
        )
        for index, name in enumerate(names)
    )


# -- opt-outs, API keys, labels, custom fields -------------------------------------------------------------------


def _record_by_staff(team: Team, members: dict[str, Member], now: datetime) -> None:
    for customer, member, reason, days in story.OPTED_OUT_BY_STAFF:
        at = _after_last_text(team, customer) or now - timedelta(days=days)
        by = _actor(members[member])
        source = "Told to the team" if reason == story.ASKED_US else ""
        by = by.recording_the_persons_word() if source else by
        consent.opt_out(team.id, to_number(customer), by, reason=reason, happened_at=at, source=source)
    for customer, member, file, days in story.IMPORTED:
        by, at = Actor(Origin.IMPORT, f"{members[member]} ({file})"), now - timedelta(days=days)
        consent.opt_out(team.id, to_number(customer), by, reason="", happened_at=at)
    for number, member, reason in story.BLOCKED:
        consent.block(team.id, number, _actor(members[member]), reason=reason)


def _consent(team: Team, by: Member, now: datetime) -> None:
    """What people signed at the counter; opt-outs, which are newer, take it back."""
    marketing, at = story.LISTS["Newsletter"], now - timedelta(days=30)
    without = {*story.NEVER_ASKED, *(name for name, *_ in (*story.VENDOR_OPT_OUTS, *story.IMPORTED))}
    record_consent_many(
        team.id,
        [
            (story.number_of(name), StatedConsent(*_signed(name in marketing), story.CONSENT_SOURCE, at))
            for name in story.CUSTOMERS
            if name not in without
        ],
        _actor(by),
    )


def _signed(marketing: bool) -> tuple[ConsentCategory, ConsentMethod, str]:
    if marketing:
        return ConsentCategory.MARKETING, ConsentMethod.FORM, story.NEWSLETTER_CONSENT
    return ConsentCategory.INFORMATIONAL, ConsentMethod.FORM, story.SERVICE_CONSENT


def _vendor_list(team: Team, by: Member, now: datetime) -> None:
    at = now - timedelta(days=story.VENDOR_LIST_DAYS_AGO)
    opt_outs = [
        StatedOptOut(
            to_number(customer), at - timedelta(days=days), f"{story.FORMER_VENDOR}{how and f': {how}'}"
        )
        for customer, days, how in story.VENDOR_OPT_OUTS
    ]
    run = VendorListImport(
        team=team, source=story.FORMER_VENDOR, country=team.country, file_name="opt-outs.csv", state=RunState.DONE,
        counts={"recorded": len(opt_outs)}, created_at=at, started_at=at, ended_at=at,
    )  # fmt: skip
    run.set_author(by)
    run.save()
    opt_out_many(team.id, opt_outs, Actor(Origin.VENDOR_LIST, run.by_name, by.id), reason="")


def _api_keys(team: Team, by: Member) -> None:
    """Two API keys, which are publicly known."""
    common = {"team": team, "scopes": sorted(KeyScope), "created_by": str(by)}
    ApiKey.objects.create(
        name="CRM", key_id=story.API_KEY_ID, secret_hash=hash_token(story.API_KEY), **common
    )
    ApiKey.objects.create(
        name="Web shop",
        key_id=story.SECRET_ID,
        kind=KeyKind.SIGNING,
        signing_secret=story.SECRET_KEY,
        **common,
    )


def _labels(team: Team) -> None:
    owner = str(team.members.select_related("user").earliest("id"))
    added: dict[str, Any] = {"by_name": owner, "added_at": timezone.now()}
    for name, customers in story.LISTS.items():
        contact_list = ContactList.objects.create(team=team, name=name, created_by=owner)
        ListEntry.objects.bulk_create(
            ListEntry(team=team, list=contact_list, contact=contact, source=EntrySource.MEMBER, **added)
            for contact in _contacts_named(team, customers)
        )
    for name, customers in story.TAGS.items():
        tag = Tag.objects.create(team=team, name=name)
        Tagging.objects.bulk_create(
            Tagging(team=team, tag=tag, contact=contact) for contact in _contacts_named(team, customers)
        )


def _fields(team: Team, wanted: Iterable[story.DemoField], now: datetime) -> None:
    for demo_field in wanted:
        field = define_field(team, demo_field.name, FieldKind(demo_field.kind), demo_field.options)
        for customer, typed in demo_field.values.items():
            day = demo_field.kind == FieldKind.DATE and (now + timedelta(days=int(typed))).date().isoformat()
            contact = Contact.objects.get(team=team, number=story.number_of(customer))
            set_values(contact, {field.key: read_value(field, day or typed, team.country)})


def _contacts_named(team: Team, customers: Iterable[str]) -> Iterable[Contact]:
    return Contact.objects.filter(team_id=team.id, number__in=[story.number_of(name) for name in customers])


def _actor(member: Member) -> Actor:
    return Actor(Origin.MEMBER, str(member), member.id)


def _after_last_text(team: Team, customer: str) -> datetime | None:
    newest = Message.objects.filter(team_id=team.id, number=to_number(customer)).order_by("-at").first()
    return newest.at + timedelta(minutes=1) if newest else None
