"""Stories of inbox settings: adding a number, rotating its credentials, connecting it to the carrier."""

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

from accounts.models import Carrier, Inbox, KeywordResponder, Member
from kernel.tenancy import scope
from messaging.models import Message
from optout.auto_replies import AutoReply, reply_text
from tests.cast import Cast

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


def at(name: str, cast: Cast, *args: object) -> str:
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
    return browser.post(at("edit_inbox", cast, cast.front_desk.id), saved | form)


def webhook(inbox: Inbox, token: str, body: str = "hello") -> int:
    url = reverse("twilio_messages")
    form = {
        "MessageSid": f"SM{body}",
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


def test_a_newcomer_adds_a_number_and_a_signed_text_arrives(transactional_db: None) -> None:
    browser = Client()
    browser.post(
        reverse("account_signup"),
        {
            "name": "Nina",
            "business": "Novak Bakery",
            "email": "nina@novak.example",
            "password1": "sourdough 4 all",
        },
    )
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


def test_what_is_saved(cast: Cast, as_client: AsClient) -> None:
    assert (
        as_client(cast.admin).post(at("new_inbox", cast), {**NEW, "members": [cast.member.id]}).status_code
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
        ({"number": "+1 510 555 0100"}, "has an inbox with this number already"),
        ({"account_id": ""}, "Copy the Account SID"),
        ({"account_id": "SK" + "3" * 32}, "A Twilio Account SID is AC"),
        ({"auth_token": ""}, "Copy the auth token"),
        ({"auth_token": "two words and more"}, "That is no auth token"),
        ({"name": ""}, "This field is required"),
        ({"keyword_responder": "nobody"}, "Select a valid choice"),
        ({"carrier": "pigeon"}, "Select a valid choice"),
        ({"members": ["999999"]}, "is not one of the available choices"),
    ],
)
def test_a_form_with_a_mistake_comes_back_with_it(
    cast: Cast, as_client: AsClient, wrong: dict[str, str], sentence: str
) -> None:
    answer = as_client(cast.owner).post(at("new_inbox", cast), {**NEW, **wrong})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert TOKEN not in page  # a password field comes back empty
    with scope(cast.northside.id):
        assert cast.northside.inboxes.count() == 2


def test_two_teams_may_claim_one_number(cast: Cast, as_client: AsClient) -> None:
    """The signature decides whose it is; a claim alone gets nothing."""
    form = {**NEW, "number": cast.shop.number, "account_id": cast.shop.account_id}
    assert as_client(cast.owner).post(at("new_inbox", cast), form).status_code == 302
    assert webhook(cast.shop, "shop-token-new") == 200
    with scope(cast.northside.id):
        assert not Message.objects.exists()


def test_a_simulator_exists_in_development_only(
    cast: Cast, as_client: AsClient, settings: LazySettings
) -> None:
    form = {"name": "Toy", "number": "+15105550177", "carrier": "simulator", "keyword_responder": "we"}
    settings.DEVELOPMENT = False
    assert as_client(cast.owner).post(at("new_inbox", cast), form).status_code == 422
    settings.DEVELOPMENT = True
    assert as_client(cast.owner).post(at("new_inbox", cast), form).status_code == 302
    inbox = inbox_of(cast, name="Toy")
    assert inbox.account_id.startswith("AC")
    assert len(inbox.auth_tokens[0]) == 32


# -- changing ----------------------------------------------------------------------------------------------------


def test_an_empty_token_field_keeps_what_is_saved(cast: Cast, as_client: AsClient) -> None:
    browser = as_client(cast.owner)
    assert change(browser, cast, name="Reception", members=[cast.second.id]).status_code == 302
    inbox = inbox_of(cast, id=cast.front_desk.id)
    assert (inbox.name, inbox.auth_tokens) == ("Reception", ["front-desk-token"])
    with scope(cast.northside.id):
        assert [seat.member_id for seat in inbox.seats.all()] == [cast.second.id]
    page = browser.get(at("edit_inbox", cast, inbox.id)).content.decode()
    assert "An auth token is saved" in page
    assert "front-desk-token" not in page


