-- Which undecided holds are past their due day, in their team's time zone?
CREATE FUNCTION lookup_holds_due(max_rows integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT r.team_id, r.id FROM optout_review r JOIN accounts_team t ON t.id = r.team_id
      WHERE r.outcome = 'open' AND r.kind = 'hold' AND r.due_on <= (clock_timestamp() AT TIME ZONE 'UTC')::date
      AND r.due_on < (clock_timestamp() AT TIME ZONE t.time_zone)::date
      ORDER BY r.due_on, r.id LIMIT max_rows; END $$;

-- Which teams have an undecided hold whose due day is this day or earlier, and about which nobody was reminded?
CREATE FUNCTION lookup_teams_to_remind(due_by date)
RETURNS TABLE (team_id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT DISTINCT r.team_id FROM optout_review r
      WHERE r.outcome = 'open' AND r.kind = 'hold' AND r.due_on <= due_by AND r.reminded_on IS NULL; END $$;

-- Which teams have ledger entries, and no root of today in their time zone, or have not been sent the newest?
CREATE FUNCTION lookup_teams_without_root()
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT m.team_id FROM (SELECT DISTINCT a.team_id FROM accounts_member a) AS m JOIN accounts_team t ON t.id = m.team_id
      WHERE t.deleted_at IS NULL AND EXISTS (SELECT FROM optout_feedentry f WHERE f.team_id = m.team_id)
      AND (NOT EXISTS (SELECT FROM optout_ledgerroot r
                       WHERE r.team_id = m.team_id AND r.day = (now() AT TIME ZONE t.time_zone)::date)
           OR (t.root_email <> '' AND t.root_email = t.root_email_confirmed AND (now() AT TIME ZONE t.time_zone)::date IS DISTINCT FROM t.root_emailed_on))
      ORDER BY m.team_id; END $$;

-- The numbers of the team in scope that may not be texted and end in these digits, of which there must be at least four.
-- Under the policy PostgreSQL would not use the index on the last four, since right() is not leakproof.
CREATE FUNCTION lookup_suppressed_ending(ending text, max_rows integer)
RETURNS TABLE (number varchar) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT DISTINCT s.number FROM optout_suppression s
      WHERE s.team_id = nullif(current_setting('heymarket.team', true), '')::bigint
      AND right(s.number, 4) = right(ending, 4) AND right(s.number, length(ending)) = ending LIMIT max_rows $$;

-- The open requests for a link that were sent to this address, and the names of the teams that ask.
CREATE FUNCTION lookup_link_requests(address text)
RETURNS TABLE (team_id bigint, id bigint, team varchar, asked_by varchar, created_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT r.team_id, r.id, t.name, r.asked_by, r.created_at
      FROM optout_linkrequest r JOIN accounts_team t ON t.id = r.team_id
      WHERE r.email = lower(address) AND r.outcome = 'open' ORDER BY r.created_at, r.id; END $$;

-- Declines a request that was sent to this address. Returns whether it was open.
CREATE FUNCTION lookup_declined_link(asking bigint, request bigint, address text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN
    UPDATE optout_linkrequest r SET outcome = 'declined'
    WHERE r.team_id = asking AND r.id = request AND r.email = lower(address) AND r.outcome = 'open';
    RETURN FOUND;
END $$;

-- Links the team in scope with the team that asks, if this address was asked. Returns whether the request was open.
CREATE FUNCTION lookup_linked_by_request(asking bigint, request bigint, address text, by_name text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    accepting bigint := nullif(current_setting('heymarket.team', true), '')::bigint;
    asked_by_name varchar;
BEGIN
    UPDATE optout_linkrequest r SET outcome = 'accepted'
    WHERE r.team_id = asking AND r.id = request AND r.email = lower(address) AND r.outcome = 'open'
    AND asking <> accepting RETURNING r.asked_by INTO asked_by_name;
    IF NOT FOUND THEN RETURN false; END IF;
    INSERT INTO optout_teamlink (team_id, other_id, other_name, asked_by, accepted_by, linked_at, is_listed)
    SELECT one.id, other.id, other.name, asked_by_name, by_name, clock_timestamp(), false
    FROM accounts_team one, accounts_team other
    WHERE (one.id, other.id) IN ((asking, accepting), (accepting, asking)) ON CONFLICT DO NOTHING;
    RETURN true;
END $$;

-- Lists for copying the people's own opt-outs of the team in scope from before its links: no names and no texts. The links
-- are committed, so opt-outs that are written from now on see them; the lock waits for those that are being written.
CREATE FUNCTION lookup_listed_for_links()
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    own bigint := nullif(current_setting('heymarket.team', true), '')::bigint;
    other bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM optout_teamlink l WHERE l.team_id = own AND NOT l.is_listed) THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(7468, own::integer);
    FOR other IN SELECT l.other_id FROM optout_teamlink l WHERE l.team_id = own AND NOT l.is_listed LOOP
        INSERT INTO optout_linkedoptout (team_id, event_id, target_id)
        SELECT s.team_id, s.event_id, other FROM optout_suppression s
        WHERE s.team_id = own AND s.kind = 'opt_out' AND s.inbox_id IS NULL
        AND s.origin IN ('contact', 'carrier', 'vendor_list', 'told_member', 'told_import', 'told_api')
        ON CONFLICT DO NOTHING;
        UPDATE optout_teamlink l SET is_listed = true WHERE l.team_id = own AND l.other_id = other;
    END LOOP;
END $$;

-- Ends the link of the team in scope with another team, for both. It lifts nothing, and waits for opt-outs that are being
-- copied. Returns whether there was one.
CREATE FUNCTION lookup_unlinked(other bigint)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE own bigint := nullif(current_setting('heymarket.team', true), '')::bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7468, least(own, other)::integer);
    PERFORM pg_advisory_xact_lock(7468, greatest(own, other)::integer);
    DELETE FROM optout_teamlink l WHERE (l.team_id, l.other_id) IN ((own, other), (other, own));
    IF NOT FOUND THEN RETURN false; END IF;
    DELETE FROM optout_linkedoptout o WHERE (o.team_id, o.target_id) IN ((own, other), (other, own));
    RETURN true;
END $$;

-- When a linked team took back, as a mistake, what it shared about a number with the team in scope; the ledger entry is
-- that of this team. Nothing if another opt-out was shared since. No names and no words.
CREATE FUNCTION lookup_linked_retractions(of_number text)
RETURNS TABLE (event_id bigint, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    team bigint := nullif(current_setting('heymarket.team', true), '')::bigint;
    other bigint;
    copied record;
BEGIN
    SELECT o.id, o.happened_at INTO copied FROM optout_consentevent o
    WHERE o.team_id = team AND o.number = of_number AND o.origin = 'linked' ORDER BY o.position DESC LIMIT 1;
    IF copied.id IS NULL THEN RETURN; END IF;
    FOR other IN SELECT l.other_id FROM optout_teamlink l WHERE l.team_id = team LOOP
        at := greatest(at, (
            SELECT max(e.recorded_at) FROM optout_consentevent shared
            JOIN optout_consentevent e ON e.team_id = other AND e.number = of_number AND e.position > shared.position
                AND e.action = 'opted_in' AND (e.reason = 'retracted as a mistake' OR e.reason LIKE 'misread: %')
            WHERE shared.team_id = other AND shared.number = of_number AND shared.action = 'opted_out'
                AND NOT shared.only_in_inbox AND shared.happened_at = copied.happened_at));
    END LOOP;
    event_id := copied.id;
    IF at IS NOT NULL THEN RETURN NEXT; END IF;
END $$;

-- The teams whose opt-outs wait to be copied to linked teams, or to be listed for that.
CREATE FUNCTION lookup_teams_to_copy()
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT o.team_id FROM optout_linkedoptout o
      UNION SELECT l.team_id FROM optout_teamlink l WHERE NOT l.is_listed ORDER BY 1; END $$;
