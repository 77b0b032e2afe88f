-- Which conversations have a text that is due to be sent, or whose claim or call is overdue?
CREATE FUNCTION lookup_conversations_due(max_rows integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT m.team_id, m.conversation_id FROM messaging_message m
      WHERE m.status IN ('queued', 'claimed', 'sending') AND m.due_at <= clock_timestamp()
      GROUP BY m.team_id, m.conversation_id ORDER BY min(m.due_at) LIMIT max_rows; END $$;

-- Which pending opt-ins are due to be checked?
CREATE FUNCTION lookup_opt_ins_due(max_rows integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT p.team_id, p.id FROM optout_pendingoptin p
      WHERE p.outcome = 'pending' AND p.next_try_at <= clock_timestamp()
      ORDER BY p.next_try_at LIMIT max_rows; END $$;

-- Which attachments are due to be fetched or deleted?
CREATE FUNCTION lookup_attachments_due(max_rows integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT a.team_id, a.id FROM messaging_attachment a
      WHERE a.due_at <= clock_timestamp()
      ORDER BY a.due_at LIMIT max_rows; END $$;
