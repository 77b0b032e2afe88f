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
      SELECT t.id FROM accounts_team t
      WHERE EXISTS (SELECT FROM optout_feedentry f WHERE f.team_id = t.id)
      AND (NOT EXISTS (SELECT FROM optout_ledgerroot r
                       WHERE r.team_id = t.id AND r.day = (now() AT TIME ZONE t.time_zone)::date)
           OR (t.root_email <> '' AND t.root_email = t.root_email_confirmed AND (now() AT TIME ZONE t.time_zone)::date IS DISTINCT FROM t.root_emailed_on))
      ORDER BY t.id; END $$;

-- The numbers of the team in scope that may not be texted and end in these digits, of which there must be at least four.
-- Under the policy PostgreSQL would not use the index on the last four, since right() is not leakproof.
CREATE FUNCTION lookup_suppressed_ending(ending text, max_rows integer)
RETURNS TABLE (number varchar) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT DISTINCT s.number FROM optout_suppression s
      WHERE s.team_id = nullif(current_setting('heymarket.team', true), '')::bigint
      AND right(s.number, 4) = right(ending, 4) AND right(s.number, length(ending)) = ending LIMIT max_rows $$;
