"""Headlines of reports: every case of a sentence."""

from datetime import date

import pytest

from reports import headlines
from reports.figures import MeasureCounts
from reports.models import Snapshot
from reports.periods import Period

THIRTY = Period(date(2026, 10, 30), date(2026, 11, 28))
LEFT = "opted_out contact"


def counts(**measures: int) -> MeasureCounts:
    return MeasureCounts({name.replace("__", " "): count for name, count in measures.items()})


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        (date(2026, 11, 3), date(2026, 11, 3), "the day before"),
        (date(2026, 10, 30), date(2026, 11, 28), "the 30 days before"),
        (date(2026, 11, 1), date(2026, 11, 30), "the month before"),
        (date(2026, 1, 1), date(2026, 3, 31), "the 3 months before"),
        (date(2026, 1, 1), date(2026, 12, 31), "the 12 months before"),
        (date(2025, 12, 1), date(2026, 1, 31), "the 2 months before"),
    ],
)
def test_the_period_before(first: date, last: date, name: str) -> None:
    assert headlines.name_before(Period(first, last)) == name


@pytest.mark.parametrize(
    ("now", "before", "sentence"),
    [
        ({}, {}, "Nobody opted out."),
        ({LEFT: 1}, {}, "1 person opted out."),
        (
            {LEFT: 4, "delivered": 606},
            {LEFT: 2, "delivered": 9},
            "4 people opted out (6.60 per 1,000 texts), 2 more than in the 30 days before.",
        ),
        ({LEFT: 1}, {LEFT: 1}, "1 person opted out, as many as in the 30 days before."),
        ({}, {LEFT: 1200}, "Nobody opted out, 1,200 fewer than in the 30 days before."),
        ({LEFT: 2}, {"delivered": 5}, "2 people opted out, 2 more than in the 30 days before."),
        ({LEFT: 2}, {"received": 5}, "2 people opted out, 2 more than in the 30 days before."),
        ({LEFT: 2, f"{LEFT} repeated": 7}, {}, "2 people opted out."),
        ({"opted_out import": 9}, {}, "Nobody opted out."),
    ],
)
def test_opt_outs(now: dict[str, int], before: dict[str, int], sentence: str) -> None:
    assert headlines.opt_out_headline(MeasureCounts(now), MeasureCounts(before), THIRTY) == sentence


@pytest.mark.parametrize(
    ("now", "before", "sentence"),
    [
        (1, 2, "1 change, 1 fewer than in the 30 days before."),
        (1300, 0, "1,300 changes, 1,300 more than in the 30 days before."),
        (0, 0, "0 changes, as many as in the 30 days before."),
    ],
)
def test_changes(now: int, before: int, sentence: str) -> None:
    assert headlines.change_headline(now, before, THIRTY) == sentence


def test_volume() -> None:
    now = counts(delivered=65, undelivered=1, received=70)
    assert headlines.volume_headline(now, counts(), THIRTY, everybody=True) == (
        "66 texts sent and 70 received. 98.5% of the sent texts were delivered."
    )
    assert headlines.volume_headline(now, counts(delivered=60), THIRTY, everybody=False) == (
        "66 texts sent, 6 more than in the 30 days before. 98.5% of the sent texts were delivered."
    )
    assert headlines.volume_headline(counts(received=1), counts(received=3), THIRTY, everybody=True) == (
        "0 texts sent and 1 received, 2 fewer than in the 30 days before."
    )
    assert headlines.volume_headline(counts(sent=1), counts(), THIRTY, everybody=False) == (
        "1 text sent. 0% of the sent texts were delivered."
    )


def test_team() -> None:
    assert headlines.team_headline(counts(delivered=3), counts(), THIRTY) == (
        "Nobody who waited got a reply in this period."
    )
    now = MeasureCounts({"reply_time 20": 1})
    assert headlines.team_headline(now, counts(), THIRTY).startswith(
        "The team replied to 1 person who waited, half"
    )
    assert headlines.team_headline(now, MeasureCounts({"reply_time 20": 4}), THIRTY).endswith(
        ", 3 fewer than in the 30 days before."
    )


def test_consent() -> None:
    assert headlines.consent_headline(None, counts()) == "0 texts were stopped before they were sent."
    newest = Snapshot(contacts=1250, opted_out=213, blocked=0)
    assert headlines.consent_headline(newest, counts(refused__blocked=1)) == (
        "1,037 of 1,250 contacts may be texted. 1 text was stopped before it was sent."
    )
    assert headlines.consent_headline(Snapshot(contacts=1, opted_out=0, blocked=1), counts()).startswith(
        "0 of 1 contact may"
    )
