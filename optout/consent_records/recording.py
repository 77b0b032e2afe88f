"""Recording of consent: by members, imports, programs, and by the person's own texts. It lifts nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Inbox
from kernel.sql import counted, fetch
from optout.consent_records.models import ConsentCategory, ConsentMethod, ConsentRecord
from optout.consent_types import Actor
from optout.models import PERSONS_OWN, ConsentEvent, Origin


@dataclass(frozen=True)
class StatedConsent:
    """Consent as somebody states it: what the person agreed to, how, in whose words, where, and when if it is known.

    `source` is at most 200 characters long.
    """

    category: ConsentCategory
    method: ConsentMethod
    words: str = ""
    source: str = ""
    obtained_at: datetime | None = None


def record_consent(team_id: int, number: str, stated: StatedConsent, actor: Actor) -> bool:
    """Record consent of one number. False if the same is on record already."""
    return record_consent_many(team_id, [(number, stated)], actor) == 1


def record_text(
    inbox: Inbox,
    number: str,
    category: ConsentCategory,
    words: str,
    message_id: int,
    at: datetime,
    now: datetime,
) -> None:
    """Record consent that a person gave by text `at`; `now` is the database's time."""
    ConsentRecord.objects.create(
        team_id=inbox.team_id, number=number, category=category, method=ConsentMethod.TEXT,
        origin=Origin.CONTACT, words=words, obtained_at=at, recorded_at=now, inbox_id=inbox.id,
        inbox_name=inbox.name, message_id=message_id,
    )  # fmt: skip


def record_consent_many(team_id: int, stated: Sequence[tuple[str, StatedConsent]], actor: Actor) -> int:
    """Record consent of many numbers in one statement; returns how many records are new.

    The same statement again is no record: a file that is imported twice, a call that is repeated. A time in the future
    counts as now.
    """
    ((written,),) = fetch(
        _RECORD,
        team=team_id,
        origin=str(actor.origin),
        actor_id=actor.id,
        actor_name=actor.name[:120],
        numbers=[number for number, _ in stated],
        categories=[str(one.category) for _, one in stated],
        methods=[str(one.method) for _, one in stated],
        words=[one.words for _, one in stated],
        sources=[one.source[:200] for _, one in stated],
        times=[one.obtained_at for _, one in stated],
    )
    return int(written)


_RECORD = """
    WITH written AS (
        INSERT INTO optout_consentrecord (team_id, number, category, method, origin, words, source, obtained_at,
            recorded_at, inbox_name, actor_id, actor_name)
        WITH new AS MATERIALIZED (
            SELECT s.* FROM (
                SELECT DISTINCT ON (number) number, category, method, words, source,
                    CASE WHEN obtained_at > now() THEN now() ELSE obtained_at END AS at
                FROM unnest($numbers::text[], $categories::text[], $methods::text[], $words::text[], $sources::text[],
                    $times::timestamptz[]) AS one (number, category, method, words, source, obtained_at)
                ORDER BY number) AS s
            WHERE NOT EXISTS (
                SELECT FROM optout_consentrecord r WHERE r.team_id = $team AND r.number = s.number
                    AND r.category = s.category AND r.method = s.method AND r.words = s.words AND r.source = s.source
                    AND r.obtained_at IS NOT DISTINCT FROM s.at))
        SELECT $team, s.number, s.category, s.method, $origin, s.words, s.source, s.at, clock_timestamp(), '',
            $actor_id, $actor_name
        FROM new s RETURNING 1)
    SELECT count(*) FROM written
"""


def take_back_import(team_id: int, import_id: int, actor: Actor, reason: str) -> None:
    """Let the consent that an import recorded count no more, by records that say so."""
    fetch(
        _TAKE_BACK,
        team=team_id,
        run=import_id,
        origin=str(actor.origin),
        words=reason,
        actor_id=actor.id,
        actor_name=actor.name[:120],
    )


_TAKE_BACK = counted("""
    INSERT INTO optout_consentrecord (team_id, number, category, method, origin, words, source, recorded_at, inbox_name,
        actor_id, actor_name, import_id)
    SELECT $team, r.number, 'none', 'other', $origin, $words, '', clock_timestamp(), '', $actor_id, $actor_name, $run
    FROM optout_consentrecord r
    WHERE r.team_id = $team AND r.import_id = $run AND r.category <> 'none'
""")


def renew_by_text(event: ConsentEvent) -> None:
    """Record that a person opted in by text: what they had agreed to before they opted out counts again.

    `event` is the opt-in's ledger entry. Without an earlier record the consent is to informational texts.
    """
    _renew(event, ConsentMethod.TEXT, ConsentCategory.INFORMATIONAL)


def renew_after_mistake(event: ConsentEvent) -> None:
    """After a person's opt-out was lifted as a mistake, let the consent on record count again, if there is any."""
    _renew(event, ConsentMethod.OTHER, None)


def _renew(event: ConsentEvent, method: ConsentMethod, otherwise: ConsentCategory | None) -> None:
    fetch(
        _RENEW,
        team=event.team_id,
        number=event.number,
        position=event.position,
        persons_own=[str(origin) for origin in PERSONS_OWN],
        otherwise=otherwise,
        method=str(method),
        origin=str(event.origin),
        words=event.words if event.origin == Origin.CONTACT else event.reason,
        inbox_id=event.inbox_id,
        inbox_name=event.inbox_name,
        message_id=event.message_id,
        actor_id=event.actor_id,
        actor_name=event.actor_name,
        at=event.recorded_at,
    )


# Of the records that counted before the opt-outs since the last opt-in.
_RENEW = """
    INSERT INTO optout_consentrecord (team_id, number, category, method, origin, words, source, obtained_at,
        recorded_at, inbox_id, inbox_name, message_id, actor_id, actor_name)
    SELECT $team, $number, found.category, $method, $origin, $words, '', $at, $at, $inbox_id, $inbox_name, $message_id,
        $actor_id, $actor_name
    FROM (SELECT coalesce((
        SELECT r.category FROM optout_consentrecord r
        WHERE r.team_id = $team AND r.number = $number AND r.category <> 'none' AND NOT EXISTS (
            SELECT FROM optout_consentrecord corrected WHERE corrected.team_id = $team AND corrected.number = $number
                AND corrected.category = 'none' AND corrected.id > r.id
                AND (corrected.import_id IS NULL OR corrected.import_id = r.import_id))
        AND NOT EXISTS (
            SELECT FROM optout_consentevent e
            WHERE e.team_id = $team AND e.number = $number AND e.action = 'opted_out'
                AND e.origin = ANY($persons_own::text[]) AND NOT (e.only_in_inbox AND e.origin <> 'carrier')
                AND e.happened_at >= coalesce(r.obtained_at, '-infinity')
                AND e.position <= (
                    SELECT coalesce(max(p.position), 0) FROM optout_consentevent p
                    WHERE p.team_id = $team AND p.number = $number AND p.action = 'opted_in'
                        AND p.position < $position))
        ORDER BY r.category DESC LIMIT 1), $otherwise::text) AS category) AS found
    WHERE found.category IS NOT NULL
    ON CONFLICT (team_id, id) DO NOTHING  -- never happens; without it Citus would write by COPY, which policies refuse
"""
