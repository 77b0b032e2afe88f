"""Broadcasts in Chromium: written, reviewed with all who are left out, scheduled, paused, resumed and cancelled."""

import csv
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Inbox, Team
from contacts.contact.models import Contact
from contacts.lists.models import ContactList
from kernel.spreadsheets.cells import number_cell
from kernel.tenancy import scope
from messaging import inbound
from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.models import Broadcast, BroadcastRecipient, BroadcastStatus, RecipientState
from messaging.carriers.base import InboundText
from messaging.line_types.kinds import LineKind
from messaging.line_types.models import LineType
from optout import consent
from optout.consent_records.models import ConsentCategory, ConsentMethod
from optout.consent_records.recording import StatedConsent, record_consent_many
from optout.consent_types import Actor
from optout.double_opt_in.models import DoubleOptIn
from optout.suppression_lists.models import SuppressedNumber, SuppressionList
from tests.cast import ANY_HOUR, Cast
from tests.messaging.broadcasts.conftest import due_now, make_list, run  # noqa: F401  (fixtures)
from tests.messaging.fake_twilio import FakeTwilio, new_sid
from tests.test_accessibility import problems_of
from tests.test_opt_out_in_browser import sign_in

ZONES = ("415", "212", "808", "512", "305", "303")  # San Francisco, New York, Honolulu, Austin, Miami, Denver
PEOPLE = [f"+1{code}555{n:04d}" for n in range(1000, 1004) for code in ZONES]
OPTED_OUT, BLOCKED, HELD, PREMIUM = "+14155552001", "+14155552002", "+14155552003", "+19005551234"
UNFILLED, TODAY, TOO_OFTEN = "+14155552004", "+14155552005", "+14155552006"
SUPPRESSED, NO_CONSENT, UNCONFIRMED, LANDLINE = (f"+1415555200{n}" for n in (7, 8, 9, 0))
NO_INBOX = "+14155552010"
LEFT_OUT = {
    OPTED_OUT: "Opted out",
    BLOCKED: "Blocked",
    HELD: "Held for review",
    SUPPRESSED: "On a suppression list of the team",
    NO_CONSENT: "No consent of the right kind on record",
    UNCONFIRMED: "Has not confirmed the double opt-in",
    LANDLINE: "Landline",
    NO_INBOX: "No open inbox to write from",
    PREMIUM: "This number cannot be texted",
    UNFILLED: "A field of the text has no value",
    TODAY: "Texted by this list today",
    TOO_OFTEN: "Had as many broadcasts this week as the team allows",
}


def allow_hours_from_california(cast: Cast) -> None:
    """Only the present hour of California and the next four are allowed, whenever the test runs: not Hawaii's."""
    hour = timezone.now().astimezone(ZoneInfo("America/Los_Angeles")).hour
    spans = sorted([at % 24 * 60, at % 24 * 60 + 60] for at in range(hour, hour + 5))
    with scope(cast.northside.id):
        hours = {**ANY_HOUR, "week": [spans] * 7}
        Team.objects.filter(id=cast.northside.id).update(sending_hours=hours)


def leave_out(cast: Cast, listed: ContactList) -> None:
    """Give each person of LEFT_OUT the reason."""
    inbound.receive(cast.front_desk, InboundText(new_sid(), HELD, "wrong number"))
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, OPTED_OUT, Actor.of(cast.owner), reason="")
        consent.block(cast.northside.id, BLOCKED, Actor.of(cast.owner), reason="")
        texted_before = Contact.objects.filter(team=cast.northside).exclude(number=NO_INBOX)
        texted_before.update(last_inbox=cast.front_desk)
        Contact.objects.filter(team=cast.northside, number=UNFILLED).update(first_name="")
        Team.objects.filter(id=cast.northside.id).update(broadcasts_per_week=2)
        now = timezone.now()
        leave_out_of_marketing(cast, now)
        texted(cast, TODAY, listed, now)
        for _ in range(2):
            texted(cast, TOO_OFTEN, None, now - timedelta(days=2))


