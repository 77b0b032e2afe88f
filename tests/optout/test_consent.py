"""Tests of consent: every set of suppressions with every action, and the order, times and confirmation of changes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain, combinations, product
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Inbox, KeywordResponder
from contacts.contact.models import Contact
from kernel.tenancy import scope
from optout import consent, keywords, ledger_verification
from optout.auto_replies import AutoReply
from optout.consent_types import CONFIRM_WITHIN, Actor, KeywordOutcome, Refusal
from optout.ledger import history
from optout.lifting_rules import CannotLift, FreshConsent
from optout.models import Action, ConsentEvent, Origin, Standing, StandingState, Suppression, SuppressionKind
from optout.number_locks import lock_key, lock_number
from optout.number_state import fetch_number_state, standing
from optout.reader.outcome import Outcome
from optout.send_guard import find_refusal
from tests.cast import MARIA, STRANGER, Cast
from tests.cluster_database import execute_on_nodes

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOON = MORNING + timedelta(hours=3)
EVENING = MORNING + timedelta(hours=9)
MINUTE = timedelta(minutes=1)

# Every suppression that a number can have, as seen from the inbox "here". The carrier's can apply to one inbox only.
TOLD = {"told member", "told import", "told api"}  # the person's word as the team recorded it
OWN_IN_ALL_INBOXES = {"contact", "carrier", "vendor list"} | TOLD
OWN_IN_ONE_INBOX = {"carrier here", "carrier there"}
OWN = OWN_IN_ALL_INBOXES | OWN_IN_ONE_INBOX
THE_TEAMS = {"member", "import", "api"}
OPT_OUTS = OWN | THE_TEAMS
BLOCK = {"block"}
ROWS = sorted(OPT_OUTS | BLOCK)
# Rules treat rows of one kind alike: every set of up to three rows, every set of one row of each kind, and all at once.
ONE_OF_EACH_KIND = {"contact", "carrier here", "carrier there", "member", "block"}
ALL_SETS = tuple(
    frozenset(rows)
    for rows in chain.from_iterable(combinations(ROWS, size) for size in range(len(ROWS) + 1))
    if len(rows) <= 3 or ONE_OF_EACH_KIND.issuperset(rows) or len(rows) == len(ROWS)
)
# For variations of an action that is tested with all sets: none, each alone, each pair, all at once.
FEW_SETS = tuple(rows for rows in ALL_SETS if len(rows) <= 2 or len(rows) == len(ROWS))

ORIGIN_OF = {
    "contact": Origin.CONTACT,
    "carrier": Origin.CARRIER,
    "carrier here": Origin.CARRIER,
    "carrier there": Origin.CARRIER,
    "vendor list": Origin.VENDOR_LIST,
    "told member": Origin.TOLD_MEMBER,
    "told import": Origin.TOLD_IMPORT,
    "told api": Origin.TOLD_API,
    "member": Origin.MEMBER,
    "import": Origin.IMPORT,
    "api": Origin.API,
    "block": Origin.MEMBER,
}

MAYA = Actor(Origin.MEMBER, "Maya Chen", 7)
AMIR = Actor(Origin.MEMBER, "Amir Adams", 17)
AN_IMPORT = Actor(Origin.IMPORT, "customers.csv", 8)
A_KEY = Actor(Origin.API, "CRM key", 9)


# -- the expected results ----------------------------------------------------------------------------------------

Rows = frozenset[str] | set[str]
NOTHING: Rows = frozenset()


@dataclass(frozen=True)
class Expected:
    """The result of an action: suppressions lifted and added, whether an entry is written, the reply, or a refusal."""

    lifts: Rows = NOTHING
    adds: Rows = NOTHING
    entry: bool = False
    reply: AutoReply | None = None
    refused: bool = False


NO_CHANGE = Expected()
REFUSED = Expected(refused=True)


def applies_here(rows: Rows) -> bool:
    return bool(rows - {"carrier there"})


def start_lifts(rows: Rows) -> Expected:
    """START and UNSTOP lift every opt-out, whatever its origin, and no block."""
    return Expected(
        lifts=rows & OPT_OUTS,
        entry=True,
        reply=AutoReply.START if rows & OPT_OUTS and not rows & BLOCK else None,
    )


def yes_lifts(rows: Rows) -> Expected:
    """YES lifts only if an opt-out of the person is in force; otherwise it is an everyday answer."""
    return start_lifts(rows) if rows & OWN else NO_CHANGE


def stop_adds(rows: Rows) -> Expected:
    """A repeated STOP is an entry too. Only a STOP from an active number, as seen from this inbox, is confirmed."""
    return Expected(adds={"contact"} - rows, entry=True, reply=None if applies_here(rows) else AutoReply.STOP)


def help_replies(rows: Rows) -> Expected:
    return NO_CHANGE if applies_here(rows) else Expected(reply=AutoReply.HELP)


def lifts_the_teams(rows: Rows) -> Expected:
    """Without fresh consent only the team's opt-outs are lifted, and only if none of the person's own is in force."""
    if not rows & OPT_OUTS:
        return NO_CHANGE
    if rows & OWN_IN_ALL_INBOXES or not rows & THE_TEAMS:
        return REFUSED
    return Expected(lifts=rows & THE_TEAMS, entry=True)


def lifts_all_but_one_inbox(rows: Rows) -> Expected:
    """Fresh consent lifts all opt-outs except a carrier's for one inbox."""
    if not rows & OPT_OUTS:
        return NO_CHANGE
    return (
        Expected(lifts=rows & OPT_OUTS - OWN_IN_ONE_INBOX, entry=True)
        if rows & OPT_OUTS - OWN_IN_ONE_INBOX
        else REFUSED
    )


