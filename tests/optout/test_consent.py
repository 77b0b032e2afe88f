"""What takes the right to text away and what gives it back: every set of rows against everything that can happen."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain, combinations, product
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import Inbox, KeywordResponder
from contacts.contact.models import Contact
from kernel.tenancy import scope
from optout import consent, keywords, ledger_verification
from optout.auto_replies import AutoReply
from optout.consent_types import CONFIRM_WITHIN, Actor, KeywordOutcome, Refusal
from optout.keywords import KeywordIntent
from optout.ledger import history
from optout.lifting_rules import CannotLift, FreshConsent
from optout.models import Action, ConsentEvent, Origin, Standing, StandingState, Suppression, SuppressionKind
from optout.number_locks import lock_key, lock_number
from optout.number_state import fetch_number_state, standing
from optout.send_guard import find_refusal
from tests.cast import MARIA, STRANGER, Cast

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOON = MORNING + timedelta(hours=3)
EVENING = MORNING + timedelta(hours=9)
MINUTE = timedelta(minutes=1)

# Every row that a number can have, seen from the inbox "here"; the carrier's may hold in one inbox only.
OWN_EVERYWHERE = {"contact", "carrier", "vendor list"}
AT_ONE_INBOX = {"carrier here", "carrier there"}
OWN = OWN_EVERYWHERE | AT_ONE_INBOX
OURS = {"member", "import", "api"}
OPT_OUTS = OWN | OURS
BLOCK = {"block"}
ROWS = sorted(OPT_OUTS | BLOCK)
ALL_SETS = tuple(
    frozenset(rows) for rows in chain.from_iterable(combinations(ROWS, size) for size in range(len(ROWS) + 1))
)
# For variations of an act that has met all of them: none, each alone, each pair, all at once.
FEW_SETS = tuple(rows for rows in ALL_SETS if len(rows) <= 2 or len(rows) == len(ROWS))

ORIGIN_OF = {
    "contact": Origin.CONTACT,
    "carrier": Origin.CARRIER,
    "carrier here": Origin.CARRIER,
    "carrier there": Origin.CARRIER,
    "vendor list": Origin.VENDOR_LIST,
    "member": Origin.MEMBER,
    "import": Origin.IMPORT,
    "api": Origin.API,
    "block": Origin.MEMBER,
}

MAYA = Actor(Origin.MEMBER, "Maya Chen", 7)
AN_IMPORT = Actor(Origin.IMPORT, "customers.csv", 8)
A_KEY = Actor(Origin.API, "CRM key", 9)


# -- the rule, stated for the table ------------------------------------------------------------------------------

Rows = frozenset[str] | set[str]
NOTHING: Rows = frozenset()


@dataclass(frozen=True)
class Expected:
    """What shall come of an act: rows that go and come, whether a line is written, the answer due, or a refusal."""

    lifts: Rows = NOTHING
    adds: Rows = NOTHING
    line: bool = False
    answer: AutoReply | None = None
    refused: bool = False


NO_CHANGE = Expected()
CANNOT = Expected(refused=True)


def holds_here(rows: Rows) -> bool:
    return bool(rows - {"carrier there"})


def comes_back(rows: Rows) -> Expected:
    """START and UNSTOP lift every opt-out, whatever its origin, and no block."""
    return Expected(
        lifts=rows & OPT_OUTS,
        line=True,
        answer=AutoReply.START if rows & OPT_OUTS and not rows & BLOCK else None,
    )


def says_yes(rows: Rows) -> Expected:
    """YES is an everyday answer, unless one of the person's own opt-outs stands."""
    return comes_back(rows) if rows & OWN else NO_CHANGE


def says_stop(rows: Rows) -> Expected:
    """A repeated STOP is a line too, and the confirmation is only for one from active, as seen in this inbox."""
    return Expected(adds={"contact"} - rows, line=True, answer=None if holds_here(rows) else AutoReply.STOP)


def asks_for_help(rows: Rows) -> Expected:
    return NO_CHANGE if holds_here(rows) else Expected(answer=AutoReply.HELP)


def lifts_ours(rows: Rows) -> Expected:
    """Without fresh consent of an admin only what we recorded goes, and only if none of the person's own stands."""
    if not rows & OPT_OUTS:
        return NO_CHANGE
    if rows & OWN_EVERYWHERE or not rows & OURS:
        return CANNOT
    return Expected(lifts=rows & OURS, line=True)


