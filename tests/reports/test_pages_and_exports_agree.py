"""Pages and exports agree: the figures, listed rows and exported rows match a direct count, for random histories."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.sql import fetch
from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from optout.models import Action, Origin
from reports import opt_out_changes
from reports.opt_out_query import ORIGIN_GROUPS
from tests.cast import MARIA, STRANGER, Cast
from tests.contacts.test_exports import in_csv
from tests.messaging.fake_twilio import FakeTwilio, new_sid
from tests.reports.histories import STEPS, RandomHistory, ages, boxes, people

HISTORIES = st.lists(
    st.one_of(
        STEPS,
        st.tuples(
            st.just("long_ago"), boxes, people, ages, st.sampled_from(["STOP", "START", "STOP", "Hello"])
        ),
    ),
    min_size=4,
    max_size=16,
)
PERIODS = st.one_of(
    st.sampled_from([{}, {"period": "today"}, {"period": "last-month"}, {"period": "12-months"}]),
    st.tuples(st.integers(0, 420), st.integers(0, 420)).map(
        lambda ago: {"first": _ago(max(ago)), "last": _ago(min(ago))}
    ),
    st.just({"first": "2022-01-01"}),
)
OPT_OUTS = st.fixed_dictionaries({}, optional={
    "inbox": st.sampled_from(["front_desk", "billing", "0"]),
    "action": st.sampled_from(opt_out_changes.ACTIONS),
    "origin": st.sampled_from([*ORIGIN_GROUPS, *Origin.values]),
    "q": st.sampled_from([MARIA, STRANGER, "Lopez", "415555", "nobody at all"]),
    "repeated": st.just("on"),
    "sort": st.just("oldest"),
})  # fmt: skip
TEXTS = st.fixed_dictionaries({}, optional={
    "inbox": st.sampled_from(["front_desk", "billing"]),
    "sender": st.sampled_from(["member", "second"]),
})  # fmt: skip


def _ago(days: int) -> str:
    return (timezone.localdate() - timedelta(days=days + 1)).isoformat()


class RecordedHistory(RandomHistory):
    """A random history that also has old texts, which are found late."""

    def do(self, name: str, *arguments: Any) -> None:
        if name == "long_ago":
            self.long_ago(*arguments)
        else:
            super().do(name, *arguments)

    def long_ago(self, box: str, number: str, minutes: int, words: str) -> None:
        at = timezone.now() - timedelta(minutes=minutes)
        text = InboundText(carrier_id=new_sid(), sender=number, body=words, sent_at=at, segments=1)
        inbound.receive(getattr(self.cast, box), text)


@pytest.fixture
def owner_browser(cast: Cast, as_client: Any) -> Client:
    return as_client(cast.owner)  # type: ignore[no-any-return]


@settings(
    max_examples=8, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=HISTORIES,
    opt_outs=st.lists(st.tuples(PERIODS, OPT_OUTS), min_size=3, max_size=5),
    texts=st.lists(st.tuples(PERIODS, TEXTS), min_size=2, max_size=3),
)
def test_figures_rows_and_exports_agree(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], owner_browser: Client, monkeypatch: pytest.MonkeyPatch,
    steps: list[tuple[Any, ...]], opt_outs: list[Any], texts: list[Any],
) -> None:  # fmt: skip
    monkeypatch.setattr(opt_out_changes, "PAGE_SIZE", 3)
    history = RecordedHistory(cast, carrier, work)
    for step in steps:
        history.do(*step)
    for period, filters in [({"first": "2022-01-01"}, {"repeated": "on"}), *opt_outs]:
        _opt_outs_agree(cast, owner_browser, period | _named(cast, filters))
    for period, filters in [({"first": "2022-01-01"}, {}), *texts]:
        _texts_agree(cast, owner_browser, period | _named(cast, filters))


def _named(cast: Cast, filters: dict[str, str]) -> dict[str, str]:
    inbox, sender = filters.get("inbox", ""), filters.get("sender", "")
    ids = {"inbox": str(getattr(cast, inbox).id)} if inbox and inbox != "0" else {}
    return filters | ids | ({"sender": f"member {getattr(cast, sender).id}"} if sender else {})


def _address(cast: Cast, name: str, query: dict[str, str]) -> str:
    return reverse(name, args=[cast.northside.slug], query=query)


def _rows(browser: Client, cast: Cast, name: str, query: dict[str, str]) -> list[dict[str, str]]:
    response: Any = browser.get(_address(cast, name, query))
    assert response.status_code == 200, response.content
    header, *rows = in_csv(b"".join(response.streaming_content))
    return [dict(zip(header, row, strict=True)) for row in rows]


# -- opt-outs ----------------------------------------------------------------------------------------------------


def _opt_outs_agree(cast: Cast, browser: Client, query: dict[str, str]) -> None:
    address = _address(cast, "opt_out_report", query)
    context = browser.get(address).context
    exported = [int(row["Ledger Entry"]) for row in _rows(browser, cast, "export_opt_outs", query)]
    ledger_ids = _ledger_entries(cast, query, context["query"].period)
    report = context["report"]
    assert sorted(exported) == sorted(ledger_ids), query
    assert (report.total if report else 0) == len(ledger_ids), query
    assert list(_listed(browser, address)) == exported, query
    if report:
        counts = [
            int(figure.value.replace(",", ""))
            for figure in report.figures
            if figure.label != "Per 1,000 texts"
        ]
        assert sum(counts) == len(ledger_ids), query
        if report.chart:
            assert sum(int(cell.replace(",", "")) for cell in report.chart.total_row.cells) == len(
                ledger_ids
            ), query


def _listed(browser: Client, address: str) -> Iterator[int]:
    """The ledger entries of the rows of all pages."""
    while True:
        context = browser.get(address).context
        if context["page"] is None:
            return
        yield from (line.event.id for line in context["page"].rows)
        if not context["next_page"]:
            return
        address = f"{address.partition('?')[0]}?{context['next_page']}"


def _ledger_entries(cast: Cast, query: dict[str, str], period: Any) -> list[int]:
    origin, action, q, inbox = (query.get(name, "") for name in ("origin", "action", "q", "inbox"))
    numbers = {"Lopez": [MARIA], "nobody at all": []}.get(q, [q])
    with scope(cast.northside.id):
        found = fetch(
            "SELECT e.id, e.number FROM optout_consentevent AS e WHERE team_id = $1 AND action = ANY($2)"
            " AND origin = ANY($3) AND happened_at >= $4::date::timestamp AT TIME ZONE $6::text"
            " AND happened_at < ($5::date + 1)::timestamp AT TIME ZONE $6::text"
            " AND ($7 OR added <> '[]' OR lifted <> '[]') AND ($8::bigint IS NULL OR $8 = coalesce(e.inbox_id,"
            " (SELECT c.inbox_id FROM reports_indexedchange AS c WHERE c.team_id = $1 AND c.event_id = e.id)))",
            cast.northside.id, [action] if action else [Action.OPTED_OUT, Action.OPTED_IN],
            list(ORIGIN_GROUPS.get(origin) or ([origin] if origin else Origin.values)), period.first, period.last,
            cast.northside.time_zone, "repeated" in query, int(inbox) if inbox else None,
        )  # fmt: skip
    # All numbers of the history begin with "+1415555".
    return [id for id, number in found if q in ("", "415555") or number in numbers]


# -- texts -------------------------------------------------------------------------------------------------------


def _texts_agree(cast: Cast, browser: Client, query: dict[str, str]) -> None:
    context = browser.get(_address(cast, "volume", query)).context
    exported = [int(row["Message"]) for row in _rows(browser, cast, "export_texts", query)]
    report = context["report"]
    received = (
        {figure.label: figure.value for figure in report.figures}.get("Received", "0") if report else "0"
    )
    sent = report.outcomes.total_row.cells[0] if report else "0"
    ledger_ids = _texts(cast, query, context["query"].period.first, context["query"].period.last)
    assert exported == ledger_ids, query
    assert int(received.replace(",", "")) + int(sent.replace(",", "")) == len(ledger_ids), query


def _texts(cast: Cast, query: dict[str, str], first: date, last: date) -> list[int]:
    with scope(cast.northside.id):
        return [id for (id,) in fetch(
            "SELECT id FROM messaging_message WHERE team_id = $1 AND ($5::bigint IS NULL OR inbox_id = $5)"
            " AND ($6 = '' OR 'member ' || author_id = $6) AND at >= $2::date::timestamp AT TIME ZONE $4::text"
            " AND at < ($3::date + 1)::timestamp AT TIME ZONE $4::text ORDER BY at, id",
            cast.northside.id, first, last, cast.northside.time_zone,
            int(query["inbox"]) if query.get("inbox") else None, query.get("sender", ""),
        )]  # fmt: skip