def refuses_to_lift(rows: Rows) -> Expected:
    return REFUSED if rows & OPT_OUTS else NO_CHANGE


def adds(name: str) -> Callable[[Rows], Expected]:
    """A repeated one is an entry too, as the newest statement."""
    return lambda rows: Expected(adds={name} - rows, entry=True)


def unblocks(rows: Rows) -> Expected:
    return Expected(lifts=rows & BLOCK, entry=True) if rows & BLOCK else NO_CHANGE


def carrier_refuses(rows: Rows) -> Expected:
    """Without an opt-in in the ledger the refusal applies to all inboxes, unless an opt-out of the person does."""
    return NO_CHANGE if rows & OWN_IN_ALL_INBOXES else Expected(adds={"carrier"}, entry=True)


def carrier_refuses_after_opt_in(rows: Rows) -> Expected:
    """With an opt-in it applies to this inbox, unless an opt-out of the person does."""
    return (
        NO_CHANGE
        if rows & (OWN_IN_ALL_INBOXES | {"carrier here"})
        else Expected(adds={"carrier here"}, entry=True)
    )


def changes_nothing(rows: Rows) -> Expected:
    return NO_CHANGE


# -- the actions -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TwoInboxes:
    """The inbox of an action, and another inbox of the same team."""

    here: Inbox
    there: Inbox

    @property
    def team_id(self) -> int:
        return self.here.team_id


Act = Callable[[TwoInboxes, str], KeywordOutcome | ConsentEvent | None]


