-- Which conversations have a text that is due to be sent, or whose claim or call is overdue?
CREATE FUNCTION lookup_conversations_due(max_rows integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT m.team_id, m.conversation_id FROM messaging_message m
      WHERE m.status IN ('queued', 'claimed', 'sending') AND m.due_at <= clock_timestamp() AND m.broadcast_id IS NULL
      GROUP BY m.team_id, m.conversation_id ORDER BY min(m.due_at) LIMIT max_rows; END $$;

-- Which pending opt-ins are due to be checked?
CREATE FUNCTION lookup_opt_ins_due(max_rows integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT p.team_id, p.id FROM optout_pendingoptin p
      WHERE p.outcome = 'pending' AND p.next_try_at <= clock_timestamp()
      ORDER BY p.next_try_at LIMIT max_rows; END $$;

-- Which scheduled texts are due to be sent? One with a reason is stopped, and waits for a member.
CREATE FUNCTION lookup_scheduled_texts_due(max_rows integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT s.team_id, s.id FROM messaging_scheduledtext s
      WHERE s.outcome = 'scheduled' AND s.reason = '' AND s.send_at <= clock_timestamp()
        AND (s.held_until IS NULL OR s.held_until <= clock_timestamp())
      ORDER BY s.send_at LIMIT max_rows; END $$;

-- About which scheduled texts, which are not sent, is somebody to be told?
CREATE FUNCTION lookup_scheduled_texts_to_tell(max_rows integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT s.team_id, s.id FROM messaging_scheduledtext s
      WHERE s.tell_at IS NOT NULL ORDER BY s.tell_at LIMIT max_rows; END $$;

-- Which snoozed conversations are to wake?
CREATE FUNCTION lookup_snoozes_ended(max_rows integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT c.team_id, c.id FROM messaging_conversation c
      WHERE c.snoozed_until <= clock_timestamp()
      ORDER BY c.snoozed_until LIMIT max_rows; END $$;

-- The teams with texts that the search does not find yet, or whose newest texts may still have a gap.
CREATE FUNCTION lookup_teams_to_index()
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT p.team_id FROM messaging_searchprogress p JOIN accounts_team t ON t.id = p.team_id
      WHERE t.deleted_at IS NULL AND (p.from_id > 0 OR p.settled_id < p.seen_id
      OR EXISTS (SELECT FROM messaging_message m WHERE m.team_id = p.team_id AND m.id > p.seen_id))
      UNION ALL
      SELECT t.id FROM accounts_team t
      WHERE t.deleted_at IS NULL AND t.id NOT IN (SELECT p.team_id FROM messaging_searchprogress p)
      ORDER BY 1; END $$;

-- The texts of the team in scope that contain all typed words, newest first, from before (before_at, before_id). Words of
-- up to two letters must begin a word; others may be any part of one. A filter that is null lets all texts pass.
-- First it walks the newest texts: a common word soon fills the page. Then it looks up the index week by week, in steps
-- that double, so that a rare word costs a lookup for each week and no word reads more than the weeks that fill the page.
-- Under the policy PostgreSQL would use no index for LIKE and @@, which are not leakproof.
CREATE FUNCTION lookup_texts(typed text, only_inboxes bigint[], only_outbound boolean, only_pictures boolean,
    in_conversations bigint[], since timestamptz, before_at timestamptz, before_id bigint, max_rows integer)
RETURNS TABLE (id bigint, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ #variable_conflict use_column
DECLARE
    walk_length CONSTANT integer := 2000;
    team bigint := nullif(current_setting('heymarket.team', true), '')::bigint;
    words text[] := array_remove(string_to_array(btrim(messaging_search_words(typed)), ' '), '');
    patterns text[];
    terms text[];
    last_at timestamptz := coalesce(before_at, 'infinity');
    last_id bigint := coalesce(before_id, 9223372036854775807);
    earliest timestamptz := coalesce(since, '-infinity');
    missing integer := max_rows;
    walked integer := 0;
    week integer;
    first_week integer;
    step integer := 1;
    query tsquery;
    found integer;
    t record;
BEGIN
    IF team IS NULL OR (words = '{}' AND typed <> '') THEN RETURN; END IF;
    patterns := ARRAY(SELECT CASE WHEN messaging_search_is_short(word) THEN '% ' ELSE '%' END || word || '%'
                      FROM unnest(words) AS word);
    IF in_conversations IS NOT NULL THEN
        RETURN QUERY SELECT s.id, s.at FROM messaging_searchabletext s
            WHERE s.team_id = team AND s.conversation_id = ANY(in_conversations) AND s.folded LIKE ALL (patterns)
            AND (only_inboxes IS NULL OR s.inbox_id = ANY(only_inboxes))
            AND (only_outbound IS NULL OR s.outbound = only_outbound) AND (only_pictures IS NULL OR s.has_picture)
            AND (s.at, s.id) < (last_at, last_id) AND s.at >= earliest
            ORDER BY s.at DESC, s.id DESC LIMIT max_rows;
        RETURN;
    END IF;
    FOR t IN SELECT s.id, s.at, s.folded LIKE ALL (patterns) AND (only_inboxes IS NULL OR s.inbox_id = ANY(only_inboxes))
                AND (only_outbound IS NULL OR s.outbound = only_outbound) AND (only_pictures IS NULL OR s.has_picture)
                AS matches FROM messaging_searchabletext s
            WHERE s.team_id = team AND (s.at, s.id) < (last_at, last_id) AND s.at >= earliest
            ORDER BY s.at DESC, s.id DESC LIMIT walk_length LOOP
        walked := walked + 1;
        last_at := t.at; last_id := t.id;
        IF t.matches THEN
            id := t.id; at := t.at; missing := missing - 1;
            RETURN NEXT;
            IF missing = 0 THEN RETURN; END IF;
        END IF;
    END LOOP;
    IF walked < walk_length THEN RETURN; END IF;

    -- A term is written @term' here; the team and the week take the place of @, which is no part of a word.
    -- Short words begin so many terms that longer ones are looked up instead.
    terms := ARRAY(SELECT '@' || left(word, 40) || ''':*' FROM unnest(words) AS word WHERE NOT messaging_search_is_short(word));
    IF terms = '{}' THEN terms := ARRAY(SELECT '@' || word || ''':*' FROM unnest(words) AS word); END IF;
    IF only_outbound IS NOT NULL THEN terms := terms || CASE WHEN only_outbound THEN '@/us''' ELSE '@/them''' END; END IF;
    IF only_pictures IS NOT NULL THEN terms := terms || '@/picture'''::text; END IF;
    IF only_inboxes IS NOT NULL THEN
        terms := terms || ('(' || array_to_string(ARRAY(SELECT '@/inbox' || i || '''' FROM unnest(only_inboxes) AS i), ' | ') || ')');
    END IF;
    week := messaging_search_week(last_at);
    first_week := messaging_search_week(
        greatest(since, (SELECT min(s.at) FROM messaging_searchabletext s WHERE s.team_id = team)));
    WHILE week >= first_week AND missing > 0 LOOP
        query := (SELECT string_agg('(' || replace(array_to_string(terms, ' & '), '@', '''' || team || ':' || w || ':') || ')', ' | ')
                  FROM generate_series(greatest(first_week, week - step + 1), week) AS w)::tsquery;
        RETURN QUERY WITH matching AS MATERIALIZED (
                SELECT s.team_id, s.id, s.at FROM messaging_searchabletext s
                WHERE messaging_search_terms(s.team_id, s.inbox_id, s.at, s.outbound, s.has_picture, s.folded) @@ query
                AND s.folded LIKE ALL (patterns))
            SELECT m.id, m.at FROM matching m
            WHERE m.team_id = team AND (m.at, m.id) < (last_at, last_id) AND m.at >= earliest
            ORDER BY m.at DESC, m.id DESC LIMIT missing;
        GET DIAGNOSTICS found = ROW_COUNT;
        missing := missing - found;
        week := week - step;
        step := least(2 * step, 64);
    END LOOP;
END $$;

-- Which attachments are due to be fetched or deleted?
CREATE FUNCTION lookup_attachments_due(max_rows integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT a.team_id, a.id FROM messaging_attachment a
      WHERE a.due_at <= clock_timestamp()
      ORDER BY a.due_at LIMIT max_rows; END $$;

-- For which members, who have chosen to be told of something, is there a row that was not looked at?
CREATE FUNCTION lookup_members_to_tell(max_rows integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT s.team_id, s.member_id FROM messaging_notificationsettings s
      WHERE EXISTS (SELECT FROM messaging_message m WHERE m.team_id = s.team_id AND m.id > s.texts_upto)
         OR EXISTS (SELECT FROM messaging_mention n WHERE n.team_id = s.team_id AND n.id > s.mentions_upto)
         OR EXISTS (SELECT FROM messaging_activity a WHERE a.team_id = s.team_id AND a.id > s.assignments_upto)
         OR EXISTS (SELECT FROM optout_review r WHERE r.team_id = s.team_id AND r.id > s.reviews_upto)
      LIMIT max_rows; END $$;

-- For which members is an e-mail about unseen events due?
CREATE FUNCTION lookup_members_with_unseen_events(max_rows integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT DISTINCT u.team_id, u.member_id FROM messaging_unseenevent u
      WHERE u.due_at <= clock_timestamp() LIMIT max_rows; END $$;

-- Which broadcasts have work besides their texts: to be prepared, to be finished, or to release who was held?
CREATE FUNCTION lookup_broadcasts_due(max_rows integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT b.team_id, b.id FROM messaging_broadcast b
      WHERE b.due_at <= clock_timestamp()
      ORDER BY b.due_at LIMIT max_rows; END $$;

-- Which lanes of broadcasts may send, or have a text whose retry is due, or whose claim or call is overdue?
CREATE FUNCTION lookup_broadcast_lanes_due(max_rows integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT l.team_id, l.id FROM messaging_broadcastlane l WHERE l.due_at <= clock_timestamp()
      UNION
      SELECT l.team_id, l.id FROM messaging_message m JOIN messaging_broadcastlane l
          ON l.team_id = m.team_id AND l.broadcast_id = m.broadcast_id AND l.inbox_id = m.inbox_id
      WHERE m.status IN ('queued', 'claimed', 'sending') AND m.due_at <= clock_timestamp()
      AND m.broadcast_id IS NOT NULL
      LIMIT max_rows; END $$;

-- For which broadcasts is the carrier to be asked about texts whose outcome is unknown?
CREATE FUNCTION lookup_broadcasts_to_reconcile(max_rows integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT b.team_id, b.id FROM messaging_broadcast b
      WHERE b.reconcile_at <= clock_timestamp()
      ORDER BY b.reconcile_at LIMIT max_rows; END $$;

-- Which inboxes have numbers whose line type is to be looked up?
CREATE FUNCTION lookup_inboxes_with_lookups(max_rows integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT DISTINCT l.team_id, l.inbox_id FROM messaging_linetype l WHERE l.due_at IS NOT NULL
      ORDER BY l.team_id, l.inbox_id LIMIT max_rows; END $$;

-- How many texts and other work of messaging are due and not done, and since when is the oldest?
CREATE FUNCTION lookup_backlog_of_messaging()
RETURNS TABLE (kind text, waiting bigint, since timestamptz) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT 'texts', count(*), min(m.due_at) FROM messaging_message m
      WHERE m.status IN ('queued', 'claimed', 'sending') AND m.due_at <= clock_timestamp() AND m.broadcast_id IS NULL
      UNION ALL
      SELECT 'scheduled_texts', count(*), min(s.send_at) FROM messaging_scheduledtext s
      WHERE s.outcome = 'scheduled' AND s.send_at <= clock_timestamp()
        AND (s.held_until IS NULL OR s.held_until <= clock_timestamp())
      UNION ALL
      SELECT 'broadcasts', count(*), min(due.due_at) FROM (
          SELECT b.due_at FROM messaging_broadcast b UNION ALL SELECT l.due_at FROM messaging_broadcastlane l) AS due
      WHERE due.due_at <= clock_timestamp()
      UNION ALL
      SELECT 'opt_ins', count(*), min(p.next_try_at) FROM optout_pendingoptin p
      WHERE p.outcome = 'pending' AND p.next_try_at <= clock_timestamp()
      UNION ALL
      SELECT 'attachments', count(*), min(a.due_at) FROM messaging_attachment a
      WHERE a.due_at <= clock_timestamp(); END $$;

-- Which inboxes push their opt-outs, and are due?
CREATE FUNCTION lookup_opt_out_pushes_due(max_rows integer)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT p.team_id, p.inbox_id FROM messaging_optoutpush p
      WHERE p.active AND p.due_at <= clock_timestamp() ORDER BY p.due_at LIMIT max_rows; END $$;

-- Which teams have a retention run that is due, or not at its end?
CREATE FUNCTION lookup_retention_due()
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT r.team_id FROM messaging_retentionrule r JOIN accounts_team t ON t.id = r.team_id
      WHERE (r.texts_count IS NOT NULL OR r.files_count IS NOT NULL)
        AND r.starts_on <= (clock_timestamp() AT TIME ZONE t.time_zone)::date
        AND NOT EXISTS (SELECT FROM messaging_retentionrun d WHERE d.team_id = r.team_id
          AND d.day = (clock_timestamp() AT TIME ZONE t.time_zone)::date AND d.ended_at IS NOT NULL)
      ORDER BY r.team_id; END $$;

-- How many inboxes' lists of received texts were not read to their end for ten minutes?
CREATE FUNCTION lookup_lists_behind()
RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN (
      SELECT count(*) FROM accounts_inbox i WHERE i.deleted_at IS NULL AND i.carrier <> 'simulator'
        AND coalesce(i.fetched_until, i.created_at) < clock_timestamp() - interval '10 minutes'); END $$;
