"""Consent of an import: a record for each good row, if the admin said how these people agreed, or the row says it."""

from contacts.imports.batch import BATCH_ROWS, ImportBatch
from contacts.imports.write_opt_outs import actor_and_reason
from kernel.sql import fetch
from optout.consent_records.models import ConsentCategory, ConsentMethod

# A row that is opted out gets no record. The same statement again is no record: a file may be imported twice.
_RECORD = f"""
    WITH stated AS (
        SELECT r.number, coalesce(r.consent ->> 'agreed_to', $category) AS category,
            coalesce(r.consent ->> 'agreed_by', $method) AS method,
            coalesce(r.consent ->> 'agreed_words', $words) AS words,
            coalesce(r.consent ->> 'agreed_source', $source) AS source,
            (r.consent ->> 'agreed_on')::timestamptz AS at
        FROM contacts_importrow r
        WHERE {BATCH_ROWS} AND r.opt_out IS NOT TRUE AND ($asked OR r.consent IS NOT NULL)),
    written AS (
        INSERT INTO optout_consentrecord (team_id, number, category, method, origin, words, source, obtained_at,
            recorded_at, inbox_name, actor_id, actor_name, import_id)
        SELECT $team, s.number, s.category, s.method, 'import', s.words, s.source, s.at, $now, '', $actor_id,
            $actor_name, $run
        FROM stated s WHERE NOT EXISTS (
            SELECT FROM optout_consentrecord c WHERE c.team_id = $team AND c.number = s.number
                AND c.category = s.category AND c.method = s.method AND c.words = s.words AND c.source = s.source
                AND c.obtained_at IS NOT DISTINCT FROM s.at)
        RETURNING 1)
    SELECT count(*) FROM written
"""


def write_consent(batch: ImportBatch) -> None:
    """Record the consent of the batch's rows."""
    options, run = batch.options, batch.run
    actor, _ = actor_and_reason(run, options)
    ((written,),) = fetch(
        _RECORD,
        **batch.parameters,
        asked=bool(options.consent_method),
        category=options.consent_category or str(ConsentCategory.INFORMATIONAL),
        method=options.consent_method or str(ConsentMethod.OTHER),
        words=options.consent_words,
        source=(options.consent_source or run.file_name)[:200],
        actor_id=actor.id,
        actor_name=actor.name,
    )
    if written:
        run.count(consent_recorded=written)