def leave_out_of_marketing(cast: Cast, now: datetime) -> None:
    """Everybody but one agreed to marketing; one is on a suppression list, one unconfirmed, one has a landline."""
    of_team = {"team": cast.northside}
    Team.objects.filter(id=cast.northside.id).update(marketing_needs_consent=True)
    stated = StatedConsent(ConsentCategory.MARKETING, ConsentMethod.FORM, "Yes", "", now)
    agreed = [(number, stated) for number in (*PEOPLE, *LEFT_OUT) if number != NO_CONSENT]
    record_consent_many(cast.northside.id, agreed, Actor.of(cast.owner))
    Inbox.objects.filter(**of_team, id=cast.front_desk.id).update(double_opt_in=True, line_lookups=True)
    DoubleOptIn.objects.create(**of_team, inbox=cast.front_desk, number=UNCONFIRMED, asked_at=now)
    LineType.objects.create(
        **of_team, inbox=cast.front_desk, number=LANDLINE, kind=LineKind.LANDLINE, looked_up_at=now
    )
    registry = SuppressionList.objects.create(
        **of_team, name="Registry", kind="do_not_call", dated=now.date()
    )
    SuppressedNumber.objects.create(**of_team, list=registry, number=SUPPRESSED, run_id=1)


def texted(cast: Cast, number: str, listed: ContactList | None, at: Any) -> None:
    """An earlier broadcast to one person."""
    earlier = Broadcast.objects.create(
        team=cast.northside, name="Earlier", inbox=cast.front_desk, body="Hi", status=BroadcastStatus.FINISHED,
        audience={"lists": [listed.id] if listed else []}, started_at=at, ended_at=at,
    )  # fmt: skip
    BroadcastRecipient.objects.create(
        team=cast.northside,
        broadcast=earlier,
        number=number,
        inbox=cast.front_desk,
        state=RecipientState.TEXTED,
        at=at,
    )


def change_the_next_number(cast: Cast) -> str:
    """Correct the number of the contact who is texted next; returns the number that the audience has."""
    with scope(cast.northside.id):
        waiting = BroadcastRecipient.objects.filter(team=cast.northside, state=RecipientState.WAITING)
        number: str = waiting.order_by("id").values_list("number", flat=True)[0]
        Contact.objects.filter(team=cast.northside, number=number).update(number="+14155552099")
    return number


def write_and_review(page: Page, base: str) -> None:
    page.goto(f"{base}/t/northside-dental/broadcasts/")
    page.get_by_role("link", name="New broadcast").first.click()
    page.get_by_role("textbox", name="Name", exact=True).fill("Open house")
    page.get_by_role("group", name="Send to").get_by_label("Customers").check()
    page.get_by_label("From", exact=True).select_option(label="The inbox last used with each person")
    page.get_by_label("Text", exact=True).fill("Hi {{ first_name }}, join our open house!")
    expect(page.get_by_label("Preview", exact=True).get_by_text("join our open house!").first).to_be_visible()
    expect(page).to_have_url(re.compile("/edit/$"))  # it is kept from now on
    page.reload()
    expect(page.get_by_label("Text", exact=True)).to_have_value("Hi {{ first_name }}, join our open house!")
    page.get_by_title("Next person").click()
    page.get_by_label("Later").check()
    at = timezone.now().astimezone(ZoneInfo("America/New_York")) + timedelta(days=2)
    page.get_by_label("Send at").fill(at.strftime("%Y-%m-%dT15:00"))
    page.get_by_role("button", name="Review").click()


def people_of(page: Page, base: str) -> tuple[Counter[str], int]:
    """The number of people by outcome as the result counts them, and as the lists behind the counts show them."""
    table = page.get_by_role("table").filter(has_text="The audience")
    rows = table.locator("tbody tr")
    counts = Counter({
        row.get_by_role("link").inner_text(): int(row.locator("td").first.inner_text()) for row in rows.all()
    })  # fmt: skip
    links = [row.get_by_role("link").get_attribute("href") for row in rows.all()]
    listed = 0
    for link in links:
        page.goto(base + str(link))
        listed += page.locator("tbody tr").count()
    return counts, listed