def lifts_all_but_the_carriers_list(rows: Rows) -> Expected:
    """An admin's fresh consent lifts all that is ours to change: the carrier's list of one inbox is not."""
    if not rows & OPT_OUTS:
        return NO_CHANGE
    return (
        Expected(lifts=rows & OPT_OUTS - AT_ONE_INBOX, line=True)
        if rows & OPT_OUTS - AT_ONE_INBOX
        else CANNOT
    )


def lifts_nothing_with_that(rows: Rows) -> Expected:
    return CANNOT if rows & OPT_OUTS else NO_CHANGE


def adds(name: str) -> Callable[[Rows], Expected]:
    return lambda rows: NO_CHANGE if name in rows else Expected(adds={name}, line=True)


def unblocks(rows: Rows) -> Expected:
    return Expected(lifts=rows & BLOCK, line=True) if rows & BLOCK else NO_CHANGE


def carrier_refuses(rows: Rows) -> Expected:
    """With no opt-in on record: a STOP that we missed, so all inboxes, unless the person's own stands there already."""
    return NO_CHANGE if rows & OWN_EVERYWHERE else Expected(adds={"carrier"}, line=True)


def carrier_refuses_again(rows: Rows) -> Expected:
    """With one: its list of this inbox, unless the person's own stands there or everywhere already."""
    return (
        NO_CHANGE
        if rows & (OWN_EVERYWHERE | {"carrier here"})
        else Expected(adds={"carrier here"}, line=True)
    )


def nothing(rows: Rows) -> Expected:
    return NO_CHANGE


# -- everything that can happen ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class TwoInboxes:
    """The inbox that an act is about, and another one of the same team."""

    here: Inbox
    there: Inbox

    @property
    def team_id(self) -> int:
        return self.here.team_id


Act = Callable[[TwoInboxes, str], KeywordOutcome | ConsentEvent | None]


def text(body: str, at: datetime | None = None, carrier_answers: bool = False) -> Act:
    """A person's text, read by the real keywords, by default sent now."""

    def act(world: TwoInboxes, number: str) -> KeywordOutcome:
        now = lock_number(world.team_id, number)
        return consent.apply_keyword(
            world.here,
            number,
            keywords.read_intent(body),
            before=fetch_number_state(world.team_id, number),
            now=now,
            at=at or now,
            words=body,
            message_id=1,
            carrier_answers=carrier_answers,
        )

    return act


def lift(actor: Actor, *, admin: bool = False, reason: str = "", obtained_at: datetime | None = None) -> Act:
    fresh = FreshConsent("yes, text me again", "at the front desk", obtained_at) if obtained_at else None
    return lambda world, number: consent.lift(
        world.team_id, number, actor, reason=reason, consent=fresh, may_lift_persons=admin
    )


def carrier_refused(claimed_at: datetime) -> Act:
    return lambda world, number: consent.apply_carrier_refusal(
        world.here, number, claimed_at=claimed_at, message_id=2, reason="21610"
    )


def opt_out(actor: Actor) -> Act:
    return lambda world, number: consent.opt_out(world.team_id, number, actor, reason="they asked us")


@dataclass(frozen=True)
class Case:
    name: str
    act: Act
    expected: Callable[[Rows], Expected]
    opted_in_at: datetime | None = None  # an opt-in on record, older than every row
    sets: Sequence[Rows] = ALL_SETS


def variation(*told: Any, **options: Any) -> Case:
    return replace(Case(*told, **options), sets=FEW_SETS)