def send_text(body: str, at: datetime | None = None, carrier_answers: bool = False) -> Act:
    """A person's text, read by optout.keywords, by default sent now."""

    def act(world: TwoInboxes, number: str) -> KeywordOutcome:
        now = lock_number(world.team_id, number)
        return consent.apply_keyword(
            world.here,
            number,
            keywords.read_keyword(body),
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
class Recorded:
    """Who recorded every suppression, and how long ago."""

    actor: Actor
    ago: timedelta


@dataclass(frozen=True)
class Case:
    name: str
    act: Act
    expected: Callable[[Rows], Expected]
    opted_in_at: datetime | None = None  # an opt-in in the ledger, older than every suppression
    recorded: "Recorded | None" = None  # otherwise by nobody in particular, at noon
    sets: Sequence[Rows] = ALL_SETS


def variation(*values: Any, **options: Any) -> Case:
    return replace(Case(*values, **options), sets=FEW_SETS)


def retract(actor: Actor) -> Act:
    return lambda world, number: consent.retract(world.team_id, number, actor)


def retracts(rows: Rows) -> Expected:
    """What the member recorded, as the team's decision or as the person's word. No block and no other opt-out."""
    mine = rows & {"member", "told member"}
    return Expected(lifts=mine, entry=True) if mine else NO_CHANGE


# All suppressions were created at noon, unless the case says otherwise.
TABLE = [
    Case("START", send_text("START"), start_lifts),
    variation("UNSTOP", send_text("Unstop"), start_lifts),
    Case("YES", send_text("yes"), yes_lifts),
    Case("STOP", send_text("STOP"), stop_adds),
    variation("stop all", send_text("Stop all, please"), stop_adds),
    variation("HELP", send_text("help"), help_replies),
    variation("conversation", send_text("Please stop by at 5, and start without me"), changes_nothing),
    variation(
        "START older than the newest entry",
        send_text("START", at=NOON - MINUTE),
        lambda rows: late_start(rows),
    ),
    variation(
        "YES older than the newest entry", send_text("YES", at=NOON - MINUTE), lambda rows: late_yes(rows)
    ),
    variation(
        "STOP older than the newest entry", send_text("STOP", at=NOON - MINUTE), lambda rows: late_stop(rows)
    ),
    variation(
        "STOP where the carrier replies",
        send_text("STOP", carrier_answers=True),
        lambda r: without_reply(stop_adds(r)),
    ),
    variation(
        "START where the carrier replies",
        send_text("START", carrier_answers=True),
        lambda r: without_reply(start_lifts(r)),
    ),
    variation("HELP where the carrier replies", send_text("HELP", carrier_answers=True), changes_nothing),
    Case("member: it was a mistake", lift(MAYA, reason="a mistake"), lifts_the_teams),
    variation("member: fresh consent", lift(MAYA, reason="came back", obtained_at=EVENING), lifts_the_teams),
    Case("admin: it was a mistake", lift(MAYA, admin=True, reason="a mistake"), lifts_the_teams),
    Case("admin: newer consent", lift(MAYA, admin=True, obtained_at=EVENING), lifts_all_but_one_inbox),
    Case("admin: older consent", lift(MAYA, admin=True, obtained_at=MORNING), refuses_to_lift),
    variation("admin: as old as the opt-out", lift(MAYA, admin=True, obtained_at=NOON), refuses_to_lift),
    Case("API: subscribed", lift(A_KEY, reason="subscribed"), lifts_the_teams),
    variation(
        "API with consent, without the scope", lift(A_KEY, reason="x", obtained_at=EVENING), lifts_the_teams
    ),
    Case("API with consent", lift(A_KEY, admin=True, obtained_at=EVENING), lifts_all_but_one_inbox),
    variation("API with older consent", lift(A_KEY, admin=True, obtained_at=MORNING), refuses_to_lift),
    variation("import: lift", lift(AN_IMPORT, reason="explicit request"), lifts_the_teams),
    variation(
        "import: fresh consent",
        lift(AN_IMPORT, admin=True, reason="asked", obtained_at=EVENING),
        lifts_the_teams,
    ),
    variation("member: without a reason", lift(MAYA), refuses_to_lift),
    variation("block", lambda world, number: consent.block(world.team_id, number, MAYA), adds("block")),
    Case("unblock", lambda world, number: consent.unblock(world.team_id, number, MAYA), unblocks),
    variation("member opts out", opt_out(MAYA), adds("member")),
    variation("import opts out", opt_out(AN_IMPORT), adds("import")),
    variation("API opts out", opt_out(A_KEY), adds("api")),
    variation("member: the person asked", opt_out(MAYA.recording_the_persons_word()), adds("told member")),
    variation(
        "import: the person's word", opt_out(AN_IMPORT.recording_the_persons_word()), adds("told import")
    ),
    variation("API: the person's word", opt_out(A_KEY.recording_the_persons_word()), adds("told api")),
    Case("retraction within ten minutes", retract(MAYA), retracts, recorded=Recorded(MAYA, 9 * MINUTE)),
    variation(
        "retraction after ten minutes", retract(MAYA), changes_nothing, recorded=Recorded(MAYA, 11 * MINUTE)
    ),
    variation(
        "retraction by another member", retract(AMIR), changes_nothing, recorded=Recorded(MAYA, 9 * MINUTE)
    ),
    Case("carrier refused, no opt-in before", carrier_refused(EVENING), carrier_refuses),
    Case(
        "carrier refused, claimed after an opt-in",
        carrier_refused(EVENING),
        carrier_refuses_after_opt_in,
        opted_in_at=MORNING,
    ),
    variation(
        "carrier refused, claimed before an opt-in",
        carrier_refused(MORNING - MINUTE),
        changes_nothing,
        opted_in_at=MORNING,
    ),
]


def late_start(rows: Rows) -> Expected:
    """An opt-in that is older than the newest entry changes nothing. Without entries it counts."""
    return NO_CHANGE if rows else start_lifts(rows)


def late_yes(rows: Rows) -> Expected:
    return NO_CHANGE


def late_stop(rows: Rows) -> Expected:
    """It counts however late it is, but is not confirmed."""
    return without_reply(stop_adds(rows))


def without_reply(expected: Expected) -> Expected:
    return replace(expected, reply=None)


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.name)
def test_an_action_has_its_result_on_every_set_of_suppressions(cast: Cast, case: Case) -> None:
    """The result is checked by the suppressions, the ledger entry and the reply."""
    with scope(cast.northside.id):
        world = TwoInboxes(cast.front_desk, cast.billing)
        numbers = create_suppressions(world, case.sets, case.opted_in_at, case.recorded)
        entries_before = {number: len(entries) for number, entries in entries_by_number(world).items()}
        results = {number: result_of(case.act, world, number) for number in numbers}

        after, entries = rows_by_number(world), entries_by_number(world)
        for number, rows in numbers.items():
            label = f"{case.name} on {sorted(rows) or 'no suppressions'}"
            expected = case.expected(rows)
            result = results[number]
            assert isinstance(result, CannotLift) == expected.refused, label
            assert not expected.refused or str(result).endswith("."), "a sentence says what would lift it"
            assert after.get(number, NOTHING) == (rows - expected.lifts) | expected.adds, label
            new = entries.get(number, [])[entries_before.get(number, 0) :]
            assert len(new) == expected.entry, label
            reply = result.reply if isinstance(result, KeywordOutcome) else None
            assert reply == expected.reply, label
            returned = result.event if isinstance(result, KeywordOutcome) else result
            if expected.entry:
                assert isinstance(returned, ConsentEvent) and returned.id == new[0].id, label
                assert {name_of(word, world) for word in new[0].added} == expected.adds, label
                assert {name_of(word, world) for word in new[0].lifted} == expected.lifts, label
                assert (new[0].before, new[0].after) == (
                    state_of(rows),
                    state_of(after.get(number, NOTHING)),
                ), label
            elif not expected.refused:
                assert returned is None, label
        # Every chain is intact, and its entries lead to exactly the suppressions in force.
        assert ledger_verification.verify(world.team_id).fault is None