def test_a_draft_that_somebody_else_changes_meanwhile(
    cast: Cast, live_server: Any, page: Page, owner: psycopg.Connection
) -> None:
    sign_in(page, live_server.url, cast.admin.user.email)
    page.goto(f"{live_server.url}/t/northside-dental/broadcasts/new/")
    text = page.get_by_label("Text", exact=True)
    text.fill("Call us.")
    expect(page.get_by_text("Draft, saved at")).to_be_visible()
    owner.execute("UPDATE messaging_broadcast SET body = 'Write to us.'")
    text.fill("Call us today.")
    expect(page.get_by_text("Not saved: text.")).to_be_in_viewport()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("Now: Write to us.")).to_be_in_viewport()
    expect(text).to_be_focused()
    page.get_by_text("Yours: Call us today.").click()
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Changes are saved as you type.")).to_be_visible()
    assert owner.execute("SELECT body FROM messaging_broadcast").fetchall() == [("Call us today.",)]


def test_a_broadcast_from_the_draft_to_the_result(
    cast: Cast,
    carrier: FakeTwilio,
    live_server: Any,
    page: Page,
    owner: psycopg.Connection,
    make_list: Callable[..., ContactList],  # noqa: F811
    run: Callable[..., None],  # noqa: F811
) -> None:
    base, everybody = live_server.url, [*PEOPLE, *LEFT_OUT]
    listed = make_list(everybody)
    leave_out(cast, listed)
    allow_hours_from_california(cast)
    sign_in(page, base, cast.admin.user.email)
    write_and_review(page, base)

    expect(page.get_by_role("heading", name=f"{len(PEOPLE)} recipients")).to_be_visible()
    for words in LEFT_OUT.values():
        row = page.get_by_role("listitem").filter(has=page.get_by_role("link", name=words, exact=True))
        expect(row.locator(".number")).to_have_text("1")
    expect(page.get_by_label("The recipients’ clocks")).to_contain_text("Hawaii time")
    page.get_by_role("link", name="Opted out", exact=True).click()
    expect(page.get_by_text("(415) 555-2001")).to_be_visible()
    page.go_back()
    page.evaluate(Axe().axe_script)
    assert list(problems_of(page, set())) == []
    page.get_by_role("button", name=f"Schedule for {len(PEOPLE)} people").click()
    expect(page.get_by_text("Will be sent on")).to_be_visible()

    owner.execute("UPDATE messaging_broadcast SET send_at = now(), due_at = now() WHERE status = 'scheduled'")
    run(most=4)
    progress = page.get_by_label("Progress").first
    expect(progress.get_by_text("Sending", exact=True)).to_be_visible()
    expect(progress.get_by_text("1 person waits for the sending hours")).to_be_visible()
    progress.get_by_role("button", name="Pause").click()
    expect(progress.get_by_text("Paused by a member.")).to_be_visible()
    changed = change_the_next_number(cast)
    before = len(carrier.sent)
    run(most=3)
    assert 0 < len(carrier.sent) == before < len(PEOPLE), "nothing is sent while it is paused"
    progress.get_by_role("button", name="Resume").click()
    expect(progress.get_by_role("button", name="Pause")).to_be_visible()
    run(most=3)
    assert before < len(carrier.sent) < len(PEOPLE)
    progress.get_by_role("button", name="Cancel").click()
    sent = len(carrier.sent)
    expect(page.get_by_text("Cancelled", exact=True)).to_be_visible()
    run(most=3)
    assert len(carrier.sent) == sent
    texted_numbers = {text.number for text in carrier.sent}
    assert texted_numbers.isdisjoint({*LEFT_OUT, changed, "+14155552099"}), "nobody who is left out"
    assert not [number for number in texted_numbers if number.startswith("+1808")], (
        "nobody outside of the hours"
    )

    page.reload()
    page.evaluate(Axe().axe_script)
    assert list(problems_of(page, set())) == []
    url = page.url
    counts, shown = people_of(page, base)
    assert counts["Sent, no report yet"] == sent, counts
    assert sum(counts.values()) == len(everybody) == shown
    exported = page.request.get(f"{url}recipients/export/?format=csv").text()
    rows = list(csv.DictReader(StringIO(exported.removeprefix("\ufeff"))))
    assert Counter(row["Outcome"] for row in rows) == counts
    assert len({row["Phone Number"] for row in rows}) == len(everybody), "each person once"
    reasons = {row["Phone Number"]: row["Reason"] for row in rows}
    assert reasons[number_cell(changed)] == LeftOut.GONE.label