# The standing rows were all made at noon.
TABLE = [
    Case("START", text("START"), comes_back),
    variation("UNSTOP", text("Unstop"), comes_back),
    Case("YES", text("yes"), says_yes),
    Case("STOP", text("STOP"), says_stop),
    variation("stop all", text("Stop all, please"), says_stop),
    variation("HELP", text("help"), asks_for_help),
    variation("conversation", text("Please stop by at 5, and start without me"), nothing),
    variation(
        "START older than the newest line", text("START", at=NOON - MINUTE), lambda rows: late_start(rows)
    ),
    variation("YES older than the newest line", text("YES", at=NOON - MINUTE), lambda rows: late_yes(rows)),
    variation(
        "STOP older than the newest line", text("STOP", at=NOON - MINUTE), lambda rows: late_stop(rows)
    ),
    variation(
        "STOP where the carrier answers", text("STOP", carrier_answers=True), lambda r: silently(says_stop(r))
    ),
    variation(
        "START where the carrier answers",
        text("START", carrier_answers=True),
        lambda r: silently(comes_back(r)),
    ),
    variation("HELP where the carrier answers", text("HELP", carrier_answers=True), nothing),
    Case("member: it was a mistake", lift(MAYA, reason="a mistake"), lifts_ours),
    variation("member: fresh consent", lift(MAYA, reason="came back", obtained_at=EVENING), lifts_ours),
    Case("admin: it was a mistake", lift(MAYA, admin=True, reason="a mistake"), lifts_ours),
    Case(
        "admin: newer consent", lift(MAYA, admin=True, obtained_at=EVENING), lifts_all_but_the_carriers_list
    ),
    Case("admin: older consent", lift(MAYA, admin=True, obtained_at=MORNING), lifts_nothing_with_that),
    variation(
        "admin: as old as the opt-out", lift(MAYA, admin=True, obtained_at=NOON), lifts_nothing_with_that
    ),
    Case("API: subscribed", lift(A_KEY, reason="subscribed"), lifts_ours),
    variation(
        "API with consent, without the scope", lift(A_KEY, reason="x", obtained_at=EVENING), lifts_ours
    ),
    Case("API with consent", lift(A_KEY, admin=True, obtained_at=EVENING), lifts_all_but_the_carriers_list),
    variation(
        "API with older consent", lift(A_KEY, admin=True, obtained_at=MORNING), lifts_nothing_with_that
    ),
    variation("import that lifts", lift(AN_IMPORT, reason="asked for expressly"), lifts_ours),
    variation(
        "import with consent", lift(AN_IMPORT, admin=True, reason="asked", obtained_at=EVENING), lifts_ours
    ),
    variation("nobody says why", lift(MAYA), lifts_nothing_with_that),
    variation("block", lambda world, number: consent.block(world.team_id, number, MAYA), adds("block")),
    Case("unblock", lambda world, number: consent.unblock(world.team_id, number, MAYA), unblocks),
    variation("member opts out", opt_out(MAYA), adds("member")),
    variation("import opts out", opt_out(AN_IMPORT), adds("import")),
    variation("API opts out", opt_out(A_KEY), adds("api")),
    Case("carrier refused, no opt-in on record", carrier_refused(EVENING), carrier_refuses),
    Case(
        "carrier refused, claimed after", carrier_refused(EVENING), carrier_refuses_again, opted_in_at=MORNING
    ),
    variation(
        "carrier refused, claimed before", carrier_refused(MORNING - MINUTE), nothing, opted_in_at=MORNING
    ),
]


def late_start(rows: Rows) -> Expected:
    """An opt-in that is older than the newest line changes nothing; with no line there is nothing to be older than."""
    return NO_CHANGE if rows else comes_back(rows)


def late_yes(rows: Rows) -> Expected:
    return NO_CHANGE


def late_stop(rows: Rows) -> Expected:
    """It counts however late, but is not confirmed any more."""
    return silently(says_stop(rows))


def silently(expected: Expected) -> Expected:
    return replace(expected, answer=None)


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.name)
def test_what_lifts_what(cast: Cast, case: Case) -> None:
    """Every set of standing rows against one act: what stands then, what the ledger says of it, what is answered."""
    with scope(cast.northside.id):
        world = TwoInboxes(cast.front_desk, cast.billing)
        numbers = given(world, case.sets, case.opted_in_at)
        lines_before = {number: len(lines) for number, lines in lines_by_number(world).items()}
        outcomes = {number: outcome(case.act, world, number) for number in numbers}

        after, lines = rows_by_number(world), lines_by_number(world)
        for number, rows in numbers.items():
            says = f"{case.name} upon {sorted(rows) or 'nothing'}"
            expected = case.expected(rows)
            result = outcomes[number]
            assert isinstance(result, CannotLift) == expected.refused, says
            assert not expected.refused or str(result).endswith("."), (
                "a sentence that says what would lift it"
            )
            assert after.get(number, NOTHING) == (rows - expected.lifts) | expected.adds, says
            new = lines.get(number, [])[lines_before.get(number, 0) :]
            assert len(new) == expected.line, says
            answer = result.reply if isinstance(result, KeywordOutcome) else None
            assert answer == expected.answer, says
            returned = result.event if isinstance(result, KeywordOutcome) else result
            if expected.line:
                assert isinstance(returned, ConsentEvent) and returned.id == new[0].id, says
                assert {name_of(word, world) for word in new[0].added} == expected.adds, says
                assert {name_of(word, world) for word in new[0].lifted} == expected.lifts, says
                assert (new[0].before, new[0].after) == (
                    state_of(rows),
                    state_of(after.get(number, NOTHING)),
                ), says
            elif not expected.refused:
                assert returned is None, says
        # Every chain is whole, and following it from its first line gives exactly the rows that stand.
        assert ledger_verification.verify(world.team_id).fault is None


