"""The opt-out report: its list with initiator, time, inbox, words and last text, its rates and exports."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.contact.models import Contact
from contacts.exports.stream import _exporting
from kernel.keyset import Cursor
from kernel.tenancy import scope
from messaging import erasure
from messaging.compose import compose_text
from messaging.models import Message
from optout import bulk_consent, consent
from optout.consent_types import Actor
from optout.models import ConsentEvent, Origin
from reports import opt_out_changes, texts_export
from reports.opt_out_rates import MIN_TEXTS_FOR_RATE
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.contacts.test_exports import in_csv, in_xlsx
from tests.messaging.fake_twilio import FakeTwilio
from tests.reports.messages import create_outbound

MAYA = Actor(Origin.MEMBER, "Maya Chen", 1)


@pytest.fixture
def owner_browser(cast: Cast, as_client: Any) -> Client:
    return as_client(cast.owner)  # type: ignore[no-any-return]


def address(cast: Cast, name: str = "opt_out_report", **query: Any) -> str:
    return reverse(name, args=[cast.northside.slug], query=query)


def get_page(browser: Client, cast: Cast, **query: Any) -> Any:
    response = browser.get(address(cast, **query))
    assert response.status_code == 200
    return response


def list_rows(browser: Client, cast: Cast, **query: Any) -> list[Any]:
    page = get_page(browser, cast, **query).context["page"]
    return page.rows if page else []


def exported(
    browser: Client, cast: Cast, name: str = "export_opt_outs", **query: Any
) -> list[dict[str, str]]:
    response: Any = browser.get(address(cast, name, **query))
    assert response.status_code == 200, response.content
    read = in_xlsx if query.get("format") == "xlsx" else in_csv
    header, *rows = read(b"".join(response.streaming_content))
    return [dict(zip(header, row, strict=True)) for row in rows]


def opt_out_by_member(cast: Cast, number: str, actor: Actor = MAYA, **more: Any) -> None:
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, number, actor, **{"reason": "They asked us", **more})


# -- rows --------------------------------------------------------------------------------------------------------


def test_a_stop_is_listed_and_exported_at_once(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], owner_browser: Client
) -> None:
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, "20% off this week", author=cast.member)
    work()
    assert list_rows(owner_browser, cast) == []
    carrier.text(cast.front_desk, MARIA, "Stop. =Thank you")
    (change,) = list_rows(owner_browser, cast)
    assert (change.number, change.contact.name, change.inbox) == (MARIA, "Maria Lopez", "Front Desk")
    assert (change.initiator, change.initiator_group) == ("The person, by text", "Person")
    assert change.action_label == "Opted out"
    assert change.event.words == "Stop. =Thank you" and not change.inbox_is_of_last_text
    assert (change.last.body, change.last.author) == ("20% off this week", "Maya Chen")
    text = get_page(owner_browser, cast).content.decode()
    assert text.count("data-stopped") == 2 and "Opted out</span>" in text and "20% off this week" in text
    for kind in ("csv", "xlsx"):
        (row,) = exported(owner_browser, cast, format=kind)
        assert row == {
            "Phone Number": "+1 4155550101", "Name": "Maria Lopez", "Standing Now": "Opted out", "Change": "Opted out",
            "Applies To": "all inboxes", "Changed Something": "yes", "By": "The person, by text", "Initiator": "Person",
            "Date": change.local(change.event.happened_at), "Recorded": change.local(change.event.recorded_at),
            "Inbox": "Front Desk", "Inbox Known From": "ledger entry", "Words": "Stop. =Thank you",
            "Reason": "understood as opt-out: “Stop. =Thank you”, has only keywords and courtesies",
            "Source": "", "Consent Obtained": "", "Last Message": "20% off this week",
            "Last Message Date": change.local(change.last.at), "Last Message By": "Maya Chen",
            "Ledger Entry": str(change.event.id),
        }  # fmt: skip
    assert change.local(datetime(2026, 7, 1, 20, 0, 5, tzinfo=UTC)) == "2026-07-01 16:00:05-04:00"


def test_each_initiator_is_shown(cast: Cast, carrier: FakeTwilio, owner_browser: Client) -> None:
    carrier.text(cast.billing, STRANGER, "STOP")
    opt_out_by_member(cast, TOM)
    opt_out_by_member(cast, MARIA, Actor(Origin.API, "CRM", 2), reason="=1+1")
    long_ago = timezone.now() - timedelta(days=700)
    opt_out_by_member(
        cast, "+14155550177", Actor(Origin.VENDOR_LIST, "Olivia Owens", 3), happened_at=long_ago
    )
    found = {change.number: change for change in list_rows(owner_browser, cast)}
    assert {number: (change.initiator_group, change.initiator) for number, change in found.items()} == {
        STRANGER: ("Person", "The person, by text"), TOM: ("Team", "Maya Chen"), MARIA: ("Team", "API key CRM"),
    }  # fmt: skip
    assert found[STRANGER].contact is not None, "a text makes a contact"
    figures = {
        figure.label: figure.value for figure in get_page(owner_browser, cast).context["report"].figures
    }
    assert figures == {
        "Opt-outs by the person": "1", "Opt-outs by your team": "2", "Opt-ins": "0", "Per 1,000 texts": "–",
    }  # fmt: skip
    assert [change.number for change in list_rows(owner_browser, cast, origin="person")] == [STRANGER]
    assert {change.number for change in list_rows(owner_browser, cast, origin="team")} == {TOM, MARIA}
    assert [change.number for change in list_rows(owner_browser, cast, origin="api")] == [MARIA]
    assert exported(owner_browser, cast, origin="api")[0]["Reason"] == "'=1+1"
    (from_vendor_list,) = list_rows(owner_browser, cast, first="2024-01-01", origin="vendor_list")
    assert (from_vendor_list.initiator_group, from_vendor_list.contact, from_vendor_list.recorded_later) == (
        "Vendor list",
        None,
        True,
    )
    assert "No contact" in get_page(owner_browser, cast, first="2024-01-01").content.decode()


def test_the_persons_recorded_word_counts_as_the_persons(cast: Cast, owner_browser: Client) -> None:
    """Another system's column in an import counts apart, like a vendor's list."""
    for number, actor in ((TOM, MAYA), (MARIA, Actor(Origin.API, "CRM", 2))):
        opt_out_by_member(cast, number, actor.recording_the_persons_word())
    a_file = Actor(Origin.IMPORT, "crm.csv", 3).recording_the_persons_word()
    opt_out_by_member(cast, STRANGER, a_file, source="HasOptedOutOfSMS")
    found = {row.number: row for row in list_rows(owner_browser, cast)}
    assert {row.initiator_group for row in found.values()} == {"Person"}
    assert found[TOM].initiator == "The person, recorded by Maya Chen"
    report = get_page(owner_browser, cast).context["report"]
    assert {figure.label: figure.value for figure in report.figures} == {
        "Opt-outs by the person": "2", "Opt-outs by your team": "0", "Opt-outs from imports and lists": "1",
        "Opt-ins": "0", "Per 1,000 texts": "–",
    }  # fmt: skip
    assert {row.number for row in list_rows(owner_browser, cast, origin="person")} == {TOM, MARIA}
    assert [row.number for row in list_rows(owner_browser, cast, origin="told_import")] == [STRANGER]


def test_a_number_that_may_not_be_texted_now_is_red(
    cast: Cast, carrier: FakeTwilio, owner_browser: Client
) -> None:
    for words in ("STOP", "STOP", "START"):
        carrier.text(cast.front_desk, MARIA, words)
    text = get_page(owner_browser, cast).content.decode()
    assert "data-stopped" not in text and "Opted in" in text
    assert [change.action_label for change in list_rows(owner_browser, cast)] == ["Opted in", "Opted out"]
    assert [change.action_label for change in list_rows(owner_browser, cast, repeated="on")] == [
        "Opted in",
        "Opted out again",
        "Opted out",
    ]
    assert [change.action_label for change in list_rows(owner_browser, cast, action="opted_in")] == [
        "Opted in"
    ]
    with scope(cast.northside.id):
        consent.block(cast.northside.id, MARIA, MAYA)
    assert get_page(owner_browser, cast).content.decode().count("Blocked</span>") == 2


def test_an_opt_out_of_one_inbox_is_red_only_there(
    cast: Cast, carrier: FakeTwilio, owner_browser: Client
) -> None:
    carrier.text(cast.front_desk, MARIA, "STOP")
    carrier.text(cast.front_desk, MARIA, "START")
    with scope(cast.northside.id):
        consent.apply_carrier_refusal(
            cast.billing, MARIA, claimed_at=timezone.now(), message_id=1, reason="21610"
        )  # fmt: skip
    states = {change.inbox: change.state for change in list_rows(owner_browser, cast)}
    assert states == {"Billing": "opt_out", "Front Desk": "active"}


def test_a_change_without_an_inbox_has_the_inbox_of_the_last_text(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], owner_browser: Client
) -> None:
    with scope(cast.northside.id):
        compose_text(cast.billing, TOM, "Your invoice", author=cast.second)
    work()
    opt_out_by_member(cast, TOM)
    opt_out_by_member(cast, MARIA)
    maria, tom = list_rows(owner_browser, cast)
    assert (tom.inbox, tom.inbox_is_of_last_text) == ("Billing", True) and (maria.inbox, maria.last) == (
        "",
        None,
    )
    assert [change.number for change in list_rows(owner_browser, cast, inbox=cast.billing.id)] == [TOM]
    assert [change.number for change in list_rows(owner_browser, cast, inbox="0")] == [MARIA]
    first, second = exported(owner_browser, cast)
    assert (first["Inbox Known From"], first["Last Message"]) == ("", "(none)")
    assert second["Inbox Known From"] == "last message"


def test_erasing_and_deleting_keep_every_row(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], owner_browser: Client
) -> None:
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, "Confidential", author=cast.member)
    work()
    carrier.text(cast.front_desk, MARIA, "STOP")
    before, texts = (
        get_page(owner_browser, cast).context["report"],
        len(exported(owner_browser, cast, "export_texts")),
    )
    with scope(cast.northside.id):
        erasure.erase_messages(cast.northside.id, [MARIA])
        Contact.objects.get(team=cast.northside, number=MARIA).delete()
    answer = get_page(owner_browser, cast)
    assert answer.context["report"].figures == before.figures and answer.context["report"].total == 1
    text = answer.content.decode()
    assert "Erased" in text and "Confidential" not in text and "No contact" in text and "Maria" not in text
    (row,) = exported(owner_browser, cast)
    assert (row["Name"], row["Last Message"], row["Words"]) == ("", "(erased)", "STOP") and row[
        "Last Message Date"
    ]
    rows = exported(owner_browser, cast, "export_texts")
    assert len(rows) == texts and {row["Phone Number"] for row in rows} == {""} == {
        row["Text"] for row in rows
    }


# -- pages -------------------------------------------------------------------------------------------------------


def test_pages_have_each_row_once(cast: Cast, owner_browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Holds for changes at one moment, in both orders, with and without a search; the export has the same rows."""
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
        answer, pages = get_page(owner_browser, cast, **query), 1
        while True:
            found += [change.change.id for change in answer.context["page"].rows]
            if not answer.context["next_page"]:
                break
            answer, pages = owner_browser.get(f"{address(cast)}?{answer.context['next_page']}"), pages + 1
        assert pages == 3 and len(set(found)) == 11 and answer.context["report"].total == 11
        assert found == sorted(found, reverse="sort" not in query), query
        events = [change["Ledger Entry"] for change in exported(owner_browser, cast, **query)]
        assert len(events) == 11 and events == sorted(events, key=int, reverse="sort" not in query)
    assert (
        b"No more changes"
        in get_page(owner_browser, cast, after=str(Cursor(1, moment - timedelta(days=9)))).content
    )


