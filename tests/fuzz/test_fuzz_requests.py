"""Random requests to the API and to all pages: none fails with a server error, and a refused call writes nothing."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from tests.api.calls import VALID_CALLS, TeamIds, create_northside_data
from tests.api.conftest import ApiClient, create_client
from tests.cast import Cast
from tests.conftest import Rows
from tests.fuzz.odd_values import OddValues
from tests.messaging.fake_twilio import FakeTwilio
from tests.test_urls import TEAM, populate

PARAMETERS = [
    "inbox", "page", "after", "before", "q", "sort", "status", "list", "tag", "from", "to", "period", "next", "folder",
    "unread", "contact", "number", "ids", "selection", "field", "group", "revision", "text", "name", "reason", "file",
    "kind", "limit",
]  # fmt: skip


@pytest.fixture
def team_ids(cast: Cast) -> TeamIds:
    return create_northside_data(cast)


@pytest.fixture
def crm(cast: Cast, settings: Any) -> ApiClient:
    settings.API_REQUESTS_A_MINUTE = 0
    return create_client(cast.owner)


def test_random_calls(
    team_ids: TeamIds,
    crm: ApiClient,
    odd: OddValues,
    share: Callable[[float], int],
    tried: Counter[str],
    rows: Callable[..., Rows],
) -> None:
    for turn in range(share(0.05)):
        tried["calls"] += 1
        call = VALID_CALLS[odd.choice(list(VALID_CALLS))](team_ids)
        body = odd.mutated(call.body) if call.body is not None else None
        looked_at = turn % 20 == 0  # reading all rows takes long
        before = _written(rows) if looked_at else None
        answer = crm.call(
            call.method, call.path, body, **{"X-Heymarket-Dry-Run": odd.choice(["true", "false"])}
        )
        assert answer.status_code < 500, (call, body, answer.content)
        if looked_at and answer.status_code >= 400:
            assert _written(rows) == before, (call, body)


def test_random_page_requests(
    cast: Cast,
    carrier: FakeTwilio,
    odd: OddValues,
    share: Callable[[float], int],
    tried: Counter[str],
    as_client: Callable[[Member], Client],
) -> None:
    """Every URL of a team, with odd parameters and odd forms."""
    targets = populate(cast.northside, cast.front_desk, cast.second)
    browser = as_client(cast.owner)
    for _ in range(share(0.05)):
        tried["page requests"] += 1
        name = odd.choice(list(TEAM))
        address = reverse(name, kwargs={"team_slug": cast.northside.slug, **TEAM[name](targets)})
        fields = {odd.choice(PARAMETERS): _value(odd) for _ in range(odd.randrange(4))}
        headers = {"HX-Request": "true"} if odd.random() < 0.3 else {}
        send = browser.get if odd.random() < 0.7 else browser.post
        answer = send(address, fields, headers=headers)
        b"".join(answer)
        assert answer.status_code < 500, (name, fields)


def _value(odd: OddValues) -> str:
    return odd.choice([odd.unicode_text(3), "9" * 5000, "-1", "1", "0", "[]", "all", "1,2", odd.number()])


def _written(rows: Callable[..., Rows]) -> Rows:
    return {table: content for table, content in rows().items() if table != "api_apikey"}