# -- rows given and read -----------------------------------------------------------------------------------------


def given(world: TwoInboxes, sets: Iterable[Rows], opted_in_at: datetime | None = None) -> dict[str, Rows]:
    """A number for each set of rows, which were all made at noon, each by its own line of the ledger."""
    events: list[ConsentEvent] = []
    suppressions: list[tuple[Suppression, ConsentEvent]] = []
    numbers = {f"+1415556{index:04d}": rows for index, rows in enumerate(sets)}
    for number, rows in numbers.items():
        newest = None
        if opted_in_at:
            newest = line(world, number, None, Action.OPTED_IN, Origin.CONTACT, opted_in_at)
            events.append(newest)
        for name in sorted(rows):
            row = row_of(world, number, name)
            action = Action.BLOCKED if row.kind == SuppressionKind.BLOCK else Action.OPTED_OUT
            newest = line(world, number, newest, action, Origin(row.origin), NOON, row)
            events.append(newest)
            suppressions.append((row, newest))
    ConsentEvent.objects.bulk_create(events)
    for row, event in suppressions:
        row.event_id = event.id
    Suppression.objects.bulk_create(row for row, _ in suppressions)
    return numbers


def row_of(world: TwoInboxes, number: str, name: str) -> Suppression:
    inbox = {"carrier here": world.here, "carrier there": world.there}.get(name)
    return Suppression(
        team_id=world.team_id,
        number=number,
        kind=SuppressionKind.BLOCK if name == "block" else SuppressionKind.OPT_OUT,
        origin=ORIGIN_OF[name],
        inbox=inbox,
        created_at=NOON,
    )


def line(
    world: TwoInboxes,
    number: str,
    newest: ConsentEvent | None,
    action: Action,
    origin: Origin,
    at: datetime,
    row: Suppression | None = None,
) -> ConsentEvent:
    words = [f"{row.kind} {row.origin} {row.inbox_id or ''}".strip()] if row else []
    after = state_of(
        {"block"} if row and row.kind == SuppressionKind.BLOCK else {"member"} if row else NOTHING
    )
    event = ConsentEvent(
        team_id=world.team_id,
        number=number,
        position=newest.position + 1 if newest else 1,
        action=action,
        origin=origin,
        before=newest.after if newest else StandingState.ACTIVE,
        after=StandingState.BLOCKED if newest and newest.after == StandingState.BLOCKED else after,
        added=words,
        happened_at=at,
        recorded_at=at,
        previous_hash=newest.hash if newest else "",
    )
    event.hash = event.digest()
    return event


def rows_by_number(world: TwoInboxes) -> dict[str, Rows]:
    found: dict[str, set[str]] = {}
    for row in Suppression.objects.filter(team_id=world.team_id):
        found.setdefault(row.number, set()).add(
            name_of(f"{row.kind} {row.origin} {row.inbox_id or ''}", world)
        )
    return dict(found)


def lines_by_number(world: TwoInboxes) -> dict[str, list[ConsentEvent]]:
    found: dict[str, list[ConsentEvent]] = {}
    for event in ConsentEvent.objects.filter(team_id=world.team_id).order_by("number", "position"):
        found.setdefault(event.number, []).append(event)
    return found


def name_of(word: str, world: TwoInboxes) -> str:
    kind, origin, *inbox = word.split()
    if kind == SuppressionKind.BLOCK:
        return "block"
    places = {str(world.here.id): " here", str(world.there.id): " there"}
    return origin.replace("_", " ") + (places[inbox[0]] if inbox else "")


def state_of(rows: Rows) -> StandingState:
    return (
        StandingState.BLOCKED
        if rows & BLOCK
        else StandingState.OPTED_OUT
        if rows & OPT_OUTS
        else StandingState.ACTIVE
    )


