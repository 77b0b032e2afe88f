"""Status reports move their text forward in any order, and change no other text."""

from collections.abc import Callable
from itertools import permutations
from typing import Any
from urllib.parse import quote

import pytest

from kernel.tenancy import scope
from messaging.compose import compose_text
from messaging.message_status import describe_status
from messaging.models import Message, MessageStatus
from messaging.refusal_reasons import CARRIER_OPTED_OUT
from optout.ledger import history
from optout.number_state import standing
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import (
    STATUS,
    FakeTwilio,
    SendAnswer,
    new_sid,
    post_signed,
    report_fields,
    sid_of,
)

REPORTED = ("sent", "delivered", "undelivered", "failed", "accepted")  # "accepted" changes nothing
FINAL = {"delivered", "undelivered", "failed"}
ORDERS = [
    *(order for length in (1, 2) for order in permutations(REPORTED, length)),
    *permutations(("sent", "delivered", "failed")),
]


@pytest.fixture
def sent(cast: Cast, carrier: FakeTwilio, work: Callable[[], None]) -> Message:
    """A text that the carrier accepted."""
    with scope(cast.northside.id):
        message = compose_text(cast.front_desk, MARIA, "Your crown is ready.", author=cast.member)
    work()
    return reload(message)


def reload(message: Message) -> Message:
    with scope(message.team_id):
        return Message.objects.select_related("inbox").get(team_id=message.team_id, id=message.id)


def test_a_sent_text_becomes_delivered(sent: Message, carrier: FakeTwilio) -> None:
    assert (sent.status, sent.carrier_id, sent.segments) == (MessageStatus.SENT, carrier.sent[0].sid, 1)
    (taken,) = carrier.sent
    _, _, address = taken.callback.partition(STATUS)
    fields = report_fields(sent.inbox, sent, "delivered")
    assert post_signed(sent.inbox, STATUS + address, fields).status_code == 200
    assert reload(sent).status == MessageStatus.DELIVERED


def test_reports_in_any_order_move_a_text_only_forward(
    sent: Message, carrier: FakeTwilio, write: Any
) -> None:
    for order in ORDERS:
        write(sent, status="'sent'")
        for reported in order:
            assert carrier.report(sent, reported).status_code == 200
        expected = next((reported for reported in order if reported in FINAL), "sent")
        assert (order, reload(sent).status) == (order, expected)


@pytest.mark.parametrize(
    "status", [MessageStatus.QUEUED, MessageStatus.CLAIMED, MessageStatus.SENDING, MessageStatus.UNKNOWN]
)
@pytest.mark.parametrize("reported", REPORTED)
def test_a_report_before_our_own_commit_counts(
    sent: Message, carrier: FakeTwilio, write: Any, work: Any, status: MessageStatus, reported: str
) -> None:
    """The text is then not sent again."""
    write(
        sent,
        status=f"'{status}'",
        carrier_id="null",
        due_at="now()" if status != MessageStatus.UNKNOWN else "null",
    )
    fields = report_fields(sent.inbox, sent, reported, MessageSid=sid_of("of-the-report"))
    address = f"{STATUS}?team={sent.team_id}&message={sent.id}"
    assert post_signed(sent.inbox, address, fields).status_code == 200
    now = reload(sent)
    if reported == "accepted":
        assert (now.status, now.carrier_id) == (status, None)
        return
    assert (now.status, now.carrier_id, now.due_at) == (reported, sid_of("of-the-report"), None)
    work()
    assert len(carrier.sent) == 1


@pytest.mark.parametrize("reported", ["sent", "delivered", "failed"])
def test_settling_keeps_the_result_of_a_report_during_the_call(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], reported: str
) -> None:
    with scope(cast.northside.id):
        message = compose_text(cast.front_desk, MARIA, "Hello", author=cast.member)
    seen = []

    def overtake() -> None:
        seen.append(reload(message).status)
        carrier.report(message, reported, inbox=cast.front_desk, MessageSid=sid_of("early"))

    carrier.answers.append(SendAnswer(before=overtake))
    work()
    assert seen == [MessageStatus.SENDING]
    assert reload(message).status == reported


def test_a_repeated_report_changes_nothing(sent: Message, carrier: FakeTwilio, rows: Any) -> None:
    carrier.report(sent, "undelivered", ErrorCode="30005", ErrorMessage="Unknown destination handset")
    before = rows()
    carrier.report(sent, "undelivered", ErrorCode="30005")
    carrier.report(sent, "delivered")
    assert rows() == before
    assert (reload(sent).error_code, reload(sent).trouble) == (
        "30005",
        "Unknown number, or no longer in service.",
    )


def test_an_error_without_a_message_is_shown_by_its_code(sent: Message, carrier: FakeTwilio) -> None:
    carrier.report(sent, "failed", ErrorCode="30999", ErrorMessage="\x00")
    assert reload(sent).trouble == "The carrier reports error 30999."


