"""Inboxes that are proved, closed, reopened, deleted and added again; no text and no opt-out is lost."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from psycopg import Connection

from accounts.models import Inbox, Member
from kernel.tenancy import scope
from messaging import tasks
from messaging.compose import compose_text
from messaging.models import Message, MessageStatus
from messaging.refusal_reasons import INBOX_CLOSED
from optout.number_state import standing
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio

AsClient = Callable[[Member], Client]
Texts = Callable[..., list[Message]]


@pytest.fixture(autouse=True)
def _public_url(settings: LazySettings) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8000"


def url_of(name: str, cast: Cast, *args: object) -> str:
    return reverse(name, args=[cast.northside.slug, *args])


def post(browser: Client, cast: Cast, name: str) -> Client:
    assert browser.post(url_of(name, cast, cast.front_desk.id)).status_code == 302
    return browser


def front_desk(cast: Cast) -> Inbox:
    with scope(cast.northside.id):
        return Inbox.objects.select_related("team").get(team=cast.northside, id=cast.front_desk.id)


def queue(cast: Cast, body: str) -> None:
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, body, author=cast.owner)


def may_text(cast: Cast) -> bool:
    with scope(cast.northside.id):
        return standing(cast.northside.id, MARIA, cast.front_desk.id).may_text


@pytest.mark.parametrize("name", ["inbox_closure", "inbox_deletion"])
def test_text_that_waits_is_refused_at_its_claim(
    cast: Cast, as_client: AsClient, carrier: FakeTwilio, work: Callable[[], None], texts: Texts, name: str
) -> None:
    queue(cast, "Your appointment is tomorrow.")
    post(as_client(cast.admin), cast, name)
    work()
    (text,) = texts(outbound=True)
    assert (text.status, text.reason, text.trouble) == (
        MessageStatus.REFUSED,
        INBOX_CLOSED,
        "This inbox is closed.",
    )
    assert not carrier.sent


def test_closed_inbox_stores_texts_and_counts_opt_outs_silently(
    cast: Cast, as_client: AsClient, carrier: FakeTwilio, work: Callable[[], None], texts: Texts
) -> None:
    browser = post(as_client(cast.admin), cast, "inbox_closure")
    assert carrier.text(cast.front_desk, MARIA, "Are you there?").status_code == 200
    assert carrier.text(cast.front_desk, MARIA, "STOP").status_code == 200
    work()
    assert [text.body for text in texts(outbound=False)] == ["Are you there?", "STOP"]
    assert not may_text(cast)
    assert not carrier.sent
    carrier.text(cast.front_desk, MARIA, "START")
    work()
    page = browser.get(url_of("conversation", cast, texts(outbound=False)[0].conversation_id))
    assert "Front Desk is closed" in page.content.decode()
    assert "data-composer" not in page.content.decode()
    choices = browser.get(url_of("new_conversation", cast)).content.decode()
    assert "Billing ·" in choices
    assert "Front Desk ·" not in choices


def test_reopened_inbox_sends_again(
    cast: Cast, as_client: AsClient, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    post(post(as_client(cast.admin), cast, "inbox_closure"), cast, "inbox_reopening")
    queue(cast, "We are back.")
    work()
    assert carrier.bodies() == ["We are back."]


def test_deletion_erases_credentials_and_keeps_history(
    cast: Cast, as_client: AsClient, carrier: FakeTwilio, texts: Texts, owner: Connection
) -> None:
    carrier.text(cast.front_desk, MARIA, "STOP")
    carrier.text(cast.front_desk, TOM, "Thanks!")
    browser = as_client(cast.admin)
    assert (
        "Close the inbox instead"
        in browser.get(url_of("inbox_deletion", cast, cast.front_desk.id)).content.decode()
    )
    post(browser, cast, "inbox_deletion")
    inbox = front_desk(cast)
    assert (inbox.account_id, inbox.auth_tokens, inbox.verified_at) == ("", [], None)
    assert carrier.text(cast.front_desk, MARIA, "START").status_code == 404  # claims its number no longer
    assert not may_text(cast)
    assert owner.execute("SELECT count(*) FROM optout_consentevent").fetchone() == (1,)
    _, text = texts(outbound=False)
    page = browser.get(url_of("conversation", cast, text.conversation_id)).content.decode()
    assert "Thanks!" in page
    assert "Front Desk was deleted" in page
    for name in ("edit_inbox", "inbox_connection", "inbox_auto_replies", "inbox_deletion"):
        assert browser.get(url_of(name, cast, inbox.id)).status_code == 404, name
    assert "Front Desk" not in browser.get(url_of("inboxes", cast)).content.decode()


def test_number_of_a_deleted_inbox_is_added_again_with_its_history(
    cast: Cast, as_client: AsClient, carrier: FakeTwilio
) -> None:
    carrier.text(cast.front_desk, MARIA, "STOP")
    browser = post(as_client(cast.admin), cast, "inbox_deletion")
    form = {
        "name": "Reception",
        "number": cast.front_desk.number,
        "carrier": "twilio",
        "account_id": cast.front_desk.account_id,
        "auth_token": "front-desk-token",
        "keyword_responder": "we",
    }
    assert browser.post(url_of("new_inbox", cast), form).status_code == 302
    inbox = front_desk(cast)
    assert (inbox.name, inbox.deleted_at, inbox.auth_tokens) == ("Reception", None, ["front-desk-token"])
    assert not may_text(cast)
    assert carrier.text(inbox, MARIA, "START").status_code == 200
    assert may_text(cast)
    assert browser.post(url_of("new_inbox", cast), form).status_code == 422


def test_fetch_skips_deleted_inboxes_only(cast: Cast, as_client: AsClient) -> None:
    post(as_client(cast.admin), cast, "inbox_closure")
    assert cast.front_desk.id in tasks._inbox_ids(cast.northside.id)
    post(as_client(cast.admin), cast, "inbox_deletion")
    assert tasks._inbox_ids(cast.northside.id) == [cast.billing.id]


def test_only_admins_close_and_delete(cast: Cast, as_client: AsClient) -> None:
    for name in ("inbox_closure", "inbox_reopening", "inbox_deletion", "inbox_connection_test"):
        page = url_of(name, cast, cast.front_desk.id)
        assert as_client(cast.member).post(page).status_code == 403, name
        assert as_client(cast.outsider).post(page).status_code == 404, name


# -- the proof ---------------------------------------------------------------------------------------------------


def test_connection_test_proves_the_credentials(cast: Cast, as_client: AsClient, carrier: FakeTwilio) -> None:
    browser, test = as_client(cast.admin), url_of("inbox_connection_test", cast, cast.front_desk.id)
    page = browser.get(url_of("inbox_connection", cast, cast.front_desk.id)).content.decode()
    assert "not proved yet" in page
    carrier.token = "another token"
    assert "does not accept this inbox&#x27;s credentials" in browser.post(test, follow=True).content.decode()
    assert front_desk(cast).verified_at is None
    carrier.token = "front-desk-token"
    page = browser.post(test, follow=True).content.decode()
    assert "accepts the saved credentials" in page
    assert "not proved yet" not in page
    assert front_desk(cast).verified_at


def test_another_account_must_be_proved_anew(cast: Cast, as_client: AsClient, carrier: FakeTwilio) -> None:
    """Otherwise a claim that proved its own account would rank as proved for the account of others."""
    browser = post(as_client(cast.admin), cast, "inbox_connection_test")
    form = {"name": "Front Desk", "account_id": "AC" + "1" * 32, "keyword_responder": "we"}
    page = url_of("edit_inbox", cast, cast.front_desk.id)
    assert browser.post(page, form).status_code == 302
    assert front_desk(cast).verified_at
    assert browser.post(page, {**form, "account_id": "AC" + "2" * 32}).status_code == 302
    assert front_desk(cast).verified_at is None


def test_page_says_that_another_team_has_the_number_only_after_the_proof(
    cast: Cast, as_client: AsClient, carrier: FakeTwilio
) -> None:
    with scope(cast.harbor.id):
        Inbox.objects.create(
            team=cast.harbor,
            name="Also Front Desk",
            number=cast.front_desk.number,
            account_id=cast.front_desk.account_id,
            auth_tokens=["front-desk-token"],
        )
    browser, page = as_client(cast.admin), url_of("inbox_connection", cast, cast.front_desk.id)
    post(browser, cast, "inbox_connection_test")
    assert "Another team" not in browser.get(page).content.decode()  # the other claim is not proved
    assert carrier.text(cast.front_desk, MARIA, "Hello").status_code == 200
    shown = browser.get(page).content.decode()
    assert "Another team has an inbox with this number" in shown
    assert "Harbor" not in shown
    with scope(cast.northside.id):
        Inbox.objects.filter(team=cast.northside, id=cast.front_desk.id).update(verified_at=None)
    assert "Another team" not in browser.get(page).content.decode()
