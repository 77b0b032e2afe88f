"""Every address of the product, asked for by everybody who has no business there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.access import RIGHTS, Right
from accounts.models import Inbox, Invitation, Member, Role, Team
from api import keys
from api.models import ApiKey, KeyKind
from contacts.bulk.models import BulkAction, BulkActionRun
from contacts.custom_fields.models import CustomField
from contacts.imports.models import Import
from contacts.lists.models import ContactList, Tag
from contacts.runs.models import RunState
from contacts.vendor_lists.models import VendorListImport
from kernel.tenancy import scope
from messaging.models import Conversation, Message, MessageStatus
from reports.schedules.models import ReportSchedule
from tests.cast import MARIA, Cast
from webhooks import outbox
from webhooks.models import Endpoint, EventType
from webhooks.outbox import Event

METHODS = ("get", "post")


# -- every address and its arguments -----------------------------------------------------------------------------


@dataclass(frozen=True)
class UrlTargets:
    """What an address of one team can name."""

    team: Team
    inbox: Inbox
    other: Member
    invitation: Invitation
    token: str
    conversation: Conversation
    selection: BulkActionRun
    list: ContactList
    tag: Tag
    imported: Import
    move_in: VendorListImport
    key: ApiKey
    field: CustomField
    endpoint: Endpoint
    delivery: int
    schedule: ReportSchedule


Arguments = Callable[[UrlTargets], dict[str, Any]]


def inbox(place: UrlTargets) -> dict[str, Any]:
    return {"id": place.inbox.id}


def member(place: UrlTargets) -> dict[str, Any]:
    return {"id": place.other.id}


def letter(place: UrlTargets) -> dict[str, Any]:
    return {"id": place.invitation.id}


def conversation(place: UrlTargets) -> dict[str, Any]:
    return {"conversation_id": place.conversation.id}


def selection(place: UrlTargets) -> dict[str, Any]:
    return {"id": place.selection.id}


def imported(place: UrlTargets) -> dict[str, Any]:
    return {"id": place.imported.id}


def move_in(place: UrlTargets) -> dict[str, Any]:
    return {"id": place.move_in.id}


def api_key(place: UrlTargets) -> dict[str, Any]:
    return {"id": place.key.id}


def endpoint(place: UrlTargets) -> dict[str, Any]:
    return {"id": place.endpoint.id}


def delivery(place: UrlTargets) -> dict[str, Any]:
    return {"id": place.delivery}


def schedule(place: UrlTargets) -> dict[str, Any]:
    return {"id": place.schedule.id}


def number(place: UrlTargets) -> dict[str, Any]:
    """The same number in both teams: it is a person's, and says nothing of who knows it."""
    return {"number": MARIA}


def contact_list(place: UrlTargets) -> dict[str, Any]:
    return {"id": place.list.id}


def tag(place: UrlTargets) -> dict[str, Any]:
    return {"id": place.tag.id}


def field(place: UrlTargets) -> dict[str, Any]:
    return {"key": place.field.key}


def nothing(place: UrlTargets) -> dict[str, Any]:
    return {}


