-- Which undecided holds are past their due day, in their team's time zone?
CREATE FUNCTION lookup_holds_due(max_rows integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT r.team_id, r.id FROM optout_review r JOIN accounts_team t ON t.id = r.team_id
      WHERE r.outcome = 'open' AND r.kind = 'hold' AND r.due_on <= (clock_timestamp() AT TIME ZONE 'UTC')::date
      AND r.due_on < (clock_timestamp() AT TIME ZONE t.time_zone)::date
      ORDER BY r.due_on, r.id LIMIT max_rows; END $$;
