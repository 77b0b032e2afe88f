"""Reports > Volume > Opt Out: each opt-out and opt-in with who, when, where, words and the text before it; rates."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.contact.models import Contact
from contacts.do_not_text.listing import Key
from contacts.exports.stream import _slot
from kernel.tenancy import scope
from messaging import erasure, outbound
from messaging.models import Message
from optout import consent
from optout.consent_types import Actor
from optout.models import ConsentEvent, Origin
from reports import opt_out_changes, texts_export
from reports.opt_out_report import MIN_TEXTS_FOR_RATE
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.contacts.test_exports import in_csv, in_xlsx
from tests.messaging.fake_twilio import FakeTwilio
from tests.reports.messages import create_outbound

MAYA = Actor(Origin.MEMBER, "Maya Chen", 1)


@pytest.fixture
def owners(cast: Cast, as_client: Any) -> Client:
    return as_client(cast.owner)  # type: ignore[no-any-return]


def address(cast: Cast, name: str = "opt_out_report", **query: Any) -> str:
    return reverse(name, args=[cast.northside.slug], query=query)


def seen(browser: Client, cast: Cast, **query: Any) -> Any:
    response = browser.get(address(cast, **query))
    assert response.status_code == 200
    return response


def lines(browser: Client, cast: Cast, **query: Any) -> list[Any]:
    page = seen(browser, cast, **query).context["page"]
    return page.rows if page else []


def exported(
    browser: Client, cast: Cast, name: str = "export_opt_outs", **query: Any
) -> list[dict[str, str]]:
    response: Any = browser.get(address(cast, name, **query))
    assert response.status_code == 200, response.content
    read = in_xlsx if query.get("format") == "xlsx" else in_csv
    header, *rows = read(b"".join(response.streaming_content))
    return [dict(zip(header, row, strict=True)) for row in rows]


def staff(cast: Cast, number: str, actor: Actor = MAYA, **more: Any) -> None:
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, number, actor, **{"reason": "They asked us", **more})


# -- lines -------------------------------------------------------------------------------------------------------


def test_a_stop_is_there_at_once_and_in_its_file(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], owners: Client
) -> None:
    with scope(cast.northside.id):
        outbound.compose(cast.front_desk, MARIA, "20% off this week", author=cast.member)
    work()
    assert lines(owners, cast) == []
    carrier.text(cast.front_desk, MARIA, "Stop. =Thank you")
    (line,) = lines(owners, cast)
    assert (line.number, line.contact.name, line.inbox, line.who, line.initiator_group, line.what) == (
        MARIA, "Maria Lopez", "Front Desk", "The person, by text", "Person", "Opted out",
    )  # fmt: skip
    assert line.event.words == "Stop. =Thank you" and not line.inbox_is_of_last_text
    assert (line.last.body, line.last.author) == ("20% off this week", "Maya Chen")
    text = seen(owners, cast).content.decode()
    assert text.count("data-stopped") == 1 and "Opted out</span>" in text and "20% off this week" in text
    for kind in ("csv", "xlsx"):
        (row,) = exported(owners, cast, format=kind)
        assert row == {
            "Phone Number": "+1 4155550101", "Name": "Maria Lopez", "Standing Now": "Opted out", "What": "Opted out",
            "Changed Something": "yes", "Who Initiated": "The person, by text", "Side": "Person",
            "Date": line.local(line.event.happened_at), "Recorded": line.local(line.event.recorded_at),
            "Inbox": "Front Desk", "Inbox Known From": "the event", "Words": "Stop. =Thank you", "Reason": "",
            "Source": "", "Consent Obtained": "", "Last Message": "20% off this week",
            "Last Message Date": line.local(line.last.at), "Last Message By": "Maya Chen", "Event": str(line.event.id),
        }  # fmt: skip
    assert line.local(datetime(2026, 7, 1, 20, 0, 5, tzinfo=UTC)) == "2026-07-01 16:00:05-04:00"


def test_who_initiated_is_told_apart(cast: Cast, carrier: FakeTwilio, owners: Client) -> None:
    carrier.text(cast.billing, STRANGER, "STOP")
    staff(cast, TOM)
    staff(cast, MARIA, Actor(Origin.API, "CRM", 2), reason="=1+1")
    long_ago = timezone.now() - timedelta(days=700)
    staff(cast, "+14155550177", Actor(Origin.VENDOR_LIST, "Olivia Owens", 3), happened_at=long_ago)
    found = {line.number: line for line in lines(owners, cast)}
    assert {number: (line.initiator_group, line.who) for number, line in found.items()} == {
        STRANGER: ("Person", "The person, by text"), TOM: ("Team", "Maya Chen"), MARIA: ("Team", "API key CRM"),
    }  # fmt: skip
    assert found[STRANGER].contact is not None, "a text makes a contact"
    figures = {figure.label: figure.value for figure in seen(owners, cast).context["report"].figures}
    assert figures == {
        "Opt-outs by the person": "1", "Opt-outs by your team": "2", "Opt-ins": "0", "Per 1,000 texts": "–",
    }  # fmt: skip
    assert [line.number for line in lines(owners, cast, origin="person")] == [STRANGER]
    assert {line.number for line in lines(owners, cast, origin="team")} == {TOM, MARIA}
    assert [line.number for line in lines(owners, cast, origin="api")] == [MARIA]
    assert exported(owners, cast, origin="api")[0]["Reason"] == "'=1+1"
    (moved_in,) = lines(owners, cast, first="2024-01-01", origin="vendor_list")
    assert (moved_in.initiator_group, moved_in.contact, moved_in.recorded_later) == ("Moved in", None, True)
    assert "No contact" in seen(owners, cast, first="2024-01-01").content.decode()


def test_red_is_who_may_not_be_texted_now(cast: Cast, carrier: FakeTwilio, owners: Client) -> None:
    for words in ("STOP", "STOP", "START"):
        carrier.text(cast.front_desk, MARIA, words)
    text = seen(owners, cast).content.decode()
    assert "data-stopped" not in text and "Opted in" in text
    assert [line.what for line in lines(owners, cast)] == ["Opted in", "Opted out"]
    assert [line.what for line in lines(owners, cast, repeated="on")] == [
        "Opted in",
        "Opted out, again",
        "Opted out",
    ]
    assert [line.what for line in lines(owners, cast, action="opted_in")] == ["Opted in"]
    with scope(cast.northside.id):
        consent.block(cast.northside.id, MARIA, MAYA)
    assert seen(owners, cast).content.decode().count("Blocked</span>") == 2


def test_an_opt_out_of_one_inbox_is_red_there_alone(cast: Cast, carrier: FakeTwilio, owners: Client) -> None:
    carrier.text(cast.front_desk, MARIA, "STOP")
    carrier.text(cast.front_desk, MARIA, "START")
    with scope(cast.northside.id):
        consent.apply_carrier_refusal(
            cast.billing, MARIA, claimed_at=timezone.now(), message_id=1, reason="21610"
        )  # fmt: skip
    states = {line.inbox: line.state for line in lines(owners, cast)}
    assert states == {"Billing": "opt_out", "Front Desk": "active"}


def test_the_inbox_is_that_of_the_last_text_where_nothing_was_heard(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], owners: Client
) -> None:
    with scope(cast.northside.id):
        outbound.compose(cast.billing, TOM, "Your invoice", author=cast.second)
    work()
    staff(cast, TOM)
    staff(cast, MARIA)
    maria, tom = lines(owners, cast)
    assert (tom.inbox, tom.inbox_is_of_last_text) == ("Billing", True) and (maria.inbox, maria.last) == (
        "",
        None,
    )
    assert [line.number for line in lines(owners, cast, inbox=cast.billing.id)] == [TOM]
    assert [line.number for line in lines(owners, cast, inbox="0")] == [MARIA]
    first, second = exported(owners, cast)
    assert (first["Inbox Known From"], first["Last Message"]) == ("", "(none)")
    assert second["Inbox Known From"] == "its last message"


def test_erasing_and_deleting_leave_every_line(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], owners: Client
) -> None:
    with scope(cast.northside.id):
        outbound.compose(cast.front_desk, MARIA, "Confidential", author=cast.member)
    work()
    carrier.text(cast.front_desk, MARIA, "STOP")
    before, texts = seen(owners, cast).context["report"], len(exported(owners, cast, "export_texts"))
    with scope(cast.northside.id):
        erasure.erase_messages(cast.northside.id, [MARIA])
        Contact.objects.get(team=cast.northside, number=MARIA).delete()
    answer = seen(owners, cast)
    assert answer.context["report"].figures == before.figures and answer.context["report"].total == 1
    text = answer.content.decode()
    assert "Erased" in text and "Confidential" not in text and "No contact" in text and "Maria" not in text
    (row,) = exported(owners, cast)
    assert (row["Name"], row["Last Message"], row["Words"]) == ("", "(erased)", "STOP") and row[
        "Last Message Date"
    ]
    rows = exported(owners, cast, "export_texts")
    assert len(rows) == texts and {row["Phone Number"] for row in rows} == {""} == {
        row["Words"] for row in rows
    }


# -- page after page ---------------------------------------------------------------------------------------------


def test_page_after_page_each_line_once(cast: Cast, owners: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where many happened in one moment, in both orders, in pieces and as a whole; the file has them too."""
    monkeypatch.setattr(opt_out_changes, "PAGE_SIZE", 4)
    monkeypatch.setattr("reports.opt_out_export.BATCH_SIZE", 3)
    moment = timezone.now() - timedelta(hours=1)
    with scope(cast.northside.id):
        for n in range(11):
            actor = Actor([Origin.MEMBER, Origin.IMPORT, Origin.API][n % 3], "X", n)
            consent.opt_out(cast.northside.id, f"+1415555{n:04}", actor, reason="", happened_at=moment)
    for query in (
        {},
        {"sort": "oldest"},
        {"repeated": "on"},
        {"q": "415555"},
        {"q": "415555", "sort": "oldest"},
    ):
        found: list[int] = []
        answer, pages = seen(owners, cast, **query), 1
        while True:
            found += [line.entry.id for line in answer.context["page"].rows]
            if not answer.context["next"]:
                break
            answer, pages = owners.get(f"{address(cast)}?{answer.context['next']}"), pages + 1
        assert pages == 3 and len(set(found)) == 11 and answer.context["report"].total == 11
        assert found == sorted(found, reverse="sort" not in query), query
        events = [line["Event"] for line in exported(owners, cast, **query)]
        assert len(events) == 11 and events == sorted(events, key=int, reverse="sort" not in query)
    assert (
        b"There are no more of them"
        in seen(owners, cast, after=str(Key(moment - timedelta(days=9), 1))).content
    )