# Below a team's address. What names a row of the team must be nowhere to be found from another one.
ROWS: dict[str, Arguments] = {
    "member": member,
    "member_removal": member,
    "invitation_email": letter,
    "invitation_revocation": letter,
    "edit_inbox": inbox,
    "inbox_auto_replies": inbox,
    "inbox_connection": inbox,
    "old_tokens_removal": inbox,
    "api_key": api_key,
    "api_key_revocation": api_key,
    "conversation": conversation,
    "thread": conversation,
    "conversation_contact": conversation,
    "read_marker": conversation,
    "messages": conversation,
    "closure": conversation,
    "delete_closure": conversation,
    "bulk_action": selection,
    "bulk_action_cancellation": selection,
    "edit_list": contact_list,
    "list_deletion": contact_list,
    "edit_tag": tag,
    "tag_deletion": tag,
    "edit_custom_field": field,
    "custom_field_position": field,
    "custom_field_deletion": field,
    "import": imported,
    "import_confirmation": imported,
    "import_draft": imported,
    "import_cancellation": imported,
    "import_still_opted_out": imported,
    "import_refused_rows": imported,
    "import_undo": imported,
    "import_undo_cancellation": imported,
    "vendor_list": move_in,
    "vendor_list_confirmation": move_in,
    "vendor_list_cancellation": move_in,
    "vendor_list_remarks": move_in,
    "endpoint": endpoint,
    "edit_endpoint": endpoint,
    "endpoint_secret": endpoint,
    "old_secret_removal": endpoint,
    "endpoint_activation": endpoint,
    "endpoint_deactivation": endpoint,
    "endpoint_deletion": endpoint,
    "endpoint_test": endpoint,
    "endpoint_replay": endpoint,
    "delivery": delivery,
    "delivery_replay": delivery,
    "edit_schedule": schedule,
    "schedule_email": schedule,
    "schedule_pause": schedule,
    "schedule_resumption": schedule,
    "schedule_deletion": schedule,
}
TEAM: dict[str, Arguments] = ROWS | {
    "settings": nothing,
    "team_settings": nothing,
    "members": nothing,
    "invitations": nothing,
    "inboxes": nothing,
    "new_inbox": nothing,
    "api_keys": nothing,
    "new_api_key": nothing,
    "endpoints": nothing,
    "new_endpoint": nothing,
    "inbox": nothing,
    "new_conversation": nothing,
    "simulator": nothing,
    "simulator_texts": nothing,
    "simulator_behavior": nothing,
    "standing": number,
    "opt_out": number,
    "opt_in": number,
    "block": number,
    "unblock": number,
    "contact": number,
    "contacts": nothing,
    "labels": nothing,
    "new_list": nothing,
    "new_tag": nothing,
    "custom_fields": nothing,
    "new_custom_field": nothing,
    "edit_contact": number,
    "new_bulk_action": nothing,
    "bulk_actions": nothing,
    "active_runs": nothing,
    "new_contact": nothing,
    "number_preview": nothing,
    "merge_contact": number,
    "contact_deletion": number,
    "imports": nothing,
    "export_contacts": nothing,
    "do_not_text": nothing,
    "export_do_not_text": nothing,
    "vendor_lists": nothing,
    "reports": nothing,
    "volume": nothing,
    "export_volume": nothing,
    "export_texts": nothing,
    "opt_out_report": nothing,
    "export_opt_outs": nothing,
    "team_report": nothing,
    "export_team": nothing,
    "consent_report": nothing,
    "schedules": nothing,
    "new_schedule": nothing,
    "export_consent": nothing,
}
# Outside of any team: for whoever has signed in.
SIGNED_IN: dict[str, Arguments] = {
    "home": nothing,
    "profile": nothing,
    "new_team": nothing,
    "invitation_acceptance": lambda place: {"token": place.token},
    "account_change_password": nothing,
    "account_email": nothing,
    "account_reauthenticate": nothing,
    "account_set_password": nothing,
}
# For everybody, with what a stranger gets for GET and for POST of nothing.
PUBLIC: dict[str, tuple[Arguments, int, int]] = {
    "healthz": (nothing, 200, 200),
    "twilio_messages": (nothing, 405, 415),  # a signature is their sign-in
    "twilio_status": (nothing, 405, 415),
    "poll_changes": (
        lambda place: {"team_slug": place.team.slug, "ticket": "forged"},
        204,
        405,
    ),  # so is a ticket
    "invitation": (lambda place: {"token": place.token}, 200, 422),
    "account_login": (nothing, 200, 422),
    "account_signup": (nothing, 200, 422),
    "account_logout": (nothing, 302, 302),
    "account_inactive": (nothing, 200, 405),
    "account_email_verification_sent": (nothing, 200, 405),
    "account_confirm_login_code": (nothing, 302, 302),  # codes by mail are not offered
    "account_confirm_email": (lambda place: {"key": "nobodys"}, 200, 404),
    "account_reset_password": (nothing, 200, 422),
    "account_reset_password_done": (nothing, 200, 405),
    "account_reset_password_from_key": (lambda place: {"uidb36": "1", "key": "nobodys"}, 200, 422),
    "account_reset_password_from_key_done": (nothing, 200, 405),
}


def addresses() -> dict[str, tuple[str, Callable[..., Any]]]:
    """Every pattern of the resolver by name: its whole route and its view."""
    return {pattern.name or route: (route, pattern.callback) for route, pattern in _walk(get_resolver(), "")}


