"""Inbox settings: adding an inbox, rotating its credentials, connecting it to the carrier."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from psycopg import Connection
from twilio.request_validator import RequestValidator

from accounts.models import Carrier, Inbox, KeywordResponder, Member, Team, User
from kernel.tenancy import scope
from messaging.models import Message
from optout.auto_replies import AutoReply, reply_text
from tests.cast import Cast
from tests.messaging.fake_twilio import sid_of

ACCOUNT, TOKEN = "AC" + "3" * 32, "0123456789abcdef0123456789abcdef"
NEW = {
    "name": "Sales",
    "number": "(510) 555-0123",
    "carrier": "twilio",
    "account_id": ACCOUNT,
    "auth_token": TOKEN,
    "keyword_responder": "carrier",
}
AsClient = Callable[[Member], Client]


def url_of(name: str, cast: Cast, *args: object) -> str:
    return reverse(name, args=[cast.northside.slug, *args])


def inbox_of(cast: Cast, **which: Any) -> Inbox:
    with scope(cast.northside.id):
        return Inbox.objects.get(team=cast.northside, **which)


def change(browser: Client, cast: Cast, **form: Any) -> Any:
    """Save the front desk's settings page with these fields changed."""
    saved = {
        "name": "Front Desk",
        "account_id": cast.front_desk.account_id,
        "auth_token": "",
        "keyword_responder": "we",
    }
    return browser.post(url_of("edit_inbox", cast, cast.front_desk.id), saved | form)


def webhook(inbox: Inbox, token: str, body: str = "hello") -> int:
    url = reverse("twilio_messages")
    form = {
        "MessageSid": sid_of(body),
        "AccountSid": inbox.account_id,
        "From": "+14155550101",
        "To": inbox.number,
        "Body": body,
    }
    signature = RequestValidator(token).compute_signature(f"http://127.0.0.1:8000{url}", form)
    answer = Client().post(
        url, urlencode(form), "application/x-www-form-urlencoded", headers={"X-Twilio-Signature": signature}
    )
    return answer.status_code


@pytest.fixture(autouse=True)
def _public_url(settings: LazySettings) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8000"


# -- adding ------------------------------------------------------------------------------------------------------


def test_new_team_adds_an_inbox_and_a_signed_text_arrives(transactional_db: None) -> None:
    nina = User.objects.create_user("nina@novak.example")
    Team.objects.create_with_owner("Novak Bakery", nina)
    browser = Client()
    browser.force_login(nina)
    answer = browser.post(reverse("new_inbox", args=["novak-bakery"]), NEW)
    assert answer.status_code == 302
    page = browser.get(answer.headers["Location"]).content.decode()
    assert page.count("http://127.0.0.1:8000/webhooks/twilio/messages") == 2  # webhook and fallback
    assert "No webhook has arrived yet" in page
    assert TOKEN not in page
    assert webhook(Inbox(number="+15105550123", account_id=ACCOUNT), TOKEN, "Two rye loaves please") == 200
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "The last webhook arrived" in page
    assert "No webhook has arrived yet" not in page
    assert "Two rye loaves please" in browser.get(reverse("inbox", args=["novak-bakery"])).content.decode()


def test_new_inbox_is_saved_with_its_members(cast: Cast, as_client: AsClient) -> None:
    assert (
        as_client(cast.admin)
        .post(url_of("new_inbox", cast), {**NEW, "members": [cast.member.id]})
        .status_code
        == 302
    )
    inbox = inbox_of(cast, name="Sales")
    assert (inbox.number, inbox.carrier, inbox.account_id) == ("+15105550123", Carrier.TWILIO, ACCOUNT)
    assert (inbox.auth_tokens, inbox.keyword_responder) == ([TOKEN], KeywordResponder.CARRIER)
    with scope(cast.northside.id):
        assert [seat.member_id for seat in inbox.seats.all()] == [cast.member.id]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"number": "12"}, "There is no such phone number"),
        ({"number": "+1 510 555 0100"}, "already has an inbox with this number"),
        ({"account_id": ""}, "Copy the Account SID"),
        ({"account_id": "SK" + "3" * 32}, "A Twilio Account SID starts with AC"),
        ({"auth_token": ""}, "Copy the auth token"),
        ({"auth_token": "two words and more"}, "This is not an auth token"),
        ({"name": ""}, "This field is required"),
        ({"keyword_responder": "nobody"}, "Select a valid choice"),
        ({"carrier": "pigeon"}, "Select a valid choice"),
        ({"members": ["999999"]}, "is not one of the available choices"),
    ],
)
def test_invalid_form_is_shown_with_its_error(
    cast: Cast, as_client: AsClient, wrong: dict[str, str], sentence: str
) -> None:
    answer = as_client(cast.owner).post(url_of("new_inbox", cast), {**NEW, **wrong})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert TOKEN not in page  # a password field is shown empty
    with scope(cast.northside.id):
        assert cast.northside.inboxes.count() == 2


