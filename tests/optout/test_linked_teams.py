"""Tests of linked teams: what a link shares, what it does not, who makes it, and that nothing else crosses the wall."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from allauth.account.models import EmailAddress
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import Inbox, Member, Team
from kernel.sql import fetch
from kernel.tenancy import scope
from optout import consent, ledger_verification
from optout.bulk_consent import opt_out_many
from optout.consent_types import Actor
from optout.ledger import history
from optout.linked_teams import wakeups
from optout.linked_teams.copying import copy_waiting
from optout.linked_teams.models import LinkedOptOut, LinkOutcome, LinkRequest, TeamLink
from optout.models import ConsentEvent, Origin, Suppression
from optout.number_locks import lock_key, lock_number
from optout.number_state import fetch_number_state, standing
from optout.reader.reading import read
from optout.reasons import OptOutReason
from optout.scope_lookups import linked_retractions, unlink_teams
from optout.tasks import copy_opt_outs_of_team, copy_to_linked_teams
from optout.wording import describe_entry
from tests.cast import MARIA, PASSWORD, TOM, Cast
from tests.cluster_database import share_a_node
from tests.saved_rows import SavedRows

MAYA = Actor(Origin.MEMBER, "Maya Chen", 7)


def text(inbox: Inbox, number: str, body: str) -> ConsentEvent | None:
    """A person's text, in a transaction of its own."""
    with scope(inbox.team_id, lock=lock_key(inbox.team_id, number)):
        inbox.team = Team.objects.get(id=inbox.team_id)
        now = lock_number(inbox.team_id, number)
        return consent.apply_keyword(
            inbox, number, read(body).outcome, before=fetch_number_state(inbox.team_id, number), now=now, at=now,
            words=body, message_id=1, carrier_answers=False,
        ).event  # fmt: skip


def origins(team: Team, number: str) -> list[str]:
    with scope(team.id):
        return [row.origin for row in standing(team.id, number).rows]


def sign_in(member: Member) -> Client:
    client = Client()
    client.login(email=member.user.email, password=PASSWORD)
    return client


def ask(cast: Cast, email: str = "harriet@harbor.example") -> LinkRequest:
    url = reverse("linked_teams", args=[cast.northside.slug])
    sign_in(cast.owner).post(url, {"email": email})
    with scope(cast.northside.id):
        return LinkRequest.objects.get(team=cast.northside, email=email.lower())


def accept(cast: Cast, asked: LinkRequest, by: Member | None = None, **data: str) -> Any:
    url = reverse("link_answer", args=[cast.harbor.slug, asked.team_id, asked.id])
    return sign_in(by or cast.outsider).post(url, data or {"accept": "yes"}, follow=True)


@pytest.fixture
def cast(cast_rows: SavedRows[Cast], owner: psycopg.Connection) -> Cast:
    """On a cluster both teams are on one node; tests/kernel/test_nodes_on_cluster.py has teams on two."""
    return cast_rows.insert_until(lambda found: share_a_node(owner, found.northside.id, found.harbor.id))


@pytest.fixture
def linked(cast: Cast) -> Cast:
    accept(cast, ask(cast))
    copy_to_linked_teams()  # nothing; what is shared from now on waits alone
    return cast


def links(team: Team) -> list[str]:
    with scope(team.id):
        return [link.other_name for link in TeamLink.objects.filter(team=team)]


# -- what a link shares ------------------------------------------------------------------------------------------


def test_a_stop_to_one_is_in_force_in_the_other_in_its_own_transaction(linked: Cast) -> None:
    text(linked.front_desk, MARIA, "Wrong number")
    assert origins(linked.harbor, MARIA) == []  # held: not decided yet
    text(linked.front_desk, MARIA, "STOP")
    assert origins(linked.harbor, MARIA) == ["linked"]
    with scope(linked.harbor.id):
        (entry,) = history(linked.harbor.id, MARIA)
        assert describe_entry(entry) == "Opted out at Northside Dental, a linked team"
        assert (entry.words, entry.reason, entry.inbox_id, entry.message_id, entry.actor_id) == (
            "",
            "",
            None,
            None,
            None,
        )
        assert entry.after == "opt_out"
        assert ledger_verification.verify(linked.harbor.id).fault is None
    text(linked.shop, TOM, "STOP")  # and the other way round
    assert origins(linked.northside, TOM) == ["linked"]
    with scope(linked.northside.id):
        assert ledger_verification.verify(linked.northside.id).fault is None


