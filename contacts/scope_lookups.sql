-- Which contacts of the team in scope have, in one of these readings, for each word one that begins with it? At most so
-- many, with what they are filtered and sorted by, so that each is read once. Under the policy itself PostgreSQL would use
-- no index for @@, which is not leakproof. `asked` are the readings as the index is asked: some may lack words that too
-- many have. Whoever lacks them is among the answers, and no match.
CREATE FUNCTION lookup_contacts(readings jsonb, asked jsonb, most integer)
RETURNS TABLE (id bigint, team_id bigint, number varchar, sort_name text, created_at timestamptz,
    last_message_at timestamptz, last_inbox_id bigint, assignee_id bigint, matches boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ #variable_conflict use_column
DECLARE
    team bigint := nullif(current_setting('heymarket.team', true), '')::bigint;
    question tsquery := contacts_search_queries(team, readings);
    of_the_index tsquery := contacts_search_queries(team, asked);
    whole boolean := of_the_index = question;
BEGIN RETURN QUERY
      SELECT c.id, c.team_id, c.number, c.sort_name, c.created_at, c.last_message_at, c.last_inbox_id, c.assignee_id,
        whole OR c.search_words @@ question
      FROM contacts_contact c WHERE c.team_id = team AND c.search_words @@ of_the_index LIMIT most; END $$;

-- About how many would they be? As the planner reckons from the commonest words.
CREATE FUNCTION lookup_match_estimate(readings jsonb)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$ DECLARE plan json; team bigint := nullif(current_setting('heymarket.team', true), '')::bigint;
BEGIN
    IF team IS NULL THEN RETURN 0; END IF;
    EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM contacts_contact WHERE team_id = %s AND search_words @@ %L::tsquery',
                   team, contacts_search_queries(team, readings)) INTO plan;
    RETURN (plan -> 0 -> 'Plan' ->> 'Plan Rows')::bigint;
END $$;

-- About how many contacts has the team in scope? As the planner reckons: more than a policy's plan would tell.
CREATE FUNCTION lookup_contact_estimate()
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$ DECLARE plan json; team bigint := nullif(current_setting('heymarket.team', true), '')::bigint;
BEGIN
    IF team IS NULL THEN RETURN 0; END IF;
    EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM contacts_contact WHERE team_id = %s', team) INTO plan;
    RETURN (plan -> 0 -> 'Plan' ->> 'Plan Rows')::bigint;
END $$;

-- Which imports, their undos, move-ins, actions on contacts and deletions of fields are to be worked on, and have had no
-- worker since this moment?
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
      SELECT r.team_id, r.id, 'custom_field_deletion' FROM contacts_fielddeletion r
      WHERE r.state IN ('checking', 'waiting', 'running') AND coalesce(r.alive_at < since, true); END $$;