def outcome(act: Act, world: TwoInboxes, number: str) -> Any:
    try:
        return act(world, number)
    except CannotLift as refusal:
        return refusal


# -- what is shown -----------------------------------------------------------------------------------------------


def test_standing_is_block_over_opt_out_over_active() -> None:
    here, there = Inbox(id=1, team_id=1), Inbox(id=2, team_id=1)
    views = (here.id, {"carrier there"}), (there.id, {"carrier here"}), (None, AT_ONE_INBOX)
    for rows, (inbox_id, hidden) in product(ALL_SETS, views):
        says = f"{sorted(rows)} seen from {inbox_id}"
        everywhere = Standing.of(MARIA, [row_of(TwoInboxes(here, there), MARIA, name) for name in rows])
        seen = everywhere.in_inbox(inbox_id)
        assert seen.state == state_of(rows - hidden), says
        assert seen.may_text == (not rows - hidden), says
        assert seen.blocked == ("block" in rows), says
        assert len(seen.opt_outs) == len(rows - hidden - BLOCK), says
        assert len(seen.persons_own) == len((rows - hidden) & OWN), says
        ranks = [(row.kind != SuppressionKind.BLOCK, not row.persons_own) for row in seen.rows]
        assert ranks == sorted(ranks), f"{says}: a block first, then the person's own, then what we recorded"


def test_the_standing_joined_in_is_the_standing(cast: Cast) -> None:
    """Contacts carry no column of their own: what a list of them shows is what a send would meet."""
    with scope(cast.northside.id):
        numbers = given(TwoInboxes(cast.front_desk, cast.billing), ALL_SETS)
        Contact.objects.bulk_create(Contact(team=cast.northside, number=number) for number in numbers)
        shown = Contact.objects.filter(number__in=numbers).with_standing(cast.northside)
        assert {contact.number: contact.standing for contact in shown} == {
            number: state_of(rows - AT_ONE_INBOX) for number, rows in numbers.items()
        }


# -- before and after in time (Promise 2) ------------------------------------------------------------------------


@dataclass
class Northside:
    """One team and one person, with what happens between them told in short sentences."""

    team_id: int
    here: Inbox
    there: Inbox

    def texts(
        self, body: str, at: datetime | None = None, inbox: Inbox | None = None, **options: Any
    ) -> KeywordOutcome:
        found = text(body, at, **options)(TwoInboxes(inbox or self.here, self.there), MARIA)
        assert isinstance(found, KeywordOutcome)
        return found

    def now(self) -> datetime:
        return lock_number(self.team_id, MARIA)

    def refusal(self, inbox: Inbox | None = None, **options: Any) -> Refusal | None:
        now = options.pop("now", None) or self.now()
        return find_refusal(self.team_id, (inbox or self.here).id, MARIA, now, **options)

    def carrier_refuses(self, claimed_at: datetime, inbox: Inbox | None = None) -> ConsentEvent | None:
        return consent.apply_carrier_refusal(
            inbox or self.here, MARIA, claimed_at=claimed_at, message_id=3, reason="21610"
        )

    @property
    def rows(self) -> Rows:
        return rows_by_number(TwoInboxes(self.here, self.there)).get(MARIA, set())

    @property
    def lines(self) -> list[ConsentEvent]:
        return history(self.team_id, MARIA)


@pytest.fixture
def northside(cast: Cast) -> Iterator[Northside]:
    with scope(cast.northside.id):
        yield Northside(cast.northside.id, cast.front_desk, cast.billing)


def test_a_late_stop_counts_however_old(northside: Northside) -> None:
    northside.texts("START", at=NOON)
    heard = northside.texts("STOP", at=MORNING)
    assert northside.rows == {"contact"}
    assert heard.event is not None and heard.event.happened_at == MORNING


def test_a_late_start_does_not_undo_a_newer_stop(northside: Northside) -> None:
    northside.texts("STOP", at=NOON)
    heard = northside.texts("START", at=MORNING)
    assert (heard.event, heard.reply) == (None, None)
    assert northside.rows == {"contact"}


def test_a_late_start_is_measured_by_the_newest_time_not_by_the_last_line(northside: Northside) -> None:
    """The last line may be a STOP that was itself found late."""
    northside.texts("STOP", at=EVENING)
    northside.texts("STOP", at=MORNING)
    assert northside.texts("START", at=NOON).event is None
    assert northside.rows == {"contact"}
    northside.texts("START", at=EVENING + MINUTE)
    assert not northside.rows