def test_an_invalid_filter_is_an_error_and_nothing_is_exported(
    cast: Cast, carrier: FakeTwilio, owner_browser: Client
) -> None:
    carrier.text(cast.shop, MARIA, "STOP")
    carrier.text(cast.front_desk, TOM, "STOP")
    for query in (
        {"inbox": cast.shop.id}, {"inbox": "x"}, {"origin": "Satan"}, {"action": "blocked"}, {"sort": "'"},
        {"first": "2026-02-31"}, {"period": "\0"},
    ):  # fmt: skip
        assert [change.number for change in list_rows(owner_browser, cast, **query)] == [TOM]
        for name in ("export_opt_outs", "export_texts"):
            if name == "export_opt_outs" or query.keys() & {"inbox", "first", "period"}:
                answer = owner_browser.get(address(cast, name, **query))
                assert answer.status_code == 400 and b"+1" not in answer.content, query
    assert (
        owner_browser.get(address(cast, "export_texts", sender=f"member {cast.outsider.id}")).status_code
        == 400
    )
    assert [change.number for change in list_rows(owner_browser, cast, after="x", q="\0")] == [TOM]
    assert list_rows(owner_browser, cast, q="' OR 1=1 --") == []


# -- rates -------------------------------------------------------------------------------------------------------


