"""Tests of the scope of opt-outs: ledger, page, API and send guard agree, for each scope, text, inbox and action."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Inbox, Team
from contacts.contact.models import Contact
from kernel.tenancy import scope
from optout import consent, ledger_hash, ledger_verification, verify
from optout.api_status import RecordedWord, RequestedStatus, set_status
from optout.auto_replies import AutoReply, reply_text
from optout.bulk_consent import opt_out_many
from optout.channels import lifted_in_channel
from optout.consent_types import Actor, Refusal
from optout.keyword_decision import opt_outs_lifted_by
from optout.ledger import history
from optout.lifting_rules import CannotLift, FreshConsent
from optout.models import ConsentEvent, Origin
from optout.number_locks import lock_number
from optout.number_state import fetch_number_state, standing_across_inboxes
from optout.opt_out_scope import means_all_inboxes
from optout.reader.reading import read
from optout.reader_settings import reader_settings
from optout.reasons import OptOutReason
from optout.send_guard import find_refusal
from optout.standing_panel import build_panel
from optout.why_api import explain_consent
from optout.wording import describe_entry
from tests.cast import MARIA, Cast
from tests.statements import captured

ALL, HERE, THERE = "all", "here", "there"
MAYA, A_KEY = Actor(Origin.MEMBER, "Maya Chen", 7), Actor(Origin.API, "CRM key", 9)

# -- words -------------------------------------------------------------------------------------------------------

FOR_ALL = [
    "STOP ALL", "stopall", "Stop-all please", "STOP ALL STOP ALL", "s t o p a l l",
    "remove me from all your lists", "Stop texting me from any of your numbers", "unsubscribe me from everything",
    "Take me off every list", "never text me again from this or any other number", "stop both numbers",
    "I don't want texts from anyone at your company", "Quítenme de todas sus listas", "No quiero ningún mensaje",
    "Retirez-moi de toutes vos listes", "Nehmen Sie mich aus allen Listen", "Remova-me de todas as listas",
    "Toglietemi da tutte le liste", "Haal me van alle lijsten", "STOPP ALLE", "stop all texts from billing",
]  # fmt: skip
FOR_ONE = [
    "STOP", "stop please", "Unsubscribe", "UNSTOP", "take me off your list", "don't text me anymore",
    "Do not text me any more", "I want no texts", "Baja", "wrong number", "stop texting me",
    "STOP\n> Sale on all bikes! Reply STOP to opt out of all texts", "remove my number", "",
]  # fmt: skip


def test_words_that_mean_all_inboxes() -> None:
    assert [body for body in FOR_ALL if not means_all_inboxes(body)] == []
    assert [body for body in FOR_ONE if means_all_inboxes(body)] == []


# -- the table ---------------------------------------------------------------------------------------------------

Row = tuple[str, str]  # origin and scope
Rows = frozenset[Row]
APP = "contact in an app"
OWN = {"contact", APP, "told_member", "told_api"}


@dataclass
class ScopeTeam:
    """The team with two inboxes, and a number whose standing is changed."""

    team: Team
    inboxes: dict[str, Inbox]
    number: str = ""

    def text(self, where: str, body: str, channel: str = "") -> ConsentEvent | None:
        inbox = self.inboxes[where]
        now = lock_number(self.team.id, self.number)
        outcome, before = (
            read(body, reader_settings(inbox)).outcome,
            fetch_number_state(self.team.id, self.number),
        )
        lifted = opt_outs_lifted_by(inbox, before.standing, outcome)
        if lifted and not lifted_in_channel(channel, lifted):
            return None  # as messaging.inbound does
        return consent.apply_keyword(
            inbox, self.number, outcome, before=before, now=now, at=now, words=body, message_id=1,
            carrier_answers=False, channel=channel,
        ).event  # fmt: skip

    def lift(self, where: str) -> None:
        consent.lift(self.team.id, self.number, MAYA, reason="a mistake", inbox=self.inboxes.get(where))

    def record_consent(self, where: str) -> None:
        fresh = FreshConsent("yes, text me again", "at the desk", lock_number(self.team.id, self.number))
        consent.lift(
            self.team.id,
            self.number,
            MAYA,
            consent=fresh,
            may_lift_persons=True,
            inbox=self.inboxes.get(where),
        )

    def api(self, status: RequestedStatus, where: str) -> None:
        set_status(self.team.id, self.number, status, A_KEY, inbox=self.inboxes.get(where))

    def choose(self, *, each_inbox: bool) -> None:
        self.team.each_inbox_since = timezone.now() if each_inbox else None
        self.team.save(update_fields=["each_inbox_since"])


def applies(row: Row, inbox: str) -> bool:
    return row[1] in (ALL, inbox)


@dataclass(frozen=True)
class ScopeStep:
    """What somebody does; `expected` gives the rows after it, or None where it must be refused."""

    name: str
    act: Callable[[ScopeTeam], Any]
    expected: Callable[
        [Rows, bool], Rows | None
    ]  # of the rows before, and whether each inbox stands by itself


def stop(where: str, body: str, channel: str = "") -> ScopeStep:
    """An opt-out in an app is of the app alone until another text, by any other channel, says the same."""

    def expected(rows: Rows, each: bool) -> Rows:
        said = where if each and body == "STOP" else ALL
        origin = APP if channel and ("contact", said) not in rows else "contact"
        others = set() if channel else {row for row in rows if row[0] == APP and said in (row[1], ALL)}
        return rows - others | {("contact", row[1]) for row in others} | {(origin, said)}

    return ScopeStep(f"{body} to {where}{channel}", lambda team: team.text(where, body, channel), expected)


def start_in_app(where: str, body: str) -> ScopeStep:
    """An opt-in in an app lifts only what was said in that app alone."""

    def expected(rows: Rows, each: bool) -> Rows:
        return rows - {row for row in rows if row[0] == APP and applies(row, where)}

    return ScopeStep(
        f"{body} to {where} in an app", lambda team: team.text(where, body, "whatsapp"), expected
    )


def start(where: str, body: str) -> ScopeStep:
    """An opt-in lifts what applies to its inbox. YES does so only if one of it is the person's own."""

    def expected(rows: Rows, each: bool) -> Rows:
        lifted = {row for row in rows if applies(row, where)}
        answers = body != "YES" or any(origin in OWN for origin, _ in lifted)
        return rows - lifted if answers else rows

    return ScopeStep(f"{body} to {where}", lambda team: team.text(where, body), expected)


