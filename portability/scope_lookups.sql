-- The teams that are to be deleted: when, whether the owners were warned, and whether it has begun.
CREATE FUNCTION lookup_teams_in_deletion()
RETURNS TABLE (id bigint, due_at timestamptz, warned_at timestamptz, begun_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT t.id, t.deletion_due_at, t.deletion_warned_at, t.deleted_at FROM accounts_team t
      WHERE t.deletion_due_at IS NOT NULL ORDER BY t.deletion_due_at, t.id $$;
