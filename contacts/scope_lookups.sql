-- The contacts of the team in scope that match one of the readings: each word of a reading begins a word of the contact.
-- At most `max_rows`, each read once, with the columns that it is filtered and sorted by. Under the policy PostgreSQL would
-- not use the index for @@, which is not leakproof. `index_readings` are looked up in the index. They may lack words that
-- too many contacts have; `matches` says whether a contact has all words.
CREATE FUNCTION lookup_contacts(readings jsonb, index_readings jsonb, max_rows integer)
RETURNS TABLE (id bigint, team_id bigint, number varchar, sort_name text, created_at timestamptz,
    last_message_at timestamptz, last_inbox_id bigint, assignee_id bigint, matches boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ #variable_conflict use_column
DECLARE
    team bigint := nullif(current_setting('heymarket.team', true), '')::bigint;
    query tsquery := contacts_search_queries(team, readings);
    index_query tsquery := contacts_search_queries(team, index_readings);
    is_same boolean := index_query = query;
BEGIN RETURN QUERY
      SELECT c.id, c.team_id, c.number, c.sort_name, c.created_at, c.last_message_at, c.last_inbox_id, c.assignee_id,
        is_same OR c.search_words @@ query
      FROM contacts_contact c WHERE c.team_id = team AND c.search_words @@ index_query LIMIT max_rows; END $$;

-- The planner's estimate of the contacts that match one of the readings.
CREATE FUNCTION lookup_match_estimate(readings jsonb)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$ DECLARE team bigint := nullif(current_setting('heymarket.team', true), '')::bigint;
BEGIN
    IF team IS NULL THEN RETURN 0; END IF;
    RETURN kernel_estimated_rows(format('SELECT FROM "contacts_contact" WHERE team_id = %s AND search_words @@ %L::tsquery',
        team, contacts_search_queries(team, readings)));
END $$;

-- The planner's estimate of the contacts of the team in scope. The runtime role's plan would contain the policy.
CREATE FUNCTION lookup_contact_estimate()
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$ DECLARE team bigint := nullif(current_setting('heymarket.team', true), '')::bigint;
BEGIN
    IF team IS NULL THEN RETURN 0; END IF;
    RETURN kernel_estimated_rows(format('SELECT FROM "contacts_contact" WHERE team_id = %s', team));
END $$;

-- The runs that are at work without a worker since this moment, with the team and the word for their kind.
CREATE FUNCTION lookup_runs_waiting(since timestamptz)
RETURNS TABLE (team_id bigint, id bigint, kind text) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT r.team_id, r.id, 'import' FROM contacts_import r
      WHERE r.state IN ('checking', 'waiting', 'running') AND coalesce(r.alive_at < since, true)
      UNION ALL
      SELECT r.team_id, r.id, 'import_undo' FROM contacts_importundo r
      WHERE r.state IN ('checking', 'waiting', 'running') AND coalesce(r.alive_at < since, true)
      UNION ALL
      SELECT r.team_id, r.id, 'bulk_action' FROM contacts_bulkactionrun r
      WHERE r.state IN ('checking', 'waiting', 'running') AND coalesce(r.alive_at < since, true)
      UNION ALL
      SELECT r.team_id, r.id, 'vendor_list' FROM contacts_vendorlistimport r
      WHERE r.state IN ('checking', 'waiting', 'running') AND coalesce(r.alive_at < since, true)
      UNION ALL
      SELECT r.team_id, r.id, 'suppression_list_import' FROM contacts_suppressionlistimport r
      WHERE r.state IN ('checking', 'waiting', 'running') AND coalesce(r.alive_at < since, true)
      UNION ALL
      SELECT r.team_id, r.id, 'custom_field_deletion' FROM contacts_fielddeletion r
      WHERE r.state IN ('checking', 'waiting', 'running') AND coalesce(r.alive_at < since, true); END $$;

-- How many runs are at work, and since when has no worker done anything for the one that waits longest?
CREATE FUNCTION lookup_backlog_of_contacts()
RETURNS TABLE (kind text, waiting bigint, since timestamptz) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT 'runs', count(*), min(coalesce(run.alive_at, run.created_at)) FROM (
          SELECT r.state, r.alive_at, r.created_at FROM contacts_import r
          UNION ALL
          SELECT r.state, r.alive_at, r.created_at FROM contacts_importundo r
          UNION ALL
          SELECT r.state, r.alive_at, r.created_at FROM contacts_bulkactionrun r
          UNION ALL
          SELECT r.state, r.alive_at, r.created_at FROM contacts_vendorlistimport r
          UNION ALL
          SELECT r.state, r.alive_at, r.created_at FROM contacts_suppressionlistimport r
          UNION ALL
          SELECT r.state, r.alive_at, r.created_at FROM contacts_fielddeletion r) AS run
      WHERE run.state IN ('checking', 'waiting', 'running'); END $$;