def lift(where: str, name: str, act: Callable[[ScopeTeam], Any], *, persons: bool = False) -> ScopeStep:
    """The team lifts everything that applies there, or nothing: the person's own needs fresh consent of an admin."""

    def expected(rows: Rows, each: bool) -> Rows | None:
        meant = {row for row in rows if where == ALL or applies(row, where)}
        refused = not persons and any(origin in OWN for origin, _ in meant)
        return None if refused else rows - meant

    return ScopeStep(f"{name} {where}", act, expected)


def add(name: str, row: Row, act: Callable[[ScopeTeam], Any]) -> ScopeStep:
    return ScopeStep(name, act, lambda rows, each: rows | {row})


def member_opts_out(where: str, reason: OptOutReason) -> Callable[[ScopeTeam], Any]:
    return lambda team: consent.opt_out_by_member(
        team.team.id, team.number, MAYA, reason, team.inboxes.get(where)
    )


NOTHING = ScopeStep("nothing else", lambda team: None, lambda rows, each: rows)
FIRST = [
    NOTHING,
    *(stop(where, body) for where, body in product((HERE, THERE), ("STOP", "STOP ALL"))),
    stop(HERE, "Please remove me from all your lists"),
    *(stop(HERE, body, "whatsapp") for body in ("STOP", "STOP ALL")),
    add("member opts out of all", ("member", ALL), member_opts_out(ALL, OptOutReason.DECISION)),
    add("member opts out of here", ("member", HERE), member_opts_out(HERE, OptOutReason.DECISION)),
    add("they asked, here", ("told_member", HERE), member_opts_out(HERE, OptOutReason.ASKED)),
    add("an import", ("import", ALL), lambda team: opt_out_many(
        team.team.id, [team.number], Actor(Origin.IMPORT, "list.csv", 8), reason="list")),
    add("API, all", ("api", ALL), lambda team: team.api(RequestedStatus.UNSUBSCRIBED, ALL)),
    add("API, there", ("api", THERE), lambda team: team.api(RequestedStatus.UNSUBSCRIBED, THERE)),
]  # fmt: skip
SECOND = [
    NOTHING,
    *(stop(where, body) for where, body in product((HERE, THERE), ("STOP", "STOP ALL"))),
    *(start(where, body) for where, body in product((HERE, THERE), ("START", "YES"))),
    *(start_in_app(where, body) for where, body in product((HERE, THERE), ("START", "YES"))),
    *(lift(where, "a reason lifts", partial(ScopeTeam.lift, where=where)) for where in (ALL, HERE, THERE)),
    *(lift(where, "consent lifts", partial(ScopeTeam.record_consent, where=where), persons=True)
      for where in (ALL, HERE, THERE)),
    *(lift(where, "API lifts", partial(ScopeTeam.api, status=RequestedStatus.SUBSCRIBED, where=where))
      for where in (ALL, HERE)),
]  # fmt: skip


