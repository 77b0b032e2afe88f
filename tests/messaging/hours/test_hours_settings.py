"""Settings of business hours: saving, errors, copied holidays, and who may change them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Inbox, Member
from kernel.tenancy import scope
from messaging.hours.inbox_hours import hours_of, stored_holidays, stored_week
from optout.business_days import federal_holidays
from tests.cast import Cast

type ClientOf = Callable[[Member], Client]

SAVED = {"monday": "9-12, 13-17:30", "saturday": "10–14", "holidays": "2026-12-25 Christmas Day"}


def url(inbox: Inbox) -> str:
    return reverse("inbox_hours", args=["northside-dental", inbox.id])


def stored(inbox: Inbox) -> Inbox:
    with scope(inbox.team_id):
        return Inbox.objects.select_related("team").get(team_id=inbox.team_id, id=inbox.id)


def test_hours_are_saved_and_shown(cast: Cast, as_client: ClientOf) -> None:
    desk = as_client(cast.admin)
    assert "open at all times" in desk.get(url(cast.front_desk)).content.decode()
    saved = desk.post(url(cast.front_desk), {**SAVED, "time_zone": "America/Denver"})
    assert saved.status_code == 302
    found = stored(cast.front_desk)
    assert stored_week(found) == (((540, 720), (780, 1050)), (), (), (), (), ((600, 840),), ())
    assert stored_holidays(found) == {date(2026, 12, 25): "Christmas Day"}
    assert hours_of(found).zone.key == "America/Denver"
    page = desk.get(url(cast.front_desk)).content.decode()
    assert "9 AM–12 PM, 1 PM–5:30 PM" in page and "2026-12-25 Christmas Day" in page
    desk.post(url(cast.front_desk), {"time_zone": ""})
    found = stored(cast.front_desk)
    assert hours_of(found).is_always_open
    assert hours_of(found).zone.key == "America/New_York"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"monday": "mornings"}, "is no time span"),
        ({"holidays": "Christmas"}, "is no holiday"),
        ({"time_zone": "Mars/Base"}, "Select a valid choice"),
        ({"sunday": "22-2", "monday": "1-3"}, "run into those of the next"),
    ],
)
def test_hours_that_cannot_be_read_are_shown_again(
    cast: Cast, as_client: ClientOf, wrong: dict[str, str], sentence: str
) -> None:
    answer = as_client(cast.admin).post(url(cast.front_desk), {**SAVED, **wrong})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert stored(cast.front_desk).business_hours == {}


def test_holidays_are_copied(cast: Cast, as_client: ClientOf) -> None:
    desk = as_client(cast.admin)
    desk.post(url(cast.billing), {"holidays": "2026-12-26 Stocktaking\n2026-12-25 Closed"})
    desk.post(url(cast.front_desk), {"holidays": "2026-12-25 Christmas Day"})

    def offered(source: Any) -> str:
        page = desk.get(url(cast.front_desk), {"holidays_from": source})
        return str(page.context["form"]["holidays"].value())

    assert offered(cast.billing.id) == "2026-12-25 Christmas Day\n2026-12-26 Stocktaking"
    assert "Thanksgiving Day" in offered("us")
    for unknown in (cast.shop.id, "x", 0):
        assert offered(unknown) == "2026-12-25 Christmas Day"
    assert len(stored_holidays(stored(cast.front_desk))) == 1, "copied holidays are saved by the form"


def test_only_admins_change_hours(cast: Cast, as_client: ClientOf) -> None:
    assert as_client(cast.member).post(url(cast.front_desk), SAVED).status_code == 403
    assert stored(cast.front_desk).business_hours == {}


def test_federal_holidays_of_two_years() -> None:
    named = federal_holidays(date(2027, 12, 1), date(2028, 1, 17))
    assert named == {
        date(2027, 12, 24): "Christmas Day",  # 25 December 2027 is a Saturday
        date(2027, 12, 31): "New Year's Day",  # 1 January 2028 is a Saturday
        date(2028, 1, 17): "Birthday of Martin Luther King, Jr.",
    }