# -- test data ---------------------------------------------------------------------------------------------------


def create_suppressions(
    world: TwoInboxes,
    sets: Iterable[Rows],
    opted_in_at: datetime | None = None,
    recorded: Recorded | None = None,
) -> dict[str, Rows]:
    """A number for each set of suppressions, all created at noon, each by its own ledger entry."""
    at = timezone.now() - recorded.ago if recorded else NOON
    actor_id = recorded.actor.id if recorded else None
    events: list[ConsentEvent] = []
    suppressions: list[tuple[Suppression, ConsentEvent]] = []
    numbers = {f"+1415556{index:04d}": rows for index, rows in enumerate(sets)}
    for number, rows in numbers.items():
        newest = None
        if opted_in_at:
            newest = entry_of(world, number, None, Action.OPTED_IN, Origin.CONTACT, opted_in_at)
            events.append(newest)
        for name in sorted(rows):
            row = row_of(world, number, name)
            action = Action.BLOCKED if row.kind == SuppressionKind.BLOCK else Action.OPTED_OUT
            newest = entry_of(world, number, newest, action, Origin(row.origin), at, row, actor_id)
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


def entry_of(
    world: TwoInboxes,
    number: str,
    newest: ConsentEvent | None,
    action: Action,
    origin: Origin,
    at: datetime,
    row: Suppression | None = None,
    actor_id: int | None = None,
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
        actor_id=actor_id,
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


def entries_by_number(world: TwoInboxes) -> dict[str, list[ConsentEvent]]:
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


def result_of(act: Act, world: TwoInboxes, number: str) -> Any:
    try:
        return act(world, number)
    except CannotLift as refusal:
        return refusal


# -- the standing ------------------------------------------------------------------------------------------------


def test_standing_is_block_over_opt_out_over_active() -> None:
    here, there = Inbox(id=1, team_id=1), Inbox(id=2, team_id=1)
    views = (here.id, {"carrier there"}), (there.id, {"carrier here"}), (None, OWN_IN_ONE_INBOX)
    for rows, (inbox_id, hidden) in product(ALL_SETS, views):
        label = f"{sorted(rows)} seen from {inbox_id}"
        everywhere = Standing.of(MARIA, [row_of(TwoInboxes(here, there), MARIA, name) for name in rows])
        seen = everywhere.in_inbox(inbox_id)
        assert seen.state == state_of(rows - hidden), label
        assert seen.may_text == (not rows - hidden), label
        assert seen.blocked == ("block" in rows), label
        assert len(seen.opt_outs) == len(rows - hidden - BLOCK), label
        assert len(seen.persons_own) == len((rows - hidden) & OWN), label
        ranks = [(row.kind != SuppressionKind.BLOCK, not row.persons_own) for row in seen.rows]
        assert ranks == sorted(ranks), f"{label}: blocks, the person's own opt-outs, the team's"


def test_the_standing_joined_in_is_the_standing(cast: Cast) -> None:
    """Contacts have no standing column: a list of contacts shows the standing that a send would meet."""
    with scope(cast.northside.id):
        numbers = create_suppressions(TwoInboxes(cast.front_desk, cast.billing), ALL_SETS)
        Contact.objects.bulk_create(Contact(team=cast.northside, number=number) for number in numbers)
        shown = Contact.objects.filter(team=cast.northside, number__in=numbers).with_standing(cast.northside)
        assert {contact.number: contact.standing for contact in shown} == {
            number: state_of(rows - OWN_IN_ONE_INBOX) for number, rows in numbers.items()
        }


# -- texts that are found late -----------------------------------------------------------------------------------


@dataclass
class Northside:
    """One team and Maria, with short names for what they do."""

    team_id: int
    here: Inbox
    there: Inbox

    def texts(
        self, body: str, at: datetime | None = None, inbox: Inbox | None = None, **options: Any
    ) -> KeywordOutcome:
        outcome = send_text(body, at, **options)(TwoInboxes(inbox or self.here, self.there), MARIA)
        assert isinstance(outcome, KeywordOutcome)
        return outcome

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
    def entries(self) -> list[ConsentEvent]:
        return history(self.team_id, MARIA)


@pytest.fixture
def northside(cast: Cast) -> Iterator[Northside]:
    with scope(cast.northside.id):
        yield Northside(cast.northside.id, cast.front_desk, cast.billing)


def test_a_late_stop_counts_however_old(northside: Northside) -> None:
    northside.texts("START", at=NOON)
    outcome = northside.texts("STOP", at=MORNING)
    assert northside.rows == {"contact"}
    assert outcome.event is not None and outcome.event.happened_at == MORNING


def test_a_late_start_does_not_undo_a_newer_stop(northside: Northside) -> None:
    northside.texts("STOP", at=NOON)
    outcome = northside.texts("START", at=MORNING)
    assert (outcome.event, outcome.reply) == (None, None)
    assert northside.rows == {"contact"}


def test_a_late_start_is_compared_with_the_newest_time_not_with_the_last_entry(northside: Northside) -> None:
    """The last entry may be a STOP that was found late as well."""
    northside.texts("STOP", at=EVENING)
    northside.texts("STOP", at=MORNING)
    assert northside.texts("START", at=NOON).event is None
    assert northside.rows == {"contact"}
    northside.texts("START", at=EVENING + MINUTE)
    assert not northside.rows


@pytest.mark.parametrize("word", ["START", "YES"])
def test_of_an_opt_out_and_an_opt_in_of_one_second_the_opt_out_counts(
    northside: Northside, word: str
) -> None:
    """Carriers report whole seconds: in doubt nobody is texted."""
    northside.texts("STOP", at=NOON)
    northside.texts(word, at=NOON)
    assert northside.rows == {"contact"}
    northside.texts(word, at=NOON + timedelta(seconds=1))
    assert not northside.rows


def test_a_start_from_an_active_number_is_an_entry(northside: Northside) -> None:
    """A later refusal by the carrier is compared with this opt-in."""
    outcome = northside.texts("START")
    assert outcome.event is not None and outcome.event.is_opt_in and not outcome.event.changed
    assert outcome.reply is None


def test_an_opt_out_cannot_be_in_the_future(northside: Northside) -> None:
    """Otherwise no START could be newer."""
    tomorrow = northside.now() + timedelta(days=1)
    consent.opt_out(northside.team_id, MARIA, AN_IMPORT, reason="list", happened_at=tomorrow)
    northside.texts("START")
    assert not northside.rows


# -- lifting by the team -----------------------------------------------------------------------------------------


def consent_given(at: datetime, words: str = "text me again", source: str = "at the desk") -> FreshConsent:
    return FreshConsent(words, source, at)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"words": "  "}, "what the person said"),
        ({"source": ""}, "where they said it"),
        ({"at": NOON - MINUTE}, "older than the opt-out"),
        ({"at": NOON}, "older than the opt-out"),
        ({"at": datetime(2999, 1, 1, tzinfo=UTC)}, "in the future"),
    ],
)
def test_fresh_consent_needs_words_source_and_a_newer_time(
    northside: Northside, change: dict[str, Any], message: str
) -> None:
    northside.texts("STOP", at=NOON)
    fresh = consent_given(**{"at": EVENING, **change})
    with pytest.raises(CannotLift, match=message):
        consent.lift(northside.team_id, MARIA, MAYA, consent=fresh, may_lift_persons=True)
    assert northside.rows == {"contact"}