@pytest.mark.parametrize("word", ["START", "YES"])
def test_an_opt_in_as_old_as_the_newest_line_counts(northside: Northside, word: str) -> None:
    """Carriers tell whole seconds: only what is certainly older came too late."""
    northside.texts("STOP", at=NOON)
    northside.texts(word, at=NOON)
    assert not northside.rows


def test_a_start_from_active_is_a_line_though_it_lifts_nothing(northside: Northside) -> None:
    """It is an opt-in on record, by which a carrier's refusal is measured."""
    heard = northside.texts("START")
    assert heard.event is not None and heard.event.is_opt_in and not heard.event.changed
    assert heard.reply is None


def test_an_opt_out_cannot_lie_in_the_future(northside: Northside) -> None:
    """Else no START could follow it."""
    tomorrow = northside.now() + timedelta(days=1)
    consent.opt_out(northside.team_id, MARIA, AN_IMPORT, reason="list", happened_at=tomorrow)
    northside.texts("START")
    assert not northside.rows


# -- lifting by us (Promise 4) -----------------------------------------------------------------------------------


def consent_given(at: datetime, words: str = "text me again", source: str = "at the desk") -> FreshConsent:
    return FreshConsent(words, source, at)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"words": "  "}, "what the person said"),
        ({"source": ""}, "where they said it"),
        ({"at": NOON - MINUTE}, "older than the opt-out"),
        ({"at": NOON}, "older than the opt-out"),
        ({"at": datetime(2999, 1, 1, tzinfo=UTC)}, "in the future"),
    ],
)
def test_fresh_consent_is_words_source_and_a_newer_date(
    northside: Northside, change: dict[str, Any], says: str
) -> None:
    northside.texts("STOP", at=NOON)
    fresh = consent_given(**{"at": EVENING, **change})
    with pytest.raises(CannotLift, match=says):
        consent.lift(northside.team_id, MARIA, MAYA, consent=fresh, may_lift_persons=True)
    assert northside.rows == {"contact"}


def test_fresh_consent_must_be_newer_than_the_newest_opt_out_even_one_that_is_lifted(
    northside: Northside,
) -> None:
    northside.texts("STOP", at=MORNING)
    northside.texts("START", at=NOON)
    northside.texts("STOP", at=EVENING)
    consent.opt_out(northside.team_id, MARIA, AN_IMPORT, reason="list", happened_at=MORNING)
    with pytest.raises(CannotLift):
        consent.lift(
            northside.team_id, MARIA, MAYA, consent=consent_given(NOON + MINUTE), may_lift_persons=True
        )


def test_fresh_consent_is_written_down_with_who_recorded_it(northside: Northside) -> None:
    northside.texts("STOP", at=NOON)
    event = consent.lift(
        northside.team_id, MARIA, MAYA, consent=consent_given(EVENING), may_lift_persons=True
    )
    assert event is not None and event.is_opt_in
    told = (event.words, event.source, event.obtained_at, event.actor_name, event.actor_id, event.origin)
    assert told == ("text me again", "at the desk", EVENING, "Maya Chen", 7, Origin.MEMBER)


def test_the_api_lifts_ours_and_its_key_is_recorded(northside: Northside) -> None:
    consent.opt_out(northside.team_id, MARIA, AN_IMPORT, reason="list")
    event = consent.lift(northside.team_id, MARIA, A_KEY, reason="subscribed")
    assert event is not None and not northside.rows
    assert (event.origin, event.actor_id, event.actor_name, event.reason) == (
        Origin.API, 9, "CRM key", "subscribed",
    )  # fmt: skip
    assert not event.is_opt_in


# -- the carrier's word (Promise 5) ------------------------------------------------------------------------------

OPT_INS: dict[str, Callable[[Northside], Any]] = {
    "START": lambda northside: northside.texts("START"),
    "YES": lambda northside: (northside.texts("STOP"), northside.texts("YES")),
    "fresh consent": lambda northside: (
        northside.texts("STOP", at=MORNING),
        consent.lift(northside.team_id, MARIA, MAYA, consent=consent_given(NOON), may_lift_persons=True),
    ),
}
NO_OPT_INS: dict[str, Callable[[Northside], Any]] = {
    "nothing": lambda northside: None,
    "HELP": lambda northside: northside.texts("HELP"),
    "a lifted mistake": lambda northside: (
        consent.opt_out(northside.team_id, MARIA, MAYA, reason="they asked us"),
        consent.lift(northside.team_id, MARIA, MAYA, reason="a mistake"),
    ),
    "subscribed by the API": lambda northside: (
        consent.opt_out(northside.team_id, MARIA, A_KEY, reason="list"),
        consent.lift(northside.team_id, MARIA, A_KEY, reason="subscribed"),
    ),
    "an unblocking": lambda northside: (
        consent.block(northside.team_id, MARIA, MAYA),
        consent.unblock(northside.team_id, MARIA, MAYA),
    ),
}