@pytest.fixture
def northside(cast: Cast) -> Iterator[ScopeTeam]:
    team = cast.northside
    with scope(team.id):
        for inbox in (cast.front_desk, cast.billing):
            inbox.team = team
        yield ScopeTeam(team, {HERE: cast.front_desk, THERE: cast.billing}, MARIA)


def test_ledger_page_api_and_send_guard_agree(cast: Cast, northside: ScopeTeam) -> None:
    """Each scope, with each first and second step, seen from each inbox and from all. Another scope changes nothing."""
    numbers = (f"+1415557{index:04d}" for index in range(10_000))
    shown: set[Rows] = set()
    for each, *steps in product((False, True), FIRST, SECOND):
        team = replace(northside, number=next(numbers))
        team.choose(each_inbox=each)
        rows: Rows = frozenset()
        for step in steps:
            expected = step.expected(rows, each)
            try:
                step.act(team)
                assert expected is not None, f"{step.name} must be refused"
            except CannotLift:
                assert expected is None, step.name
            rows = rows if expected is None else expected
        label = f"{'each inbox' if each else 'all inboxes'}: {', then '.join(step.name for step in steps)}"
        assert rows_of(team) == stored(rows), label
        check_send_guard(team, rows, label)
        if rows not in shown:
            check_page_and_api(cast, team, rows, label)
            shown.add(rows)
        team.choose(each_inbox=not each)
        assert rows_of(team) == stored(rows), f"{label}, then the other scope"
    assert ledger_verification.verify(northside.team.id).fault is None


def check_send_guard(team: ScopeTeam, rows: Rows, label: str) -> None:
    for where, inbox in team.inboxes.items():
        stopped = any(applies(row, where) for row in rows)
        refusal = find_refusal(team.team.id, inbox.id, team.number, timezone.now())
        assert refusal == (Refusal.OPTED_OUT if stopped else None), f"{label}, in {where}"


def check_page_and_api(cast: Cast, team: ScopeTeam, rows: Rows, label: str) -> None:
    """That whoever asks about an inbox or about all is told so."""
    request: Any = SimpleNamespace(team=team.team)
    for where, inbox in {ALL: None, **team.inboxes}.items():
        stopped = any(applies(row, where) for row in rows)
        panel = build_panel(cast.owner, team.number, inbox)
        why = explain_consent(request, team.number, inbox.id if inbox else None)
        assert panel.active == why.may_text == (not stopped), f"{label}, in {where}"
        assert panel.word == word(team, rows, where), f"{label}, in {where}"


def stored(rows: Rows) -> Rows:
    """As the suppressions are; the ledger has the channel."""
    return frozenset(("contact" if origin == APP else origin, where) for origin, where in rows)