def test_fresh_consent_must_be_newer_than_the_newest_opt_out_even_if_that_was_lifted(
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


def test_the_ledger_entry_of_fresh_consent_names_the_member(northside: Northside) -> None:
    northside.texts("STOP", at=NOON)
    event = consent.lift(
        northside.team_id, MARIA, MAYA, consent=consent_given(EVENING), may_lift_persons=True
    )
    assert event is not None and event.is_opt_in
    recorded = (event.words, event.source, event.obtained_at, event.actor_name, event.actor_id, event.origin)
    assert recorded == ("text me again", "at the desk", EVENING, "Maya Chen", 7, Origin.MEMBER)


def test_the_api_lifts_a_team_opt_out_and_its_key_is_recorded(northside: Northside) -> None:
    consent.opt_out(northside.team_id, MARIA, AN_IMPORT, reason="list")
    event = consent.lift(northside.team_id, MARIA, A_KEY, reason="subscribed")
    assert event is not None and not northside.rows
    assert (event.origin, event.actor_id, event.actor_name, event.reason) == (
        Origin.API, 9, "CRM key", "subscribed",
    )  # fmt: skip
    assert not event.is_opt_in


# -- refusals by the carrier -------------------------------------------------------------------------------------

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
    "a lifted block": lambda northside: (
        consent.block(northside.team_id, MARIA, MAYA),
        consent.unblock(northside.team_id, MARIA, MAYA),
    ),
}