def test_rates_need_enough_texts(cast: Cast, carrier: FakeTwilio, owner_browser: Client) -> None:
    at = timezone.now() - timedelta(minutes=1)
    with scope(cast.northside.id):
        for n in range(MIN_TEXTS_FOR_RATE + 60):
            inbox = cast.front_desk if n < MIN_TEXTS_FOR_RATE else cast.billing
            create_outbound(inbox, at, author_id=cast.member.id, author_name="Maya Chen")
        create_outbound(cast.billing, at, purpose="confirmation")
    carrier.text(cast.front_desk, MARIA, "STOP")
    carrier.text(cast.billing, TOM, "STOP")
    carrier.text(cast.billing, TOM, "STOP")
    report = get_page(owner_browser, cast).context["report"]
    assert report.figures[-1].value == "12.50"  # 2 of 160
    rows = {row.name: row.cells for row in report.rates.inboxes.rows}
    assert rows == {"Front Desk": ("1", "100", "10.00"), "Billing": ("1", "60", "–")}
    assert report.rates.inboxes.total_row.cells == ("2", "160", "12.50")
    senders = {row.name: row.cells for row in report.rates.senders.rows}
    assert senders == {
        "Maya Chen": ("1", "160", "6.25"),
        "No earlier text, or an automatic one": ("1", "0", "–"),
    }
    assert report.rates.hours.total_row.cells == ("2", "160", "12.50") and len(report.rates.hours.rows) == 24
    few = get_page(owner_browser, cast, inbox=cast.billing.id).context["report"]
    assert few.figures[-1].value == "1 of 60 texts" and few.figures[-1].change == ""
    assert get_page(owner_browser, cast, origin="team").context["report"] is None, (
        "no member opted anybody out"
    )
    only = get_page(owner_browser, cast, action="opted_out", origin="contact").context["report"]
    assert only.rates is None and [figure.label for figure in only.figures] == ["Opt-outs by the person"]