def test_what_cannot_be_read_is_said_and_nothing_is_exported(
    cast: Cast, carrier: FakeTwilio, owners: Client
) -> None:
    carrier.text(cast.shop, MARIA, "STOP")
    carrier.text(cast.front_desk, TOM, "STOP")
    for query in (
        {"inbox": cast.shop.id}, {"inbox": "x"}, {"origin": "Satan"}, {"action": "blocked"}, {"sort": "'"},
        {"first": "2026-02-31"}, {"period": "\0"},
    ):  # fmt: skip
        assert [line.number for line in lines(owners, cast, **query)] == [TOM]
        for name in ("export_opt_outs", "export_texts"):
            if name == "export_opt_outs" or query.keys() & {"inbox", "first", "period"}:
                answer = owners.get(address(cast, name, **query))
                assert answer.status_code == 400 and b"+1" not in answer.content, query
    assert owners.get(address(cast, "export_texts", sender=f"member {cast.outsider.id}")).status_code == 400
    assert [line.number for line in lines(owners, cast, after="x", q="\0")] == [TOM]
    assert lines(owners, cast, q="' OR 1=1 --") == []


# -- rates -------------------------------------------------------------------------------------------------------


def test_rates_are_told_of_enough_texts(cast: Cast, carrier: FakeTwilio, owners: Client) -> None:
    at = timezone.now() - timedelta(minutes=1)
    with scope(cast.northside.id):
        for n in range(MIN_TEXTS_FOR_RATE + 60):
            inbox = cast.front_desk if n < MIN_TEXTS_FOR_RATE else cast.billing
            create_outbound(inbox, at, author_id=cast.member.id, author_name="Maya Chen")
        create_outbound(cast.billing, at, purpose="confirmation")
    carrier.text(cast.front_desk, MARIA, "STOP")
    carrier.text(cast.billing, TOM, "STOP")
    carrier.text(cast.billing, TOM, "STOP")
    report = seen(owners, cast).context["report"]
    assert report.figures[-1].value == "12.50"  # 2 of 160
    rows = {row.name: row.cells for row in report.rates.inboxes.rows}
    assert rows == {"Front Desk": ("1", "100", "10.00"), "Billing": ("1", "60", "–")}
    assert report.rates.inboxes.sums.cells == ("2", "160", "12.50")
    senders = {row.name: row.cells for row in report.rates.senders.rows}
    assert senders == {"Maya Chen": ("1", "160", "6.25"), "No text before, or nobody’s": ("1", "0", "–")}
    assert report.rates.hours.sums.cells == ("2", "160", "12.50") and len(report.rates.hours.rows) == 24
    few = seen(owners, cast, inbox=cast.billing.id).context["report"]
    assert few.figures[-1].value == "1 of 60 texts" and few.figures[-1].change == ""
    assert seen(owners, cast, origin="team").context["report"] is None, "nobody of the team opted anybody out"
    only = seen(owners, cast, action="opted_out", origin="contact").context["report"]
    assert only.rates is None and [figure.label for figure in only.figures] == ["Opt-outs by the person"]