def test_a_start_and_unlinking_lift_nothing_elsewhere(linked: Cast) -> None:
    text(linked.front_desk, MARIA, "STOP")
    text(linked.front_desk, MARIA, "START")
    assert (origins(linked.northside, MARIA), origins(linked.harbor, MARIA)) == ([], ["linked"])
    with scope(linked.harbor.id):
        link = TeamLink.objects.get(team=linked.harbor)
    url = reverse("unlinking", args=[linked.harbor.slug, link.id])
    assert "stay in force" in sign_in(linked.outsider).get(url).content.decode()
    sign_in(linked.outsider).post(url)
    assert (links(linked.harbor), links(linked.northside)) == ([], [])
    assert origins(linked.harbor, MARIA) == ["linked"]
    text(linked.front_desk, TOM, "STOP")
    assert origins(linked.harbor, TOM) == []
    text(linked.shop, MARIA, "START")
    assert origins(linked.harbor, MARIA) == []


def test_only_a_persons_own_opt_out_from_all_inboxes_is_shared(linked: Cast) -> None:
    """Each statement in Northside, and whether Harbor learns of it."""
    team_id = linked.northside.id
    statements = {
        "blocks": (lambda number: consent.block(team_id, number, MAYA), False),
        "our decision": (
            lambda number: consent.opt_out_by_member(team_id, number, MAYA, OptOutReason.DECISION), False),
        "they asked us": (lambda number: consent.opt_out_by_member(team_id, number, MAYA, OptOutReason.ASKED), True),
        "from one inbox": (
            lambda number: consent.opt_out_by_member(team_id, number, MAYA, OptOutReason.ASKED, linked.billing), False),
        "an import": (lambda number: opt_out_many(team_id, [number], Actor(Origin.IMPORT, "x", 1), reason=""), False),
        "a vendor list": (
            lambda number: opt_out_many(team_id, [number], Actor(Origin.VENDOR_LIST, "x", 1), reason=""), True),
        "the carrier": (
            lambda number: consent.apply_carrier_refusal(
                linked.front_desk, number, claimed_at=timezone.now(), message_id=9, reason="21610"), True),
    }  # fmt: skip
    with scope(team_id):
        linked.front_desk.team = linked.billing.team = Team.objects.get(id=team_id)
    for index, (name, (state, shared)) in enumerate(statements.items()):
        number = f"+1415555020{index}"
        with scope(team_id):
            state(number)
        copy_waiting(team_id)
        assert origins(linked.harbor, number) == (["linked"] if shared else []), name


def test_opt_outs_from_before_the_link_are_copied_unless_the_person_came_back(cast: Cast) -> None:
    text(cast.front_desk, MARIA, "STOP")
    text(cast.front_desk, TOM, "STOP")
    text(cast.shop, TOM, "START")  # after the STOP to the other team
    text(cast.shop, "+14155550107", "STOP")
    accept(cast, ask(cast))
    assert (copy_waiting(cast.northside.id), copy_waiting(cast.harbor.id)) == (2, 1)
    assert (origins(cast.harbor, MARIA), origins(cast.harbor, TOM)) == (["linked"], [])
    assert origins(cast.northside, "+14155550107") == ["linked"]
    with scope(cast.harbor.id):
        assert len(history(cast.harbor.id, MARIA)) == 1
    assert copy_waiting(cast.northside.id) == copy_waiting(cast.harbor.id) == 0