def rows_of(team: ScopeTeam) -> Rows:
    names = {inbox.id: name for name, inbox in team.inboxes.items()}
    found = standing_across_inboxes(team.team.id, team.number).rows
    return frozenset((row.origin, names.get(row.inbox_id or 0, ALL)) for row in found)


def word(team: ScopeTeam, rows: Rows, where: str) -> str:
    """What a card says: "Opted out of Billing" there, and about the number if that is the only inbox."""
    scopes = {row[1] for row in rows if where == ALL or applies(row, where)}
    if not scopes:
        return "Active"
    if ALL in scopes:
        return "Opted out"
    return f"Opted out of {', '.join(sorted(str(team.inboxes[name]) for name in scopes))}"


# -- within the scope --------------------------------------------------------------------------------------------


@pytest.fixture
def each_inbox(northside: ScopeTeam) -> ScopeTeam:
    northside.choose(each_inbox=True)
    return northside


def test_the_ledger_has_the_choice_and_its_date(each_inbox: ScopeTeam) -> None:
    """It is part of the hash. An entry without a scope has the hash that it had before there were scopes."""
    since = each_inbox.team.each_inbox_since
    one, all_, other = (each_inbox.text(HERE, body) for body in ("STOP", "STOP ALL", "START"))
    assert one and all_ and other
    assert [(event.only_in_inbox, event.each_inbox_since) for event in (one, all_, other)] == [
        (True, since), (False, since), (False, since),
    ]  # fmt: skip
    assert one.hash == verify.digest(ledger_hash.as_json(one.hashed_columns()))
    changed = ConsentEvent.objects.get(id=one.id)
    changed.only_in_inbox = False
    assert changed.digest() != one.hash
    each_inbox.choose(each_inbox=False)
    before = each_inbox.text(HERE, "STOP")
    assert before and not {"only_in_inbox", "each_inbox_since"} & set(before.hashed_columns())


def test_sentences_name_the_scope(each_inbox: ScopeTeam) -> None:
    for where, body in (
        (HERE, "STOP"),
        (THERE, "STOP ALL"),
        (HERE, "START"),
        (HERE, "STOP"),
        (HERE, "START"),
    ):
        each_inbox.text(where, body)
    consent.opt_out_by_member(
        each_inbox.team.id, MARIA, MAYA, OptOutReason.DECISION, each_inbox.inboxes[THERE]
    )
    each_inbox.lift(THERE)
    assert [describe_entry(event) for event in reversed(history(each_inbox.team.id, MARIA))] == [
        "Contact opted out of Front Desk by texting STOP",
        "Contact opted out of all inboxes by texting “STOP ALL” to Billing",
        "Contact opted back in by texting START to Front Desk",
        "Contact opted out of Front Desk by texting STOP",
        "Contact opted back in to Front Desk by texting START",
        "Maya Chen opted this contact out of Billing (our decision)",
        "Maya Chen lifted the opt-out of Billing (a mistake)",
    ]


def test_confirmations_name_the_inbox_and_one_inbox_does_not_overtake_the_other(
    each_inbox: ScopeTeam,
) -> None:
    first, second = each_inbox.text(HERE, "STOP"), each_inbox.text(THERE, "STOP")
    assert first and second
    now, here = timezone.now(), each_inbox.inboxes[HERE]
    assert find_refusal(each_inbox.team.id, here.id, MARIA, now, confirms=first.id) is None
    each_inbox.text(HERE, "START")
    assert find_refusal(each_inbox.team.id, here.id, MARIA, now, confirms=first.id) == Refusal.OVERTAKEN
    there = each_inbox.inboxes[THERE].id
    assert find_refusal(each_inbox.team.id, there, MARIA, now, confirms=second.id) is None
    for language in ("en", "es", "fr", "pt", "de", "nl", "it"):
        text = reply_text(here, AutoReply.STOP, language, only_here=True)
        assert "Front Desk" in text and "START" in text and "STOP ALL" in text and len(text) <= 160, text
    here.stop_reply = "ScopeTeam: bye."
    assert reply_text(here, AutoReply.STOP, only_here=True) == "ScopeTeam: bye. (Front Desk)"
    assert reply_text(here, AutoReply.STOP) == "ScopeTeam: bye."