@pytest.mark.parametrize("opt_in", OPT_INS)
def test_after_an_opt_in_the_carriers_refusal_applies_to_its_inbox_only(
    northside: Northside, opt_in: str
) -> None:
    too_early = northside.now()
    OPT_INS[opt_in](northside)
    assert northside.carrier_refuses(claimed_at=too_early) is None, "the refusal is about an older STOP"
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
def test_without_an_opt_in_the_carriers_refusal_applies_to_all_inboxes(
    northside: Northside, past: str
) -> None:
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


def test_a_repeated_refusal_by_the_carrier_writes_nothing(northside: Northside) -> None:
    northside.texts("START")
    claimed_at = northside.now()
    assert northside.carrier_refuses(claimed_at) and not northside.carrier_refuses(claimed_at)
    assert northside.carrier_refuses(claimed_at, northside.there)
    assert northside.rows == {"carrier here", "carrier there"}
    assert len(northside.entries) == 3


# -- the confirmation --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "due"), [(0, True), (4 * 60 + 59, True), (5 * 60 - 1, True), (5 * 60 + 1, False), (86400, False)]
)
def test_a_stop_is_confirmed_within_five_minutes_or_never(northside: Northside, age: int, due: bool) -> None:
    at = northside.now() - timedelta(seconds=age)
    outcome = northside.texts("STOP", at=at)
    assert outcome.reply == (AutoReply.STOP if due else None)
    assert northside.rows == {"contact"}


@pytest.mark.parametrize("responder", KeywordResponder)
@pytest.mark.parametrize("reacted", [True, False])
def test_the_carrier_replies_if_the_inbox_says_so_and_it_reacted(
    cast: Cast, responder: KeywordResponder, reacted: bool
) -> None:
    cast.front_desk.keyword_responder = responder
    replies = consent.carrier_sends_reply(cast.front_desk, reacted=reacted)
    assert replies == (responder == KeywordResponder.CARRIER and reacted)