def test_an_opt_out_that_is_being_written_while_the_teams_are_linked_is_copied(
    cast: Cast, elsewhere: Callable[..., Future[Any]], waits_for_lock: Callable[..., None]
) -> None:
    asked, written, linked = ask(cast), threading.Event(), threading.Event()

    def write() -> None:
        with scope(cast.northside.id):
            text(cast.front_desk, MARIA, "STOP")
            written.set()
            assert linked.wait(10)
            waits_for_lock()

    writing = elsewhere(write)
    assert written.wait(10)
    accept(cast, asked)
    copying = elsewhere(copy_waiting, cast.northside.id)
    linked.set()
    writing.result(20)
    assert copying.result(20) == 1
    assert origins(cast.harbor, MARIA) == ["linked"]


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The teams whose copying a worker was woken for, on commit."""
    teams: list[int] = []
    monkeypatch.setattr("optout.linked_teams.wakeups.copy_queue", SimpleNamespace(put=teams.append))
    return teams


def test_a_worker_is_woken_for_what_waits_and_for_nothing_else(cast: Cast, woken: list[int]) -> None:
    northside, harbor = cast.northside.id, cast.harbor.id
    text(cast.front_desk, TOM, "STOP")
    with scope(northside):
        opt_out_many(northside, ["+14155550120"], Actor(Origin.VENDOR_LIST, "x", 1), reason="")
    assert woken == [], "no team is linked"
    accept(cast, ask(cast))
    assert sorted(woken) == sorted([northside, harbor]), "opt-outs from before the link wait"
    copy_opt_outs_of_team(northside)
    assert origins(cast.harbor, TOM) == ["linked"]
    woken.clear()
    text(cast.front_desk, MARIA, "STOP")
    assert (woken, origins(cast.harbor, MARIA)) == ([], ["linked"]), "it was copied at once"
    with scope(northside):
        numbers = [f"+1415555{at:04d}" for at in range(3000, 3060)]
        opt_out_many(northside, numbers, Actor(Origin.VENDOR_LIST, "x", 1), reason="")
        assert woken == [], "not before it is stored"
    assert woken == [northside]
    copy_opt_outs_of_team(northside)
    with scope(northside):
        assert LinkedOptOut.objects.count() == 10, "a worker that also sends texts copies a few"
    copy_to_linked_teams()
    with scope(harbor):
        assert Suppression.objects.filter(number__in=numbers).count() == 60


def test_the_wake_up_is_published_and_a_broker_that_is_away_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr("celery.current_app.send_task", lambda *call, **options: sent.append((call, options)))
    wakeups._publish([7, 7, 8])
    task = copy_opt_outs_of_team.name
    assert sent == [((task, (7,)), {"expires": 60}), ((task, (8,)), {"expires": 60})]

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError

    monkeypatch.setattr("celery.current_app.send_task", away)
    wakeups._publish([7])
    assert "not published" in caplog.text


def test_a_retraction_lifts_nothing_elsewhere_and_both_teams_are_told(linked: Cast) -> None:
    """The number's pages say that the other team took it back, until another opt-out is shared."""
    number_page = reverse("standing", args=[linked.harbor.slug, MARIA])
    team = linked.northside
    retraction = reverse("retract_opt_out", args=[team.slug, MARIA])
    with scope(team.id):
        by = Actor.of(linked.owner)
        consent.opt_out_by_member(team.id, MARIA, by, OptOutReason.ASKED)
        consent.opt_out_by_member(team.id, TOM, by, OptOutReason.DECISION)
    assert "took it back" not in sign_in(linked.outsider).get(number_page).content.decode()
    page = sign_in(linked.owner).post(retraction, follow=True).content.decode()
    assert "Opt-out undone; it stays in force at Harbor Bikes." in page
    assert (origins(team, MARIA), origins(linked.harbor, MARIA)) == ([], ["linked"])
    page = sign_in(linked.outsider).get(number_page).content.decode()
    assert "Northside Dental</bdi> took it back as a mistake" in page and "it stays in force." in page
    assert "Record consent" in page
    own = reverse("retract_opt_out", args=[team.slug, TOM])
    assert "Opt-out undone." in sign_in(linked.owner).post(own, follow=True).content.decode(), (
        "it was not shared"
    )
    text(linked.front_desk, MARIA, "STOP")
    assert "took it back" not in sign_in(linked.outsider).get(number_page).content.decode()


