-- Teams with dirty marks, without rollups, or with rollups of another time zone than theirs.
CREATE FUNCTION lookup_teams_with_stale_rollups()
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT b.team_id FROM reports_rollupstate b JOIN accounts_team t ON t.id = b.team_id
      WHERE t.deleted_at IS NULL AND (b.time_zone <> t.time_zone
      OR EXISTS (SELECT FROM reports_dirtymark m WHERE m.team_id = b.team_id))
      UNION ALL
      SELECT t.id FROM accounts_team t
      WHERE t.deleted_at IS NULL AND t.id NOT IN (SELECT b.team_id FROM reports_rollupstate b)
      ORDER BY 1; END $$;

-- Teams without a snapshot of today in their time zone.
CREATE FUNCTION lookup_teams_without_snapshot()
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT m.team_id FROM (SELECT DISTINCT a.team_id FROM accounts_member a) AS m JOIN accounts_team t ON t.id = m.team_id
      WHERE t.deleted_at IS NULL AND NOT EXISTS (
        SELECT FROM reports_snapshot s WHERE s.team_id = m.team_id AND s.day = (now() AT TIME ZONE t.time_zone)::date)
      ORDER BY m.team_id; END $$;

-- Report schedules that are due, the longest due first.
CREATE FUNCTION lookup_schedules_due(now timestamptz, most integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT s.team_id, s.id FROM reports_reportschedule s WHERE s.due_at <= lookup_schedules_due.now ORDER BY s.due_at LIMIT most; END $$;

-- How many changes are to be counted (up to 10,000 are looked at), and since when is the oldest?
CREATE FUNCTION lookup_backlog_of_reports()
RETURNS TABLE (kind text, waiting bigint, since timestamptz) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT 'rollups', count(*), min(m.marked_at)
      FROM (SELECT d.marked_at FROM reports_dirtymark d LIMIT 10000) AS m; END $$;