def _walk(resolver: URLResolver, before: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, route)
        else:
            yield route, pattern


ADDRESSES = addresses()
# A key is a program's sign-in; tests/api walks them all.
API = {name for name, (route, _) in ADDRESSES.items() if route.startswith("v1/")}


def needs(name: str) -> frozenset[Right]:
    """The rights that a team's page asks for, as team_view notes them."""
    return frozenset(getattr(ADDRESSES[name][1], "required_rights", ()))


def test_every_address_has_arguments_here() -> None:
    """Whoever adds an address says who may ask for it."""
    assert set(ADDRESSES) == {*TEAM, *SIGNED_IN, *PUBLIC, *API}


def test_no_two_addresses_have_one_name() -> None:
    named = [pattern.name or route for route, pattern in _walk(get_resolver(), "")]
    assert len(named) == len(set(named))


def test_an_address_is_a_teams_if_and_only_if_it_names_one() -> None:
    of_teams = {name for name, (route, _) in ADDRESSES.items() if "team_slug" in route}
    assert of_teams == {*TEAM, "poll_changes"}


def test_every_view_of_a_team_is_entered_by_the_one_way() -> None:
    assert {name for name in TEAM if not hasattr(ADDRESSES[name][1], "required_rights")} == set()


# -- the world that is walked ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UrlWorld:
    cast: Cast
    northside: UrlTargets
    harbor: UrlTargets
    sign_in: Callable[[Member], Client]


@pytest.fixture
def world(cast: Cast, as_client: Callable[[Member], Client]) -> UrlWorld:
    return UrlWorld(
        cast,
        furnish(cast.northside, cast.front_desk, cast.second),
        furnish(cast.harbor, cast.shop, cast.outsider),
        as_client,
    )


def furnish(team: Team, inbox: Inbox, other: Member) -> UrlTargets:
    now = timezone.now()
    with scope(team.id):
        invitation = Invitation(
            team=team, email="new@people.example", role=Role.MEMBER, invited_by=str(other)
        )
        token = invitation.renew()
        invitation.save()
        conversation = Conversation.objects.create(team=team, inbox=inbox, number=MARIA, last_message_at=now)
        Message.objects.create(
            team=team, conversation=conversation, inbox=inbox, number=MARIA, outbound=False, status=MessageStatus.RECEIVED,
            body=f"Words for {team.name}", at=now,
        )  # fmt: skip
        selection = BulkActionRun.objects.create(team=team, action=BulkAction.DELETE)
        words = ContactList.objects.create(team=team, name=f"List of {team.name}")
        tag = Tag.objects.create(team=team, name=f"Tag of {team.name}")
        imported = Import.objects.create(team=team, file_name=f"Words for {team.name}.csv", size=1)
        run = VendorListImport.objects.create(
            team=team, source=f"Vendor of {team.name}", country="US", state=RunState.CHECKED
        )
        key = keys.create_key(
            f"Key of {team.name}", KeyKind.BEARER, [], by=Member.objects.get(role=Role.OWNER)
        ).key
        own = CustomField.objects.create(team=team, name=f"Field of {team.name}", key=f"of_{team.id}")
        endpoint = Endpoint(
            team=team,
            name=f"CRM of {team.name}",
            url="https://crm.example/hooks",
            events=[EventType.RECEIVED],
        )
        endpoint.rotate_secret()
        endpoint.save()
        event = Event(EventType.RECEIVED, MARIA, {"text": f"Words for {team.name}"})
        delivery = outbox.record_for_endpoint(team.id, endpoint.id, event)
        schedule = ReportSchedule(team=team, report="consent_report", created_by=f"Words for {team.name}")
        schedule.resume()
        schedule.save()
    return UrlTargets(
        team, inbox, other, invitation, token, conversation, selection, words, tag, imported, run, key, own,
        endpoint, delivery, schedule,
    )  # fmt: skip


def ask(browser: Client, method: str, name: str, **arguments: Any) -> Any:
    response = getattr(browser, method)(reverse(name, kwargs=arguments))
    response.said = b"".join(response)  # to its end where it is streamed, which holds something until then
    return response


def statuses(browser: Client, name: str, **arguments: Any) -> dict[str, int]:
    return {method: ask(browser, method, name, **arguments).status_code for method in METHODS}


