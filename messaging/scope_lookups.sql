-- Which conversations have a text that waits to be sent, or that was claimed and left?
CREATE FUNCTION lookup_conversations_due(most integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT m.team_id, m.conversation_id FROM messaging_message m
      WHERE m.status IN ('queued', 'claimed', 'sending') AND m.due_at <= clock_timestamp()
      GROUP BY m.team_id, m.conversation_id ORDER BY min(m.due_at) LIMIT most; END $$;