def test_a_late_start_counts_if_only_another_inbox_has_a_newer_entry(each_inbox: ScopeTeam) -> None:
    """Promise 2 within the scope: the newest entry of the same inbox, or about all, decides."""
    each_inbox.text(HERE, "STOP")
    between = timezone.now()
    each_inbox.text(THERE, "STOP")
    for where, body, counts in ((HERE, "START", True), (THERE, "START", False)):
        inbox = each_inbox.inboxes[where]
        outcome = consent.apply_keyword(
            inbox, MARIA, read(body).outcome, before=fetch_number_state(inbox.team_id, MARIA), now=timezone.now(),
            at=between, words=body, message_id=2, carrier_answers=False,
        )  # fmt: skip
        assert bool(outcome.event) == counts, where


def test_a_carriers_refusal_counts_in_its_inbox(each_inbox: ScopeTeam) -> None:
    """Promise 5: for sends claimed after the newest opt-in to this inbox, whatever was texted to the other."""
    here, claimed = each_inbox.inboxes[HERE], timezone.now()
    each_inbox.text(THERE, "START")
    event = consent.apply_carrier_refusal(here, MARIA, claimed_at=claimed, message_id=3, reason="21610")
    assert event and event.added == [f"opt_out carrier {here.id}"] and event.only_in_inbox
    each_inbox.text(HERE, "START")
    assert not consent.apply_carrier_refusal(here, MARIA, claimed_at=claimed, message_id=4, reason="21610")


def test_fresh_consent_is_compared_with_the_opt_outs_of_its_inbox(each_inbox: ScopeTeam) -> None:
    each_inbox.text(HERE, "STOP")
    given = timezone.now()
    each_inbox.text(THERE, "STOP")
    fresh, inboxes = FreshConsent("yes", "by phone", given), each_inbox.inboxes

    def lift_in(inbox: Inbox | None) -> ConsentEvent | None:
        return consent.lift(
            inboxes[HERE].team_id, MARIA, MAYA, consent=fresh, may_lift_persons=True, inbox=inbox
        )

    for inbox in (inboxes[THERE], None):
        with pytest.raises(CannotLift, match="older than the opt-out"):
            lift_in(inbox)
    assert lift_in(inboxes[HERE])
    assert [row.inbox_id for row in standing_across_inboxes(each_inbox.team.id, MARIA).rows] == [
        inboxes[THERE].id
    ]


def test_an_old_list_counts_in_spite_of_an_opt_in_to_one_inbox(each_inbox: ScopeTeam) -> None:
    before = timezone.now() - timedelta(days=1)
    each_inbox.text(HERE, "START")
    set_status(
        each_inbox.team.id, MARIA, RequestedStatus.UNSUBSCRIBED, A_KEY,
        word=RecordedWord("desk", "no", before),
    )  # fmt: skip
    assert [row.inbox_id for row in standing_across_inboxes(each_inbox.team.id, MARIA).rows] == [None]


def test_contacts_name_the_inboxes_in_one_statement(cast: Cast, each_inbox: ScopeTeam) -> None:
    each_inbox.text(THERE, "STOP")
    consent.opt_out_by_member(
        cast.northside.id, MARIA, MAYA, OptOutReason.DECISION, each_inbox.inboxes[THERE]
    )
    consent.opt_out_by_member(cast.northside.id, MARIA, MAYA, OptOutReason.DECISION, each_inbox.inboxes[HERE])
    with captured() as queries:
        rows = list(
            Contact.objects.filter(team=cast.northside).with_opted_out_of(cast.northside).order_by("id")
        )
    assert [row.opted_out_of for row in rows] == [["Billing", "Front Desk"], []]
    assert len(queries) == 1