def test_a_token_rotates_without_losing_a_text(cast: Cast, as_client: AsClient) -> None:
    browser = as_client(cast.owner)
    change(browser, cast, auth_token=TOKEN)
    assert inbox_of(cast, id=cast.front_desk.id).auth_tokens == [TOKEN, "front-desk-token"]
    assert webhook(cast.front_desk, "front-desk-token", "old") == 200
    assert webhook(cast.front_desk, TOKEN, "new") == 200
    assert (
        "Two auth tokens are saved"
        in browser.get(at("edit_inbox", cast, cast.front_desk.id)).content.decode()
    )
    assert browser.post(at("old_tokens_removal", cast, cast.front_desk.id)).status_code == 302
    assert inbox_of(cast, id=cast.front_desk.id).auth_tokens == [TOKEN]
    assert webhook(cast.front_desk, "front-desk-token", "too late") == 403


def test_a_token_is_saved_once_and_only_the_newest_two_are_kept(cast: Cast, as_client: AsClient) -> None:
    for token in ("a" * 32, "b" * 32, "b" * 32, "c" * 32):
        change(as_client(cast.owner), cast, auth_token=token)
    assert inbox_of(cast, id=cast.front_desk.id).auth_tokens == ["c" * 32, "b" * 32]


def test_answers_are_the_teams_own_or_ours(cast: Cast, as_client: AsClient) -> None:
    browser, page = as_client(cast.owner), at("inbox_auto_replies", cast, cast.front_desk.id)
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


def test_a_wrong_signature_is_told_with_its_likely_causes(cast: Cast, as_client: AsClient) -> None:
    assert webhook(cast.front_desk, "not the token") == 403
    page = as_client(cast.owner).get(at("inbox_connection", cast, cast.front_desk.id)).content.decode()
    assert "wrong signature" in page
    assert "PUBLIC_URL (http://127.0.0.1:8000)" in page
    assert "No webhook has arrived yet" in page


def test_a_later_good_webhook_ends_the_complaint(cast: Cast, as_client: AsClient) -> None:
    now = timezone.now()
    with scope(cast.northside.id):
        Inbox.objects.filter(team=cast.northside, id=cast.front_desk.id).update(
            last_signature_failure_at=now - timedelta(minutes=5), last_webhook_at=now
        )
    page = as_client(cast.owner).get(at("inbox_connection", cast, cast.front_desk.id)).content.decode()
    assert "wrong signature" not in page
    assert "The last webhook arrived" in page


def test_an_address_that_twilio_cannot_use_is_told(
    cast: Cast, as_client: AsClient, settings: LazySettings
) -> None:
    page = at("inbox_connection", cast, cast.front_desk.id)
    assert "should do so by https" in as_client(cast.owner).get(page).content.decode()
    settings.SECURE = True
    assert "should do so by https" not in as_client(cast.owner).get(page).content.decode()


def test_credentials_whose_key_is_lost_are_told_and_replaced(
    cast: Cast, as_client: AsClient, settings: LazySettings, owner: Connection
) -> None:
    settings.ENCRYPTION_KEYS = ["another"]
    browser = as_client(cast.owner)
    for name in ("edit_inbox", "inbox_connection"):
        answer = browser.get(at(name, cast, cast.front_desk.id))
        assert answer.status_code == 200
        assert "cannot be read" in answer.content.decode()
    assert browser.get(at("inboxes", cast)).status_code == 200
    assert change(browser, cast, name="Reception").status_code == 302  # other settings can still be changed
    assert change(browser, cast, auth_token=TOKEN).status_code == 302
    assert inbox_of(cast, id=cast.front_desk.id).auth_tokens == [TOKEN]
    assert (
        "cannot be read" not in browser.get(at("inbox_connection", cast, cast.front_desk.id)).content.decode()
    )


def test_plain_members_and_outsiders_stay_out(cast: Cast, as_client: AsClient) -> None:
    own = cast.front_desk.id
    pages = ["inboxes", "new_inbox", "edit_inbox", "inbox_connection", "inbox_auto_replies"]
    for name in pages:
        args = [] if name in ("inboxes", "new_inbox") else [own]
        assert as_client(cast.member).get(at(name, cast, *args)).status_code == 403, name
        assert as_client(cast.outsider).get(at(name, cast, *args)).status_code == 404, name
    assert as_client(cast.member).post(at("old_tokens_removal", cast, own)).status_code == 403


def test_another_teams_inbox_is_not_found(cast: Cast, as_client: AsClient, owner: Connection) -> None:
    theirs = owner.execute("SELECT id FROM accounts_inbox WHERE team_id = %s", [cast.harbor.id]).fetchone()
    assert theirs
    for name in ("edit_inbox", "inbox_connection", "inbox_auto_replies"):
        assert as_client(cast.owner).get(at(name, cast, theirs[0])).status_code == 404