def test_two_teams_may_claim_the_same_number(cast: Cast, as_client: AsClient) -> None:
    """The signature decides which team gets a text; the claim alone gets none."""
    form = {**NEW, "number": cast.shop.number, "account_id": cast.shop.account_id}
    assert as_client(cast.owner).post(url_of("new_inbox", cast), form).status_code == 302
    assert webhook(cast.shop, "shop-token-new") == 200
    with scope(cast.northside.id):
        assert not Message.objects.exists()


def test_simulator_is_offered_only_in_development(
    cast: Cast, as_client: AsClient, settings: LazySettings
) -> None:
    form = {"name": "Toy", "number": "+15105550177", "carrier": "simulator", "keyword_responder": "we"}
    settings.DEVELOPMENT = False
    assert as_client(cast.owner).post(url_of("new_inbox", cast), form).status_code == 422
    settings.DEVELOPMENT = True
    assert as_client(cast.owner).post(url_of("new_inbox", cast), form).status_code == 302
    inbox = inbox_of(cast, name="Toy")
    assert inbox.account_id.startswith("AC")
    assert len(inbox.auth_tokens[0]) == 32


# -- changing ----------------------------------------------------------------------------------------------------


def test_empty_token_field_keeps_the_saved_token(cast: Cast, as_client: AsClient) -> None:
    browser = as_client(cast.owner)
    assert change(browser, cast, name="Reception").status_code == 302
    inbox = inbox_of(cast, id=cast.front_desk.id)
    assert (inbox.name, inbox.auth_tokens) == ("Reception", ["front-desk-token"])
    page = browser.get(url_of("edit_inbox", cast, inbox.id)).content.decode()
    assert "The auth token was saved on" in page
    assert "front-desk-token" not in page


def test_token_rotation_loses_no_text(cast: Cast, as_client: AsClient) -> None:
    browser = as_client(cast.owner)
    change(browser, cast, auth_token=TOKEN)
    assert inbox_of(cast, id=cast.front_desk.id).auth_tokens == [TOKEN, "front-desk-token"]
    assert webhook(cast.front_desk, "front-desk-token", "old") == 200
    assert webhook(cast.front_desk, TOKEN, "new") == 200
    assert (
        "Two auth tokens are saved"
        in browser.get(url_of("edit_inbox", cast, cast.front_desk.id)).content.decode()
    )
    assert browser.post(url_of("old_tokens_removal", cast, cast.front_desk.id)).status_code == 302
    assert inbox_of(cast, id=cast.front_desk.id).auth_tokens == [TOKEN]
    assert webhook(cast.front_desk, "front-desk-token", "too late") == 403


def test_newest_two_distinct_tokens_are_kept(cast: Cast, as_client: AsClient) -> None:
    for token in ("a" * 32, "b" * 32, "b" * 32, "c" * 32):
        change(as_client(cast.owner), cast, auth_token=token)
    assert inbox_of(cast, id=cast.front_desk.id).auth_tokens == ["c" * 32, "b" * 32]