# -- every text as a row -----------------------------------------------------------------------------------------


def test_a_text_that_comes_while_a_batch_is_read_pushes_none_out(
    cast: Cast, owners: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found late, it lies between texts whose batch was measured already."""
    monkeypatch.setattr("reports.texts_export.BATCH_SIZE", 3)
    at, edge = datetime(2026, 3, 8, 12, tzinfo=UTC), texts_export._batch_end
    with scope(cast.northside.id):
        for n in range(7):
            create_outbound(cast.front_desk, at + timedelta(minutes=n), body=str(n))

    def late(team_id: int, place: tuple[datetime, int], end: datetime) -> tuple[datetime, int] | None:
        found = edge(team_id, place, end)
        create_outbound(cast.front_desk, place[0] + timedelta(seconds=1), body="late")
        return found

    monkeypatch.setattr(texts_export, "_batch_end", late)
    rows = exported(owners, cast, "export_texts", first="2026-03-08", last="2026-03-08")
    assert [row["Words"] for row in rows if row["Words"] != "late"] == list("0123456")


def test_every_text_is_a_row(cast: Cast, owners: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.texts_export.BATCH_SIZE", 3)
    at = datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC)  # the last second before the clocks change
    with scope(cast.northside.id):
        create_outbound(
            cast.front_desk,
            at,
            author_id=cast.member.id,
            author_name="Maya Chen",
            body="=Hi",
            segments=2,
            waited_seconds=61,
        )
        for n in range(8):
            create_outbound(cast.billing, at + timedelta(seconds=2), author_name="API (CRM)", body=str(n))
        failed = {"status": "failed", "error_code": "30007", "segments": None, "author_id": cast.second.id}
        create_outbound(cast.billing, at + timedelta(days=1), starts_conversation=True, **failed)
        refused = {"status": "refused", "reason": "opted_out", "segments": None, "purpose": "confirmation"}
        create_outbound(cast.billing, at + timedelta(days=1), **refused)
        create_outbound(cast.billing, at + timedelta(days=2))
    asked = {"first": "2026-03-08", "last": "2026-03-09"}
    rows = exported(owners, cast, "export_texts", **asked)
    with scope(cast.northside.id):
        ids = Message.objects.filter(team=cast.northside).order_by("at", "id").values_list("id", flat=True)
        assert [int(row["Message"]) for row in rows] == [*ids][:11]
    assert rows[0] == {
        "Date": "2026-03-08 01:59:59-05:00", "Inbox": "Front Desk", "Direction": "out", "Phone Number": "+1 4155550101",
        "Status": "Delivered", "Code": "", "Reason": "", "Segments": "2", "Sent By": "Maya Chen",
        "Answered After Seconds": "61", "Began Conversation": "", "Purpose": "Text", "Words": "'=Hi",
        "Message": str(ids[0]),
    }  # fmt: skip
    assert rows[1]["Date"] == "2026-03-08 03:00:01-04:00"
    assert (rows[9]["Code"], rows[9]["Began Conversation"]) == ("30007", "yes") and "spam" in rows[9][
        "Reason"
    ]
    assert (rows[10]["Code"], rows[10]["Purpose"]) == ("opted_out", "Confirmation") and rows[10][
        "Segments"
    ] == ""
    member = exported(owners, cast, "export_texts", sender=f"member {cast.second.id}", **asked)
    assert [row["Code"] for row in member] == ["30007"]
    program = exported(owners, cast, "export_texts", sender="named API (CRM)", inbox=cast.billing.id, **asked)
    assert [row["Words"] for row in program] == [*map(str, range(8))]
    assert exported(owners, cast, "export_texts", first="2026-03-01", last="2026-03-07") == []


def test_files_are_for_who_may_see_and_export(cast: Cast, carrier: FakeTwilio, as_client: Any) -> None:
    carrier.text(cast.front_desk, MARIA, "STOP")
    carrier.text(cast.shop, MARIA, "STOP")
    for name in ("opt_out_report", "export_opt_outs", "export_texts"):
        assert as_client(cast.member).get(address(cast, name)).status_code == 403
        assert as_client(cast.outsider).get(address(cast, name)).status_code == 404
    theirs = as_client(cast.outsider).get(reverse("export_opt_outs", args=[cast.harbor.slug]))
    _, row = in_csv(b"".join(theirs.streaming_content))
    with scope(cast.harbor.id):
        (event,) = ConsentEvent.objects.filter(team=cast.harbor)
    assert "M. Lopez (blue Brompton)" in row and row[-1] == str(event.id)
    assert _slot.acquire(blocking=False), "and the next may export"
    _slot.release()