def test_only_what_was_shared_is_told_of(linked: Cast) -> None:
    """A retraction of an opt-out from one inbox, and one in a team that is not linked any more, is nobody's matter."""
    team = linked.northside
    with scope(team.id):
        consent.opt_out_by_member(team.id, MARIA, Actor.of(linked.owner), OptOutReason.ASKED, linked.billing)
        consent.retract(team.id, MARIA, Actor.of(linked.owner))
        consent.opt_out_by_member(team.id, TOM, Actor.of(linked.owner), OptOutReason.ASKED)
        consent.retract(team.id, TOM, Actor.of(linked.owner))
    with scope(linked.harbor.id):
        assert linked_retractions(MARIA) == {}
        assert list(linked_retractions(TOM)) == [history(linked.harbor.id, TOM)[0].id]
    with scope(team.id):
        assert linked_retractions(TOM) == {}
    with scope(linked.harbor.id):
        unlink_teams(team.id)
        assert linked_retractions(TOM) == {}


def test_what_cannot_be_copied_at_once_waits_and_is_not_lost(linked: Cast, woken: list[int]) -> None:
    """While somebody holds the other team's lock of the number, the STOP is stored without waiting for it."""
    held, release = threading.Event(), threading.Event()

    def claim_elsewhere() -> None:
        with scope(linked.harbor.id, lock=lock_key(linked.harbor.id, MARIA)):
            held.set()
            release.wait(10)
        connection.close()

    other = threading.Thread(target=claim_elsewhere)
    other.start()
    assert held.wait(10)
    text(linked.front_desk, MARIA, "STOP")
    release.set()
    other.join(30)
    assert origins(linked.harbor, MARIA) == []
    (row,) = fetch("SELECT lookup_teams_to_copy()")
    assert row == (linked.northside.id,)
    assert woken == [linked.northside.id]
    copy_opt_outs_of_team(linked.northside.id)
    assert origins(linked.harbor, MARIA) == ["linked"]
    copy_waiting(linked.northside.id)
    with scope(linked.harbor.id):
        assert len(history(linked.harbor.id, MARIA)) == 1


def test_a_copy_is_no_copy_for_a_third_team(linked: Cast) -> None:
    text(linked.front_desk, MARIA, "STOP")
    for team in (linked.northside, linked.harbor):
        with scope(team.id):
            assert not LinkedOptOut.objects.filter(team=team).exists()


# -- who makes a link --------------------------------------------------------------------------------------------


def test_a_link_needs_the_owner_who_was_asked(cast: Cast) -> None:
    """Not an admin, not another address, not the team that asks, not an answer that came before."""
    for member in (cast.admin, cast.member):
        assert sign_in(member).get(reverse("linked_teams", args=[cast.northside.slug])).status_code == 403
    other = ask(cast, "somebody@else.example")
    assert accept(cast, other).status_code == 404
    asked = ask(cast, "Harriet@Harbor.example")
    own_url = reverse("link_answer", args=[cast.northside.slug, asked.team_id, asked.id])
    sign_in(cast.owner).post(own_url, {"accept": "yes"})
    assert links(cast.northside) == links(cast.harbor) == []
    page = sign_in(cast.outsider).get(reverse("linked_teams", args=[cast.harbor.slug])).content.decode()
    assert "Northside Dental asks to be linked with Harbor Bikes" in page and "Olivia Owens" in page
    assert "Declined the request of Northside Dental." in accept(cast, asked, decline="yes").content.decode()
    assert accept(cast, asked).status_code == 404
    asked = LinkRequest(team=cast.northside, email="harriet@harbor.example", asked_by="Olivia Owens")
    with scope(cast.northside.id):
        asked.save()
    page = accept(cast, asked).content.decode()
    assert "Linked with Northside Dental." in page and "not linked" in page  # the audit
    assert (links(cast.northside), links(cast.harbor)) == (["Harbor Bikes"], ["Northside Dental"])


def test_an_address_that_is_not_proved_sees_no_requests(cast: Cast) -> None:
    asked = ask(cast)
    EmailAddress.objects.filter(user=cast.outsider.user).update(verified=False)
    page = sign_in(cast.outsider).get(reverse("linked_teams", args=[cast.harbor.slug])).content.decode()
    assert "Northside" not in page and "Confirm your email address" in page
    assert accept(cast, asked).status_code == 404
    assert links(cast.harbor) == []


