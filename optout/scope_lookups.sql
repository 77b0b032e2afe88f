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
           OR (t.root_email <> '' AND (now() AT TIME ZONE t.time_zone)::date IS DISTINCT FROM t.root_emailed_on))
      ORDER BY t.id; END $$;