def test_replies_are_the_teams_own_or_the_default(cast: Cast, as_client: AsClient) -> None:
    browser, page = as_client(cast.owner), url_of("inbox_auto_replies", cast, cast.front_desk.id)
    assert "Northside Dental: You are opted out" in browser.get(page).content.decode()
    own = {
        "stop_reply": "Northside: no more texts. START brings them back.",
        "start_reply": "",
        "help_reply": "",
    }
    assert browser.post(page, own).status_code == 302
    with scope(cast.northside.id):
        inbox = Inbox.objects.select_related("team").get(team=cast.northside, id=cast.front_desk.id)
        assert reply_text(inbox, AutoReply.STOP) == "Northside: no more texts. START brings them back."
        assert reply_text(inbox, AutoReply.START).startswith("Northside Dental: You will get texts")
    assert browser.post(page, {**own, "help_reply": "x" * 321}).status_code == 422


# -- the connection ----------------------------------------------------------------------------------------------


def test_wrong_signature_is_shown_with_possible_causes(cast: Cast, as_client: AsClient) -> None:
    assert webhook(cast.front_desk, "not the token") == 403
    page = as_client(cast.owner).get(url_of("inbox_connection", cast, cast.front_desk.id)).content.decode()
    assert "wrong signature" in page
    assert "PUBLIC_URL (http://127.0.0.1:8000)" in page
    assert "No webhook has arrived yet" in page


def test_later_valid_webhook_hides_the_wrong_signature(cast: Cast, as_client: AsClient) -> None:
    now = timezone.now()
    with scope(cast.northside.id):
        Inbox.objects.filter(team=cast.northside, id=cast.front_desk.id).update(
            last_signature_failure_at=now - timedelta(minutes=5), last_webhook_at=now
        )
    page = as_client(cast.owner).get(url_of("inbox_connection", cast, cast.front_desk.id)).content.decode()
    assert "wrong signature" not in page
    assert "The last webhook arrived" in page


def test_public_url_without_https_is_reported(
    cast: Cast, as_client: AsClient, settings: LazySettings
) -> None:
    page = url_of("inbox_connection", cast, cast.front_desk.id)
    assert "must use https" in as_client(cast.owner).get(page).content.decode()
    settings.SECURE = True
    assert "must use https" not in as_client(cast.owner).get(page).content.decode()


def test_undecipherable_credentials_are_reported_and_replaced(
    cast: Cast, as_client: AsClient, settings: LazySettings, owner: Connection
) -> None:
    settings.ENCRYPTION_KEYS = ["another"]
    browser = as_client(cast.owner)
    for name in ("edit_inbox", "inbox_connection"):
        answer = browser.get(url_of(name, cast, cast.front_desk.id))
        assert answer.status_code == 200
        assert "cannot be read" in answer.content.decode()
    assert browser.get(url_of("inboxes", cast)).status_code == 200
    assert change(browser, cast, name="Reception").status_code == 302  # other settings can still be changed
    assert change(browser, cast, auth_token=TOKEN).status_code == 302
    assert inbox_of(cast, id=cast.front_desk.id).auth_tokens == [TOKEN]
    assert (
        "cannot be read"
        not in browser.get(url_of("inbox_connection", cast, cast.front_desk.id)).content.decode()
    )


def test_members_and_outsiders_cannot_open_inbox_settings(cast: Cast, as_client: AsClient) -> None:
    own = cast.front_desk.id
    pages = ["inboxes", "new_inbox", "edit_inbox", "inbox_connection", "inbox_auto_replies"]
    for name in pages:
        args = [] if name in ("inboxes", "new_inbox") else [own]
        assert as_client(cast.member).get(url_of(name, cast, *args)).status_code == 403, name
        assert as_client(cast.outsider).get(url_of(name, cast, *args)).status_code == 404, name
    assert as_client(cast.member).post(url_of("old_tokens_removal", cast, own)).status_code == 403


def test_inbox_of_another_team_is_not_found(cast: Cast, as_client: AsClient, owner: Connection) -> None:
    inbox_id = owner.execute("SELECT id FROM accounts_inbox WHERE team_id = %s", [cast.harbor.id]).fetchone()
    assert inbox_id
    for name in ("edit_inbox", "inbox_connection", "inbox_auto_replies"):
        assert as_client(cast.owner).get(url_of(name, cast, inbox_id[0])).status_code == 404