def test_a_request_can_be_withdrawn(cast: Cast) -> None:
    asked = ask(cast)
    sign_in(cast.owner).post(reverse("link_withdrawal", args=[cast.northside.slug, asked.id]))
    assert accept(cast, asked).status_code == 404
    with scope(cast.northside.id):
        assert LinkRequest.objects.get(id=asked.id).outcome == LinkOutcome.WITHDRAWN


def test_the_asked_owner_gets_an_email_once_a_day(cast: Cast, mailoutbox: list[Any]) -> None:
    asked = ask(cast)
    (email,) = mailoutbox
    assert (email.to, email.subject) == (["harriet@harbor.example"], "Northside Dental asks to link teams")
    assert (
        "with Harbor Bikes." in email.body and reverse("linked_teams", args=[cast.harbor.slug]) in email.body
    )
    sign_in(cast.owner).post(reverse("link_withdrawal", args=[cast.northside.slug, asked.id]))
    url = reverse("linked_teams", args=[cast.northside.slug])
    sign_in(cast.owner).post(url, {"email": "harriet@harbor.example"})
    assert len(mailoutbox) == 1, "it was withdrawn and sent again"
    with scope(cast.northside.id):
        LinkRequest.objects.all().delete()
    for nobody in ("nobody@else.example", cast.member.user.email, cast.owner.user.email):
        ask(cast, nobody)
    assert len(mailoutbox) == 1, "whoever owns no other team gets none"
    ask(cast)
    assert len(mailoutbox) == 2


# -- the wall ----------------------------------------------------------------------------------------------------


def test_the_runtime_role_makes_no_link_and_lists_nothing_for_copying(linked: Cast) -> None:
    statements = (
        "INSERT INTO optout_teamlink (team_id, other_id, other_name, asked_by, accepted_by, linked_at)"
        f" VALUES ({linked.northside.id}, 999, 'x', 'x', 'x', now())",
        "UPDATE optout_teamlink SET other_id = 999",
        "DELETE FROM optout_teamlink",
        f"INSERT INTO optout_linkedoptout (team_id, event_id, target_id) VALUES ({linked.northside.id}, 1, 999)",
    )
    for statement in statements:
        with pytest.raises(ProgrammingError, match="permission denied"), scope(linked.northside.id):
            fetch(statement)


def test_a_linked_team_sees_the_standing_and_nothing_else(linked: Cast) -> None:
    """After a STOP the rows of the other team are as invisible as before, in its scope and in that of the STOP."""
    text(linked.front_desk, MARIA, "STOP")
    tables = ("accounts_inbox", "accounts_member", "contacts_contact", "messaging_message", "optout_consentevent",
              "optout_suppression", "optout_teamlink", "optout_linkrequest")  # fmt: skip
    for team in (linked.northside, linked.harbor):
        with scope(team.id):
            for table in tables:
                ((others,),) = fetch(f"SELECT count(*) FROM {table} WHERE team_id <> $1", team.id)
                assert others == 0, f"{table} in the scope of {team}"
    with scope(linked.harbor.id):
        row = Suppression.objects.get(team=linked.harbor)
        facts = " ".join(str(value) for value in vars(history(linked.harbor.id, MARIA)[0]).values())
    assert row.inbox_id is None
    assert not any(word in facts for word in ("Front Desk", "Maria", "Lopez", "STOP"))


def test_a_failed_copy_fails_the_whole_change(linked: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is half done: an error while the copy is written rolls the STOP back, and the carrier sends it again."""

    def fail(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("optout.ledger_writer._write_copy", fail)
    with pytest.raises(RuntimeError):
        text(linked.front_desk, MARIA, "STOP")
    assert origins(linked.northside, MARIA) == origins(linked.harbor, MARIA) == []
    with transaction.atomic(), scope(linked.harbor.id):
        assert not Suppression.objects.filter(team=linked.northside).exists()