@pytest.mark.parametrize("status", ["failed", "undelivered"])
def test_a_code_that_comes_after_the_failure_is_kept_and_shown_in_words(
    sent: Message, carrier: FakeTwilio, status: str
) -> None:
    carrier.report(sent, status)
    carrier.report(sent, status, ErrorCode="30007")
    found = reload(sent)
    assert (found.status, found.error_code) == (status, "30007")
    assert "Filtered as spam" in found.trouble
    shown = describe_status(found)
    assert shown.code == "30007" and shown.code_url.endswith("/30007")
    assert "30007" not in shown.text and "Filtered as spam" in shown.text
    carrier.report(sent, status)
    carrier.report(sent, status, ErrorCode="30005")
    assert reload(sent).error_code == "30007", "the first code stays"


def test_words_that_come_after_the_failure_are_kept(sent: Message, carrier: FakeTwilio) -> None:
    carrier.report(sent, "failed")
    carrier.report(sent, "failed", ErrorMessage="Odd network")
    assert (reload(sent).error_code, reload(sent).trouble) == ("", "Odd network")
    carrier.report(sent, "failed", ErrorMessage="Other words")
    assert reload(sent).trouble == "Odd network", "known words are not overwritten by words alone"
    carrier.report(sent, "failed", ErrorCode="30999")
    assert (reload(sent).error_code, reload(sent).trouble) == ("30999", "The carrier reports error 30999.")
    carrier.report(sent, "failed")
    assert reload(sent).error_code == "30999"


def test_a_report_without_our_id_finds_its_text_by_the_carriers_id(sent: Message) -> None:
    assert post_signed(sent.inbox, STATUS, report_fields(sent.inbox, sent, "delivered")).status_code == 200
    assert reload(sent).status == MessageStatus.DELIVERED


def test_a_report_about_a_text_of_another_inbox_is_404(
    cast: Cast, sent: Message, carrier: FakeTwilio, rows: Any
) -> None:
    """The signature is right, but of another inbox or another team. Nothing changes."""
    carrier.text(cast.shop, TOM, "An inbound text")
    with scope(cast.harbor.id):
        theirs = compose_text(cast.shop, MARIA, "Your bike is ready.", author=None)
        inbound = Message.objects.get(team=cast.harbor, outbound=False)
    carrier.text(cast.billing, TOM, "so that each inbox has had a webhook")
    carrier.report(sent, "queued")  # a status report counts as a webhook too
    about = [
        (cast.billing, sent), (cast.shop, sent), (cast.front_desk, theirs), (cast.shop, inbound),
        (cast.shop, Message(id=10**17, team_id=cast.harbor.id, carrier_id=sid_of("unknown"))),
    ]  # fmt: skip
    before = rows()
    for inbox, message in about:
        fields = report_fields(inbox, message, "failed", ErrorCode="21610")
        for address in (STATUS, f"{STATUS}?message={message.id}"):
            assert post_signed(inbox, address, fields).status_code == 404
    assert rows() == before


@pytest.mark.parametrize("named", ["x", "-1", "1" * 19, "٣", "1.5", "0x1"])
def test_a_message_id_that_is_not_a_number_is_400(sent: Message, rows: Any, named: str) -> None:
    before = rows()
    address = f"{STATUS}?message={quote(named)}"
    assert post_signed(sent.inbox, address, report_fields(sent.inbox, sent, "failed")).status_code == 400
    assert rows() == before


def test_a_report_with_a_wrong_signature_is_403(sent: Message) -> None:
    fields = report_fields(sent.inbox, sent, "failed")
    assert post_signed(sent.inbox, STATUS, fields, token="wrong").status_code == 403
    assert reload(sent).status == MessageStatus.SENT


def test_a_text_refused_for_consent_stays_refused(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    carrier.text(cast.front_desk, MARIA, "STOP")
    with scope(cast.northside.id):
        message = compose_text(cast.front_desk, MARIA, "Hello", author=cast.member)
    assert (
        carrier.report(message, "delivered", inbox=cast.front_desk, MessageSid=new_sid()).status_code == 200
    )
    assert reload(message).status == MessageStatus.REFUSED


def test_21610_in_a_report_is_an_opt_out(cast: Cast, sent: Message, carrier: FakeTwilio) -> None:
    assert carrier.report(sent, "undelivered", ErrorCode="21610").status_code == 200
    now = reload(sent)
    assert (now.status, now.reason, now.error_code) == (MessageStatus.REFUSED, CARRIER_OPTED_OUT, "21610")
    with scope(cast.northside.id):
        assert [row.name for row in standing(cast.northside.id, MARIA).rows] == ["opt_out carrier"]
        (event,) = history(cast.northside.id, MARIA)
    assert (event.message_id, event.inbox_id) == (sent.id, cast.front_desk.id)
    carrier.report(sent, "undelivered", ErrorCode="21610")
    with scope(cast.northside.id):
        assert len(history(cast.northside.id, MARIA)) == 1