@pytest.mark.parametrize("opt_in", OPT_INS)
def test_with_an_opt_in_on_record_the_carrier_stops_its_inbox_only(northside: Northside, opt_in: str) -> None:
    too_early = northside.now()
    OPT_INS[opt_in](northside)
    assert northside.carrier_refuses(claimed_at=too_early) is None, (
        "claimed before: it tells of an older STOP"
    )
    assert not northside.rows
    assert northside.carrier_refuses(claimed_at=northside.now()) is not None
    assert northside.rows == {"carrier here"}
    assert (northside.refusal(), northside.refusal(northside.there)) == (Refusal.OPTED_OUT, None)
    with pytest.raises(CannotLift, match="texts START"):
        fresh = consent_given(northside.now())
        consent.lift(northside.team_id, MARIA, MAYA, consent=fresh, may_lift_persons=True)
    northside.texts("START")
    assert northside.refusal() is None


@pytest.mark.parametrize("past", NO_OPT_INS)
def test_without_one_the_carriers_refusal_is_a_stop_that_we_missed(northside: Northside, past: str) -> None:
    claimed_at = northside.now()
    NO_OPT_INS[past](northside)
    event = northside.carrier_refuses(claimed_at)
    assert event is not None and (event.origin, event.reason, event.message_id) == (
        Origin.CARRIER,
        "21610",
        3,
    )
    assert northside.rows == {"carrier"}
    assert northside.refusal(northside.there) == Refusal.OPTED_OUT
    assert consent.lift(
        northside.team_id, MARIA, MAYA, consent=consent_given(northside.now()), may_lift_persons=True
    )


def test_the_carrier_saying_the_same_again_writes_nothing(northside: Northside) -> None:
    northside.texts("START")
    claimed_at = northside.now()
    assert northside.carrier_refuses(claimed_at) and not northside.carrier_refuses(claimed_at)
    assert northside.carrier_refuses(claimed_at, northside.there)
    assert northside.rows == {"carrier here", "carrier there"}
    assert len(northside.lines) == 3


# -- the confirmation (Promise 6) --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "due"), [(0, True), (4 * 60 + 59, True), (5 * 60 - 1, True), (5 * 60 + 1, False), (86400, False)]
)
def test_a_stop_is_confirmed_within_five_minutes_or_never(northside: Northside, age: int, due: bool) -> None:
    at = northside.now() - timedelta(seconds=age)
    heard = northside.texts("STOP", at=at)
    assert heard.reply == (AutoReply.STOP if due else None)
    assert northside.rows == {"contact"}


@pytest.mark.parametrize("confirms", KeywordResponder)
@pytest.mark.parametrize("reacted", [True, False])
def test_the_carrier_answers_where_it_does_and_did(
    cast: Cast, confirms: KeywordResponder, reacted: bool
) -> None:
    cast.front_desk.keyword_responder = confirms
    answers = consent.carrier_sends_reply(cast.front_desk, reacted=reacted)
    assert answers == (confirms == KeywordResponder.CARRIER and reacted)


def test_only_the_confirmation_of_the_newest_change_may_leave(northside: Northside) -> None:
    first = northside.texts("STOP").event
    assert first is not None
    assert northside.refusal() == Refusal.OPTED_OUT, "an ordinary text may not"
    assert northside.refusal(confirms=first.id) is None
    later = first.happened_at + CONFIRM_WITHIN
    assert northside.refusal(confirms=first.id, now=later) is None
    assert northside.refusal(confirms=first.id, now=later + timedelta(microseconds=1)) == Refusal.TOO_LATE
    second = northside.texts("STOP").event
    assert second is not None
    assert northside.refusal(confirms=first.id) is None, "an impatient second STOP changed nothing"
    assert northside.refusal(confirms=second.id) == Refusal.OVERTAKEN, "and is not confirmed itself"
    northside.texts("START")
    assert northside.refusal(confirms=first.id) == Refusal.OVERTAKEN
    assert northside.refusal() is None


