-- The doors in the tenant wall: lookups that find the scope and so come before it. Each answers one question.
-- Made anew by the owner after every migrate. %(runtime)s is the role that the product runs as.

DO $$ DECLARE door regprocedure; BEGIN
    FOR door IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'door\_%%' LOOP
        EXECUTE format('DROP FUNCTION %%s', door);
    END LOOP;
END $$;

-- Which inboxes could this webhook be for? A carrier writes a short code (US:384387) without its country.
CREATE FUNCTION door_inboxes_at(account text, address text)
RETURNS TABLE (inbox accounts_inbox, team accounts_team)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT i, t FROM accounts_inbox i JOIN accounts_team t ON t.id = i.team_id
      WHERE i.account_id = account AND (i.number = address OR (substr(i.number, 3, 1) = ':' AND substr(i.number, 4) = address)) ORDER BY i.team_id LIMIT 20 $$;

-- Which teams may this person enter?
CREATE FUNCTION door_teams_of(person bigint)
RETURNS TABLE (id bigint, slug varchar, name varchar, role varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT t.id, t.slug, t.name, m.role FROM accounts_member m JOIN accounts_team t ON t.id = m.team_id
      WHERE m.user_id = person ORDER BY t.name, t.id $$;

-- Which team's invitation is this?
CREATE FUNCTION door_invitation(hash text)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT i.team_id, i.id FROM accounts_invitation i WHERE i.token_hash = hash $$;

-- Which key is this, and whose? (Its id names it; what proves it is looked at afterwards.)
CREATE FUNCTION door_api_key(named text)
RETURNS TABLE (key accounts_apikey, team accounts_team)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT k, t FROM accounts_apikey k JOIN accounts_team t ON t.id = k.team_id
      WHERE k.key_id = named ORDER BY k.team_id LIMIT 1 $$;

-- Which teams are there? (For commands and periodic tasks that visit each one.)
CREATE FUNCTION door_teams()
RETURNS TABLE (id bigint, slug varchar) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT t.id, t.slug FROM accounts_team t ORDER BY t.id $$;

-- Which conversations have a text that waits to be sent, or that was claimed and left?
CREATE FUNCTION door_conversations_waiting(most integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT m.team_id, m.conversation_id FROM messaging_message m
      WHERE m.status IN ('queued', 'claimed', 'sending') AND m.due_at <= clock_timestamp()
      GROUP BY m.team_id, m.conversation_id ORDER BY min(m.due_at) LIMIT most; END $$;

-- Which endpoints of webhooks have something due? One look into an index for each.
CREATE FUNCTION door_hooks_waiting(now timestamptz, most integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT e.team_id, e.id FROM accounts_endpoint e
      WHERE e.letter_due_at <= door_hooks_waiting.now
      OR (e.active AND coalesce(e.rests_until <= door_hooks_waiting.now, true) AND EXISTS (
          SELECT FROM accounts_delivery d WHERE d.team_id = e.team_id AND d.endpoint_id = e.id
          AND d.state IN ('waiting', 'sending') AND d.due_at <= door_hooks_waiting.now))
      LIMIT most; END $$;

-- Which teams have something for their reports to count: what was marked, or everything, by another clock or for the first time?
CREATE FUNCTION door_tallies_waiting()
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT t.id FROM accounts_team t
      WHERE EXISTS (SELECT FROM reports_mark m WHERE m.team_id = t.id)
      OR NOT EXISTS (SELECT FROM reports_books b WHERE b.team_id = t.id AND b.time_zone = t.time_zone)
      ORDER BY t.id; END $$;

-- Which teams have no snapshot of their day yet?
CREATE FUNCTION door_snapshots_waiting()
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT t.id FROM accounts_team t
      WHERE NOT EXISTS (SELECT FROM reports_snapshot s WHERE s.team_id = t.id AND s.day = (now() AT TIME ZONE t.time_zone)::date)
      ORDER BY t.id; END $$;

-- Which scheduled reports are to be sent?
CREATE FUNCTION door_schedules_due(now timestamptz, most integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT s.team_id, s.id FROM reports_schedule s WHERE s.due_at <= door_schedules_due.now ORDER BY s.due_at LIMIT most; END $$;

-- Which contacts of the team in scope have, in one of these readings, for each word one that begins with it? At most so
-- many, with what they are filtered and sorted by, so that each is read once. Under the policy itself PostgreSQL would use
-- no index for @@, which is not leakproof. `asked` are the readings as the index is asked: some may lack words that too
-- many have. Whoever lacks them is among the answers, and no match.
CREATE FUNCTION door_contacts_found(readings jsonb, asked jsonb, most integer)
RETURNS TABLE (id bigint, team_id bigint, number varchar, sort_name text, created_at timestamptz,
    last_message_at timestamptz, last_inbox_id bigint, assignee_id bigint, matches boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ #variable_conflict use_column
DECLARE
    team bigint := nullif(current_setting('heymarket.team', true), '')::bigint;
    question tsquery := contacts_questions(team, readings);
    of_the_index tsquery := contacts_questions(team, asked);
    whole boolean := of_the_index = question;
BEGIN RETURN QUERY
      SELECT c.id, c.team_id, c.number, c.sort_name, c.created_at, c.last_message_at, c.last_inbox_id, c.assignee_id,
        whole OR c.found_by @@ question
      FROM contacts_contact c WHERE c.team_id = team AND c.found_by @@ of_the_index LIMIT most; END $$;

-- About how many would they be? As the planner reckons from the commonest words.
CREATE FUNCTION door_contacts_reckoned(readings jsonb)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$ DECLARE plan json; team bigint := nullif(current_setting('heymarket.team', true), '')::bigint;
BEGIN
    IF team IS NULL THEN RETURN 0; END IF;
    EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM contacts_contact WHERE team_id = %%s AND found_by @@ %%L::tsquery',
                   team, contacts_questions(team, readings)) INTO plan;
    RETURN (plan -> 0 -> 'Plan' ->> 'Plan Rows')::bigint;
END $$;

-- About how many contacts has the team in scope? As the planner reckons: more than a policy's plan would tell.
CREATE FUNCTION door_contacts_estimated()
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$ DECLARE plan json; team bigint := nullif(current_setting('heymarket.team', true), '')::bigint;
BEGIN
    IF team IS NULL THEN RETURN 0; END IF;
    EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM contacts_contact WHERE team_id = %%s', team) INTO plan;
    RETURN (plan -> 0 -> 'Plan' ->> 'Plan Rows')::bigint;
END $$;

-- Which imports, their undos, move-ins, actions on contacts and deletions of fields are to be worked on, and have had no
-- worker since this moment?
CREATE FUNCTION door_runs_waiting(since timestamptz)
RETURNS TABLE (team_id bigint, id bigint, kind text) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT r.team_id, r.id, 'import' FROM contacts_import r
      WHERE r.state IN ('checking', 'waiting', 'running') AND coalesce(r.alive_at < since, true)
      UNION ALL
      SELECT r.team_id, r.id, 'import_undo' FROM contacts_importundo r
      WHERE r.state IN ('checking', 'waiting', 'running') AND coalesce(r.alive_at < since, true)
      UNION ALL
      SELECT r.team_id, r.id, 'selection' FROM contacts_selection r
      WHERE r.state IN ('checking', 'waiting', 'running') AND coalesce(r.alive_at < since, true)
      UNION ALL
      SELECT r.team_id, r.id, 'move_in' FROM contacts_movein r
      WHERE r.state IN ('checking', 'waiting', 'running') AND coalesce(r.alive_at < since, true)
      UNION ALL
      SELECT r.team_id, r.id, 'field_deletion' FROM contacts_fielddeletion r
      WHERE r.state IN ('checking', 'waiting', 'running') AND coalesce(r.alive_at < since, true); END $$;

DO $$
DECLARE door regprocedure;
BEGIN
    GRANT USAGE ON SCHEMA public TO %(runtime)s;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %(runtime)s;
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO %(runtime)s;
    REVOKE ALL ON django_migrations FROM %(runtime)s;
    GRANT SELECT ON django_migrations TO %(runtime)s;
    IF to_regclass('optout_consentevent') IS NOT NULL THEN  -- the ledger is written once
        REVOKE UPDATE, DELETE, TRUNCATE ON optout_consentevent FROM %(runtime)s;
    END IF;
    FOR door IN SELECT p.oid::regprocedure FROM pg_proc p
                WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'door\_%%' LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %%s FROM PUBLIC', door);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %%s TO %(runtime)s', door);
    END LOOP;
END $$;
