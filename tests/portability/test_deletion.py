"""Deletion of a team: asked for, warned of, cancelled, killed, resumed; what the law asks for stays."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.files.storage import storages
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.audit.models import AuditEntry
from accounts.models import Inbox, Member, Team
from accounts.scope_lookups import team_ids_by_slug
from api.keys import create_key
from api.models import KeyKind, KeyScope
from kernel.tenancy import scope
from messaging.compose import compose_text
from messaging.models import Message
from messaging.refusal_reasons import INBOX_CLOSED
from optout.models import ConsentEvent
from optout.number_state import standing
from portability import tasks
from portability.deletion import due_teams, erasing
from portability.deletion.remaining import REMAINING
from portability.scope_lookups import teams_in_deletion
from tests.cast import MARIA, PASSWORD, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio

AsClient = Callable[[Member], Client]
Rows = Callable[..., dict[str, list[str]]]
DAY = timedelta(days=1)
CONFIRMED = {"name": "northside  dental", "password": PASSWORD}


@pytest.fixture(autouse=True)
def _public_url(settings: object) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8000"  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _without_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "rest", lambda *_: None)


def url_of(name: str, cast: Cast, *args: object) -> str:
    return reverse(name, args=[cast.northside.slug, *args])


def ask(cast: Cast, as_client: AsClient) -> Client:
    browser = as_client(cast.owner)
    assert browser.post(url_of("team_deletion", cast), CONFIRMED).status_code == 302
    return browser


def make_due(tamper: Callable[..., None]) -> None:
    """Fourteen days pass, and the owners were warned."""
    tamper("UPDATE accounts_team SET deletion_due_at = now() - interval '1 hour', deletion_warned_at = now() - interval"
           " '25 hours' WHERE deletion_due_at IS NOT NULL")  # fmt: skip


def test_asked_for_and_cancelled(
    cast: Cast, as_client: AsClient, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    browser, page = as_client(cast.owner), url_of("team_deletion", cast)
    for wrong in ({"name": "Harbor"}, {"password": "guess"}, {"name": ""}):
        assert browser.post(page, {**CONFIRMED, **wrong}).status_code == 422
    assert not teams_in_deletion() and not mail.outbox
    known = cast.owner.user.password
    cast.owner.user.set_unusable_password()
    cast.owner.user.save()
    passwordless = as_client(cast.owner)  # whose sign-in was not just now
    assert "too long ago" in passwordless.post(page, {"name": "Northside Dental"}).content.decode()
    assert not teams_in_deletion()
    cast.owner.user.password = known
    cast.owner.user.save()
    with scope(cast.northside.id):
        compose_text(cast.front_desk, TOM, "Your bike is ready.", author=cast.owner)
    ask(cast, as_client)
    ask(cast, as_client)  # again: nothing changes
    (asked,) = teams_in_deletion()
    assert timedelta(days=13) < asked.due_at - timezone.now() <= timedelta(days=14)
    subject, text = mail.outbox[0].subject, str(mail.outbox[0].body)
    assert subject.startswith("Northside Dental will be deleted on") and "Olivia Owens asked" in text

    # Nothing is sent. Texts are received, and a STOP counts.
    work()
    assert not carrier.sent
    carrier.text(cast.front_desk, MARIA, "STOP")
    work()
    assert not carrier.sent
    with scope(cast.northside.id):
        assert Message.objects.get(number=TOM).reason == INBOX_CLOSED
        assert not standing(cast.northside.id, MARIA, cast.front_desk.id).may_text
    for member in (cast.member, cast.admin):
        assert "will be deleted" in as_client(member).get(url_of("inbox", cast)).content.decode()
    reopened = as_client(cast.admin).post(url_of("inbox_reopening", cast, cast.front_desk.id), follow=True)
    assert "An owner may cancel the deletion first." in reopened.content.decode()
    new = {"name": "New", "number": "+15105550177", "carrier": "simulator", "keyword_responder": "we"}
    assert as_client(cast.admin).post(url_of("new_inbox", cast), new).status_code == 422

    mail.outbox.clear()
    browser.post(url_of("team_deletion_cancellation", cast))
    assert [email.subject for email in mail.outbox] == ["Northside Dental will not be deleted"]
    assert not teams_in_deletion()
    with scope(cast.northside.id):
        assert Inbox.objects.open().filter(team=cast.northside).count() == 2
        recorded = AuditEntry.objects.filter(team=cast.northside, target_type="team").order_by("id")
        assert [(entry.action, entry.actor_name) for entry in recorded] == [
            ("team_deletion_asked", "Olivia Owens"), ("team_deletion_cancelled", "Olivia Owens"),
        ]  # fmt: skip
    again = browser.post(url_of("team_deletion_cancellation", cast), follow=True).content.decode()
    assert "cancelled already" in again and "Delete Northside Dental?" in again


def test_owners_have_a_day_after_the_warning(cast: Cast, as_client: AsClient) -> None:
    ask(cast, as_client)
    due_at = teams_in_deletion()[0].due_at
    mail.outbox.clear()
    due_teams.work_on_due_teams(due_at - 2 * DAY)
    assert not mail.outbox
    late = due_at + 5 * DAY  # no worker ran for a while
    due_teams.work_on_due_teams(late)
    due_teams.work_on_due_teams(late + DAY / 2)
    assert [email.subject for email in mail.outbox] == ["Tomorrow Northside Dental will be deleted"]
    assert cast.northside.slug in team_ids_by_slug()
    due_teams.work_on_due_teams(late + DAY)
    assert cast.northside.slug not in team_ids_by_slug()


def test_deleted_in_batches_although_killed(
    whole: Cast, as_client: AsClient, carrier: FakeTwilio, rows: Rows, tamper: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    cast, browser = whole, as_client(whole.owner)
    with scope(cast.northside.id):
        key = create_key("CRM", KeyKind.BEARER, [KeyScope.READ], by=cast.owner)
    ask(cast, as_client)
    make_due(tamper)
    harbor, kept = rows(cast.harbor), rows(cast.northside)
    monkeypatch.setattr(erasing, "BATCH", 1)
    batches = iter(range(12))

    def killed(*_: object) -> None:
        if next(batches, None) is None:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(erasing, "rest", killed)
        tasks.delete_due_teams()

    # Nobody enters any more, though rows are left.
    assert sum(map(len, rows(cast.northside).values())) < sum(map(len, kept.values()))
    for name in ("inbox", "contacts", "team_settings", "team_deletion"):
        assert browser.get(url_of(name, cast)).status_code == 404, name
    assert browser.get("/").status_code in (200, 302)
    headers = {"authorization": f"Bearer {key.secret}"}
    assert Client().get("/v1/team", headers=headers).status_code == 401
    assert carrier.text(cast.front_desk, MARIA, "STOP").status_code == 404
    assert browser.post(url_of("team_deletion_cancellation", cast)).status_code == 404

    tasks.delete_due_teams()
    left = {table for table, found in rows(cast.northside).items() if found}
    assert left | {"optout_ledgerblock"} == {model._meta.db_table for model in REMAINING}  # of 256 entries
    for model in REMAINING:
        if model not in (Inbox,):
            table = model._meta.db_table
            assert set(kept[table]) <= set(rows(cast.northside)[table]), table
    assert f"{cast.northside.id}" not in storages["media"].listdir("")[0]
    assert rows(cast.harbor) == harbor
    with scope(cast.northside.id):
        team = Team.objects.get(id=cast.northside.id)
        assert (team.deletion_due_at, bool(team.deleted_at)) == (None, True)
        assert not Inbox.objects.present().filter(team=team).exists()
        assert ConsentEvent.objects.filter(team=team).exists()
        last = AuditEntry.objects.filter(team=team).order_by("-id")[:4]
        assert {"team_deletion_begun", "team_deletion_ended"} <= {entry.action for entry in last}
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    assert "The ledger is whole" in out.getvalue()
    assert not teams_in_deletion()
    tasks.delete_due_teams()
    assert Team.objects.create_with_owner("Northside Dental", cast.owner.user).slug == cast.northside.slug
