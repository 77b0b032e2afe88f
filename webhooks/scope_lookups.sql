-- The endpoints with a due delivery or a due e-mail; one index look-up per endpoint. First one of each team, then a
-- second one: a team with many endpoints displaces no other.
CREATE FUNCTION lookup_endpoints_due(now timestamptz, max_rows integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT e.team_id, e.id FROM webhooks_endpoint e
      WHERE e.disabled_email_due_at <= lookup_endpoints_due.now
      OR (e.active AND coalesce(e.paused_until <= lookup_endpoints_due.now, true) AND EXISTS (
          SELECT FROM webhooks_delivery d WHERE d.team_id = e.team_id AND d.endpoint_id = e.id
          AND d.state IN ('waiting', 'sending') AND d.due_at <= lookup_endpoints_due.now))
      ORDER BY row_number() OVER (PARTITION BY e.team_id ORDER BY e.id), e.id LIMIT max_rows; END $$;

-- How many events are due to be delivered, and since when is the oldest?
CREATE FUNCTION lookup_backlog_of_webhooks()
RETURNS TABLE (kind text, waiting bigint, since timestamptz) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT 'webhooks', count(*), min(greatest(d.due_at, e.paused_until)) FROM webhooks_endpoint e
      JOIN webhooks_delivery d ON d.team_id = e.team_id AND d.endpoint_id = e.id
      WHERE e.active AND coalesce(e.paused_until <= clock_timestamp(), true)
        AND d.state IN ('waiting', 'sending') AND d.due_at <= clock_timestamp(); END $$;
