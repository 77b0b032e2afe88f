"""The first steps of a new team's owner: the sample, the ticks that rows set, and the page's way out."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.first_steps import FirstStepsState
from accounts.models import Carrier, Inbox, Invitation, Member, Role, Team
from accounts.new_teams import create_team
from contacts.contact.models import Contact
from contacts.runs.models import RunState
from contacts.vendor_lists.models import VendorListImport
from kernel.phone_numbers import canonical
from kernel.tenancy import scope
from messaging.carriers.base import InboundText, OutboundText, Rejected
from messaging.carriers.registry import adapter_for
from messaging.compose import compose_text
from messaging.first_steps.sample import INBOX_NUMBER, sample_conversation, sample_inbox
from messaging.first_steps.steps import FirstSteps
from messaging.inbound import receive
from messaging.models import Conversation, Message
from messaging.simulator.models import SimulatedText
from messaging.simulator.reach import SAMPLE_NUMBER, reaches
from optout.models import Suppression
from tests.cast import MARIA, Cast

AsClient = Callable[[Member], Client]


@pytest.fixture
def bakery(cast: Cast) -> Team:
    """A new team of somebody who owns nothing else."""
    return create_team("Novak Bakery", cast.second.user)


def owner_of(team: Team) -> Member:
    with scope(team.id):
        return team.members.select_related("user", "team").get(role=Role.OWNER)


def url_of(name: str, team: Team, *args: object) -> str:
    return reverse(name, args=[team.slug, *args])


def steps(team: Team) -> FirstSteps:
    with scope(team.id):
        return FirstSteps.of(owner_of(team))


# -- the sample --------------------------------------------------------------------------------------------------


def test_new_team_begins_with_a_sample(bakery: Team) -> None:
    with scope(bakery.id):
        (inbox,) = bakery.inboxes.all()
        (contact,) = bakery.contacts.all()
        conversation = sample_conversation(bakery)
        texts = list(Message.objects.filter(team_id=bakery.id).order_by("id"))
        on_phone = SimulatedText.objects.filter(team_id=bakery.id).order_by("id")
        assert [text.body for text in on_phone] == [text.body for text in texts]
        assert bakery.first_steps == FirstStepsState.SHOWN
    assert (inbox.carrier, inbox.number, contact.number) == (Carrier.SIMULATOR, INBOX_NUMBER, SAMPLE_NUMBER)
    assert conversation and conversation.inbound_count == 2
    assert conversation.awaiting_since
    assert "sample customer" in texts[-1].body
    assert not any(text.possible_opt_out for text in texts)
    assert canonical(SAMPLE_NUMBER, "GB") == SAMPLE_NUMBER
    assert canonical(INBOX_NUMBER, "GB") == INBOX_NUMBER


def test_owner_removes_the_sample(bakery: Team, as_client: AsClient) -> None:
    """What it texted is erased; its opt-out stays."""
    browser = as_client(owner_of(bakery))
    with scope(bakery.id):
        inbox = bakery.inboxes.select_related("team").get()
        other = create_contact(bakery)
    receive(inbox, InboundText("SM1", SAMPLE_NUMBER, "STOP"))
    for _ in range(2):
        page = browser.post(url_of("sample_removal", bakery), follow=True).content.decode()
        assert "The sample was removed." in page
    with scope(bakery.id):
        assert sample_inbox(bakery) is None
        assert sample_conversation(bakery) is None
        assert list(bakery.contacts.all()) == [other]
        assert {text.body for text in Message.objects.filter(team_id=bakery.id)} == {""}
        assert Suppression.objects.filter(team_id=bakery.id, number=SAMPLE_NUMBER).exists()
    assert browser.get(url_of("inbox", bakery)).status_code == 200


def create_contact(team: Team) -> Contact:
    contact: Contact = Contact.objects.create(team=team, number=MARIA, first_name="Maria")
    return contact


def test_sample_is_removed_after_its_contact(bakery: Team, as_client: AsClient) -> None:
    with scope(bakery.id):
        Contact.objects.filter(team_id=bakery.id).delete()
    as_client(owner_of(bakery)).post(url_of("sample_removal", bakery))
    with scope(bakery.id):
        assert not Conversation.objects.filter(team_id=bakery.id).exclude(number="").exists()


# -- the ticks ---------------------------------------------------------------------------------------------------


def answer(team: Team) -> None:
    compose_text(team.inboxes.select_related("team").get(), SAMPLE_NUMBER, "We are.", author=None)


def save_inbox(team: Team, **more: Any) -> None:
    Inbox.objects.create(team=team, name="Shop", number="+15105550188", account_id="AC1", **more)


def import_opt_outs(team: Team) -> None:
    VendorListImport.objects.create(team=team, source="Textbell", country="US", state=RunState.DONE)


def check_opt_outs(team: Team) -> None:
    VendorListImport.objects.create(team=team, source="Textbell", country="US", state=RunState.CHECKED)


def invite(team: Team) -> None:
    invitation = Invitation(team=team, email="new@novak.example", invited_by="Sam")
    invitation.renew()
    invitation.save()


TICKS: tuple[tuple[Callable[[Team], None], FirstSteps], ...] = (
    (lambda team: None, FirstSteps(False, False, False, False)),
    (answer, FirstSteps(True, False, False, False)),
    (save_inbox, FirstSteps(False, False, False, False)),
    (lambda team: save_inbox(team, verified_at=timezone.now()), FirstSteps(False, True, False, False)),
    (
        lambda team: save_inbox(team, verified_at=timezone.now(), deleted_at=timezone.now()),
        FirstSteps(False, False, False, False),
    ),
    (check_opt_outs, FirstSteps(False, False, False, False)),
    (import_opt_outs, FirstSteps(False, False, True, False)),
    (invite, FirstSteps(False, False, False, True)),
)


def test_rows_set_the_ticks(cast: Cast) -> None:
    for row, (change, expected) in enumerate(TICKS):
        team = create_team(f"Team {row}", cast.second.user)
        with scope(team.id):
            change(team)
        assert steps(team) == expected, row


def test_joined_colleague_sets_the_tick(cast: Cast, bakery: Team) -> None:
    with scope(bakery.id):
        Member.objects.create(team=bakery, user=cast.member.user)
    assert steps(bakery) == FirstSteps(False, False, False, True)


# -- the page ----------------------------------------------------------------------------------------------------


def test_page_leads_to_each_step_and_leaves_when_all_are_done(bakery: Team, as_client: AsClient) -> None:
    browser, page = as_client(owner_of(bakery)), url_of("first_steps", bakery)
    shown = browser.get(page).content.decode()
    with scope(bakery.id):
        inbox, conversation = bakery.inboxes.get(), sample_conversation(bakery)
    assert conversation
    assert "0 of 4 done" in shown
    for name, *args in (
        ("conversation", conversation.id),
        ("new_inbox",),
        ("vendor_lists",),
        ("invitations",),
    ):
        assert f'href="{url_of(name, bakery, *args)}"' in shown, name
    phone = browser.get(f"{url_of('simulator', bakery)}?inbox={inbox.id}&number=%2B12125550142")
    assert "sample customer" in phone.content.decode()
    with scope(bakery.id):
        save_inbox(bakery)
        unproved = bakery.inboxes.get(name="Shop")
    assert url_of("inbox_connection", bakery, unproved.id) in browser.get(page).content.decode()
    assert page_link(bakery) in browser.get(url_of("inbox", bakery)).content.decode()
    with scope(bakery.id):
        inbox.team = bakery
        compose_text(inbox, SAMPLE_NUMBER, "Yes", author=None)
        Inbox.objects.filter(team_id=bakery.id, id=unproved.id).update(verified_at=timezone.now())
        import_opt_outs(bakery)
        invite(bakery)
    assert page_link(bakery) not in browser.get(url_of("inbox", bakery)).content.decode()
    assert "4 of 4 done" in browser.get(page).content.decode()


def page_link(team: Team) -> str:
    return f'href="{url_of("first_steps", team)}"'


def test_dismissed_page_stays_in_the_menu(bakery: Team, as_client: AsClient) -> None:
    browser = as_client(owner_of(bakery))
    assert browser.get(url_of("inbox", bakery)).content.decode().count(page_link(bakery)) == 2
    shown = browser.post(url_of("first_steps_dismissal", bakery), follow=True).content.decode()
    assert shown.count(page_link(bakery)) == 1
    assert "4 left" in shown
    assert "Hide" not in browser.get(url_of("first_steps", bakery)).content.decode()


def test_members_and_admins_do_not_see_it(cast: Cast, bakery: Team, as_client: AsClient) -> None:
    for user, role in ((cast.member.user, Role.MEMBER), (cast.admin.user, Role.ADMIN)):
        with scope(bakery.id):
            member = Member.objects.create(team=bakery, user=user, role=role)
        browser = as_client(member)
        assert page_link(bakery) not in browser.get(url_of("inbox", bakery)).content.decode()
        for name in ("first_steps_dismissal", "sample_removal"):
            assert browser.post(url_of(name, bakery)).status_code == 403
        assert browser.get(url_of("first_steps", bakery)).status_code == 403


def test_older_team_has_no_first_steps(cast: Cast, as_client: AsClient) -> None:
    page = as_client(cast.owner).get(url_of("inbox", cast.northside)).content.decode()
    assert page_link(cast.northside) not in page


# -- the simulator beside real customers -------------------------------------------------------------------------

REACHED = {
    SAMPLE_NUMBER: True, "+15035550199": True, "+15035550200": False, "+18005550142": False, "+14155551234": False,
    "+442079460958": False, "US:55501": False, "ACME": False,
}  # fmt: skip


def test_simulator_reaches_invented_numbers_only(settings: Any) -> None:
    settings.DEVELOPMENT = False
    assert {number: reaches(number) for number in REACHED} == REACHED
    settings.DEVELOPMENT = True
    assert all(map(reaches, REACHED))


def test_simulated_phone_cannot_speak_for_a_real_person(
    bakery: Team, as_client: AsClient, settings: Any
) -> None:
    """Its STOP or START would count for the person's number in the whole team."""
    settings.DEVELOPMENT = False
    with scope(bakery.id):
        inbox, real = bakery.inboxes.get(), "+14155551234"
        Contact.objects.create(team=bakery, number=real, first_name="Rita")
    browser = as_client(owner_of(bakery))
    address = f"?inbox={inbox.id}&number=%2B14155551234"
    page = browser.get(url_of("simulator", bakery) + address).content.decode()
    assert "invented numbers only" in page
    assert "Rita" not in page
    browser.post(url_of("simulator_texts", bakery) + address, {"body": "STOP"})
    with scope(bakery.id):
        assert SimulatedText.objects.filter(team_id=bakery.id).count() == 2
        assert not Suppression.objects.filter(team_id=bakery.id).exists()
    with pytest.raises(Rejected, match="invented numbers only"):
        adapter_for(inbox).send(inbox, OutboundText(real, "Hello", ""))


def test_simulator_of_a_team_without_contacts_opens_ready(cast: Cast, as_client: AsClient) -> None:
    with scope(cast.northside.id):
        Inbox.objects.filter(id=cast.front_desk.id).update(carrier=Carrier.SIMULATOR)
        Contact.objects.filter(team=cast.northside).delete()
    page = as_client(cast.owner).get(url_of("simulator", cast.northside)).content.decode()
    assert "(212) 555-0142" in page
    assert "Enter a phone number" not in page