# -- export of texts ---------------------------------------------------------------------------------------------


def test_a_text_that_arrives_during_the_export_drops_no_other(
    cast: Cast, owner_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text found late has a time inside a batch whose end was read before."""
    monkeypatch.setattr("reports.texts_export.BATCH_SIZE", 3)
    at, edge = datetime(2026, 3, 8, 12, tzinfo=UTC), texts_export._batch_end
    with scope(cast.northside.id):
        for n in range(7):
            create_outbound(cast.front_desk, at + timedelta(minutes=n), body=str(n))

    def late(team_id: int, after: tuple[datetime, int], end: datetime) -> tuple[datetime, int] | None:
        found = edge(team_id, after, end)
        create_outbound(cast.front_desk, after[0] + timedelta(seconds=1), body="late")
        return found

    monkeypatch.setattr(texts_export, "_batch_end", late)
    rows = exported(owner_browser, cast, "export_texts", first="2026-03-08", last="2026-03-08")
    assert [row["Text"] for row in rows if row["Text"] != "late"] == list("0123456")


def test_each_text_is_a_row(cast: Cast, owner_browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
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
    filters = {"first": "2026-03-08", "last": "2026-03-09"}
    rows = exported(owner_browser, cast, "export_texts", **filters)
    with scope(cast.northside.id):
        ids = Message.objects.filter(team=cast.northside).order_by("at", "id").values_list("id", flat=True)
        assert [int(row["Message"]) for row in rows] == [*ids][:11]
    assert rows[0] == {
        "Date": "2026-03-08 01:59:59-05:00", "Inbox": "Front Desk", "Direction": "out", "Phone Number": "+1 4155550101",
        "Status": "Delivered", "Code": "", "Reason": "", "Segments": "2", "Sent By": "Maya Chen",
        "Reply Time Seconds": "61", "Started Conversation": "", "Purpose": "Text", "Text": "'=Hi",
        "Message": str(ids[0]),
    }  # fmt: skip
    assert rows[1]["Date"] == "2026-03-08 03:00:01-04:00"
    assert (rows[9]["Code"], rows[9]["Started Conversation"]) == ("30007", "yes") and "spam" in rows[9][
        "Reason"
    ]
    assert (rows[10]["Code"], rows[10]["Purpose"]) == ("opted_out", "Confirmation") and rows[10][
        "Segments"
    ] == ""
    member = exported(owner_browser, cast, "export_texts", sender=f"member {cast.second.id}", **filters)
    assert [row["Code"] for row in member] == ["30007"]
    api_key = exported(
        owner_browser, cast, "export_texts", sender="named API (CRM)", inbox=cast.billing.id, **filters
    )
    assert [row["Text"] for row in api_key] == [*map(str, range(8))]
    assert exported(owner_browser, cast, "export_texts", first="2026-03-01", last="2026-03-07") == []


def test_exports_need_both_rights(cast: Cast, carrier: FakeTwilio, as_client: Any) -> None:
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
    assert not _exporting, "the team's place is free again"


def test_an_opt_out_that_moved_to_a_new_number_is_no_new_one(cast: Cast, owner_browser: Client) -> None:
    opt_out_by_member(cast, MARIA)
    with scope(cast.northside.id):
        copied = bulk_consent.copy_suppressions(
            cast.northside.id, MARIA, STRANGER, MAYA, reason="changed number"
        )
    assert len(copied) == 1
    assert [row.number for row in list_rows(owner_browser, cast)] == [MARIA]
    assert [row.number for row in list_rows(owner_browser, cast, repeated="on")] == [STRANGER, MARIA]


def test_an_import_does_not_swamp_the_chart(cast: Cast, carrier: FakeTwilio, owner_browser: Client) -> None:
    carrier.text(cast.front_desk, MARIA, "STOP")
    by_import = Actor(Origin.IMPORT, "Amir Adams (people.csv)", 2)
    with scope(cast.northside.id):
        bulk_consent.opt_out_many(
            cast.northside.id, [f"+1415556{n:04d}" for n in range(200)], by_import, reason="Fair in May"
        )
    report = get_page(owner_browser, cast).context["report"]
    labels = list(report.chart.head[1:])
    assert labels == ["Opt-outs by the person", "Opt-outs by your team", "Opt-ins"]
    assert "Not in the chart: 200 opt-outs from imports and lists." in report.chart.note
    assert {figure.label: figure.value for figure in report.figures}[
        "Opt-outs from imports and lists"
    ] == "200"
    only = get_page(owner_browser, cast, origin="import").context["report"]
    assert "Opt-outs from imports and lists" in only.chart.head
    assert "Not in the chart" not in only.chart.note