def is_sign_in(response: Any) -> bool:
    return response.status_code == 302 and urlsplit(response.url).path == reverse(settings.LOGIN_URL)


# -- the walks ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PUBLIC)
def test_public_addresses(world: UrlWorld, name: str) -> None:
    arguments, get, post = PUBLIC[name]
    assert statuses(Client(), name, **arguments(world.northside)) == {"get": get, "post": post}


@pytest.mark.parametrize("name", [*TEAM, *SIGNED_IN])
def test_without_signing_in_one_is_asked_to(world: UrlWorld, name: str) -> None:
    arguments = (TEAM | SIGNED_IN)[name](world.northside)
    arguments |= {"team_slug": world.northside.team.slug} if name in TEAM else {}
    responses = [ask(Client(), method, name, **arguments) for method in METHODS]
    assert all(is_sign_in(response) or response.status_code == 405 for response in responses)
    assert any(map(is_sign_in, responses))


@pytest.mark.parametrize("name", TEAM)
def test_an_outsider_finds_nothing(world: UrlWorld, name: str) -> None:
    """Neither in another team, nor another team's rows from within the own."""
    browser = world.sign_in(world.cast.outsider)
    theirs, own = world.northside, world.harbor
    assert_nothing_there(browser, name, team_slug=theirs.team.slug, **TEAM[name](theirs))
    assert_nothing_there(browser, name, team_slug=theirs.team.slug, **TEAM[name](own))
    if name in ROWS:
        assert_nothing_there(browser, name, team_slug=own.team.slug, **TEAM[name](theirs))


def assert_nothing_there(browser: Client, name: str, **arguments: Any) -> None:
    responses = [ask(browser, method, name, **arguments) for method in METHODS]
    found = [response.status_code for response in responses]
    assert set(found) <= {404, 405} and 404 in found, f"{name}: {found}"
    for response in responses:
        assert_silent(response)


def assert_silent(response: Any) -> None:
    for secret in (b"Maria Lopez", b"Front Desk", b"Northside", b"Olivia", b"Words for Northside"):
        assert secret not in response.said


@pytest.mark.parametrize("name", TEAM)
def test_from_within_the_own_team_nothing_of_another_shows(world: UrlWorld, name: str) -> None:
    """The number is the same in both teams."""
    browser = world.sign_in(world.cast.outsider)
    for method in METHODS:
        response = ask(browser, method, name, team_slug=world.harbor.team.slug, **TEAM[name](world.harbor))
        if response.status_code != 302:
            assert_silent(response)


@pytest.mark.parametrize("name", [name for name in TEAM if needs(name) - RIGHTS[Role.MEMBER]])
def test_a_plain_member_is_refused_where_more_is_needed(world: UrlWorld, name: str) -> None:
    place = world.northside
    found = statuses(world.sign_in(world.cast.member), name, team_slug=place.team.slug, **TEAM[name](place))
    assert set(found.values()) <= {403, 405} and 403 in found.values(), found


@pytest.mark.parametrize("name", [name for name, arguments in TEAM.items() if arguments is conversation])
def test_a_member_without_a_seat_finds_no_conversation(world: UrlWorld, name: str) -> None:
    place = world.northside
    found = statuses(world.sign_in(world.cast.second), name, team_slug=place.team.slug, **TEAM[name](place))
    assert set(found.values()) <= {404, 405} and 404 in found.values(), found


@pytest.mark.parametrize("name", TEAM)
def test_the_owner_gets_through(world: UrlWorld, name: str) -> None:
    """So that the arguments above are good ones, and a 404 there means what it says."""
    place = world.northside
    browser = world.sign_in(world.cast.owner)
    found = statuses(browser, name, team_slug=place.team.slug, **TEAM[name](place))
    assert set(found.values()) <= {200, 204, 302, 405, 422}, found
    assert set(found.values()) != {405}


@pytest.mark.parametrize("name", SIGNED_IN)
def test_whoever_has_signed_in_gets_through(world: UrlWorld, name: str) -> None:
    found = statuses(world.sign_in(world.cast.owner), name, **SIGNED_IN[name](world.northside))
    assert set(found.values()) <= {200, 302, 405, 422}, found