def test_only_the_confirmation_of_the_newest_change_may_be_claimed(northside: Northside) -> None:
    first = northside.texts("STOP").event
    assert first is not None
    assert northside.refusal() == Refusal.OPTED_OUT, "an ordinary text may not be claimed"
    assert northside.refusal(confirms=first.id) is None
    later = first.happened_at + CONFIRM_WITHIN
    assert northside.refusal(confirms=first.id, now=later) is None
    assert northside.refusal(confirms=first.id, now=later + timedelta(microseconds=1)) == Refusal.TOO_LATE
    second = northside.texts("STOP").event
    assert second is not None
    assert northside.refusal(confirms=first.id) is None, "a second STOP changed nothing"
    assert northside.refusal(confirms=second.id) == Refusal.OVERTAKEN, "the second STOP is not confirmed"
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
    assert northside.refusal() == Refusal.OPTED_OUT, "the opt-out still applies after unblocking"


def test_an_unknown_ledger_entry_cannot_be_confirmed(northside: Northside) -> None:
    assert northside.refusal(confirms=12345) == Refusal.OVERTAKEN


# -- one transaction, one order ----------------------------------------------------------------------------------


def test_a_change_and_its_entry_are_one_transaction(cast: Cast) -> None:
    class Crash(Exception):
        pass

    northside = Northside(cast.northside.id, cast.front_desk, cast.billing)
    with pytest.raises(Crash), scope(northside.team_id):
        northside.texts("STOP")
        assert northside.rows and northside.entries
        raise Crash
    with scope(northside.team_id):
        assert not northside.rows and not northside.entries


def test_a_change_whose_suppression_cannot_be_written_has_no_entry(cast: Cast, owner: Any) -> None:
    """Entry and suppression are written together or not at all."""
    northside = Northside(cast.northside.id, cast.front_desk, cast.billing)
    owner.execute("ALTER TABLE optout_suppression ADD CONSTRAINT never CHECK (origin <> 'contact')")
    try:
        with pytest.raises(Exception, match="never"), scope(northside.team_id):
            northside.texts("STOP")
    finally:
        owner.execute("ALTER TABLE optout_suppression DROP CONSTRAINT never")
    with scope(northside.team_id):
        assert not northside.rows and not northside.entries


def test_consent_cannot_be_written_outside_a_scope(cast: Cast) -> None:
    with pytest.raises(Exception, match="row-level security"), transaction.atomic():
        consent.opt_out(cast.northside.id, MARIA, MAYA, reason="they asked us")


@pytest.mark.parametrize(
    "act",
    [opt_out(MAYA), lift(MAYA, reason="a mistake"), carrier_refused(EVENING), send_text("STOP")],
    ids=["opt out", "lift", "carrier refused", "STOP"],
)
def test_every_change_waits_for_the_lock_of_its_number(cast: Cast, owner: Any, act: Act) -> None:
    """While another connection holds the lock, the change waits until its lock timeout."""
    key = lock_key(cast.northside.id, MARIA)
    execute_on_nodes(owner, "SELECT pg_advisory_lock(%s)", [key])
    try:
        with pytest.raises(Exception, match="lock timeout"), scope(cast.northside.id):
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
            act(TwoInboxes(cast.front_desk, cast.billing), MARIA)
    finally:
        execute_on_nodes(owner, "SELECT pg_advisory_unlock(%s)", [key])


def test_each_number_of_each_team_has_its_own_lock() -> None:
    keys = {lock_key(team, number) for team in (1, 2) for number in (MARIA, STRANGER)}
    assert len(keys) == 4
    assert all(-(2**63) <= key < 2**63 for key in keys)


def test_a_stop_to_another_team_does_not_count(cast: Cast) -> None:
    with scope(cast.harbor.id):
        send_text("STOP")(TwoInboxes(cast.shop, cast.shop), MARIA)
    with scope(cast.northside.id):
        assert standing(cast.northside.id, MARIA).may_text


def test_deleting_a_contact_keeps_the_opt_out(cast: Cast) -> None:
    with scope(cast.northside.id):
        send_text("STOP")(TwoInboxes(cast.front_desk, cast.billing), MARIA)
        cast.maria.delete()
        Contact.objects.create(team=cast.northside, number=MARIA, display_name="Maria again")
        assert (
            Contact.objects.with_standing(cast.northside).get(team=cast.northside, number=MARIA).standing
            == StandingState.OPTED_OUT
        )


def test_help_writes_no_entry(northside: Northside) -> None:
    outcome = northside.texts("HELP")
    assert (outcome.reply, outcome.event, northside.entries) == (AutoReply.HELP, None, [])
    assert keywords.read_keyword("HELP") is Outcome.HELP