def test_a_blocked_number_gets_no_confirmation(northside: Northside) -> None:
    stop = northside.texts("STOP").event
    assert stop is not None
    consent.block(northside.team_id, MARIA, MAYA)
    assert northside.refusal(confirms=stop.id) == Refusal.BLOCKED
    assert northside.refusal() == Refusal.BLOCKED
    consent.unblock(northside.team_id, MARIA, MAYA)
    assert northside.refusal() == Refusal.OPTED_OUT, "unblocking shows the opt-out that still stands"


def test_an_event_that_never_was_confirms_nothing(northside: Northside) -> None:
    assert northside.refusal(confirms=12345) == Refusal.OVERTAKEN


# -- one transaction, one order (Promises 1 and 3) ---------------------------------------------------------------


def test_a_change_and_its_line_are_one_transaction(cast: Cast) -> None:
    class Crash(Exception):
        pass

    story = Northside(cast.northside.id, cast.front_desk, cast.billing)
    with pytest.raises(Crash), scope(story.team_id):
        story.texts("STOP")
        assert story.rows and story.lines
        raise Crash
    with scope(story.team_id):
        assert not story.rows and not story.lines


def test_a_line_that_cannot_be_written_changes_nothing(cast: Cast, owner: Any) -> None:
    """The row of the suppression comes and goes with its line, also when it is the row that fails."""
    story = Northside(cast.northside.id, cast.front_desk, cast.billing)
    owner.execute("ALTER TABLE optout_suppression ADD CONSTRAINT never CHECK (origin <> 'contact')")
    try:
        with pytest.raises(Exception, match="never"), scope(story.team_id):
            story.texts("STOP")
    finally:
        owner.execute("ALTER TABLE optout_suppression DROP CONSTRAINT never")
    with scope(story.team_id):
        assert not story.rows and not story.lines


def test_outside_a_scope_nothing_can_be_written(cast: Cast) -> None:
    with pytest.raises(Exception, match="row-level security"), transaction.atomic():
        consent.opt_out(cast.northside.id, MARIA, MAYA, reason="they asked us")


@pytest.mark.parametrize(
    "act",
    [opt_out(MAYA), lift(MAYA, reason="a mistake"), carrier_refused(EVENING), text("STOP")],
    ids=["opt out", "lift", "carrier refused", "STOP"],
)
def test_every_change_waits_for_the_numbers_lock(cast: Cast, owner: Any, act: Act) -> None:
    """Somebody else holds it; the change must still be waiting when its patience ends."""
    key = lock_key(cast.northside.id, MARIA)
    owner.execute("SELECT pg_advisory_lock(%s)", [key])
    try:
        with pytest.raises(Exception, match="lock timeout"), scope(cast.northside.id):
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
            act(TwoInboxes(cast.front_desk, cast.billing), MARIA)
    finally:
        owner.execute("SELECT pg_advisory_unlock(%s)", [key])


def test_the_lock_is_the_teams_and_the_numbers() -> None:
    keys = {lock_key(team, number) for team in (1, 2) for number in (MARIA, STRANGER)}
    assert len(keys) == 4
    assert all(-(2**63) <= key < 2**63 for key in keys)


def test_another_teams_stop_is_not_ours(cast: Cast) -> None:
    with scope(cast.harbor.id):
        text("STOP")(TwoInboxes(cast.shop, cast.shop), MARIA)
    with scope(cast.northside.id):
        assert standing(cast.northside.id, MARIA).may_text


def test_deleting_the_contact_leaves_the_opt_out(cast: Cast) -> None:
    with scope(cast.northside.id):
        text("STOP")(TwoInboxes(cast.front_desk, cast.billing), MARIA)
        cast.maria.delete()
        Contact.objects.create(team=cast.northside, number=MARIA, display_name="Maria again")
        assert (
            Contact.objects.with_standing(cast.northside).get(number=MARIA).standing
            == StandingState.OPTED_OUT
        )


def test_help_changes_nothing_and_names_no_line(northside: Northside) -> None:
    heard = northside.texts("HELP")
    assert (heard.reply, heard.event, northside.lines) == (AutoReply.HELP, None, [])
    assert keywords.read_intent("HELP") is KeywordIntent.HELP
