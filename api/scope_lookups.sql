-- The API key with this public ID, and its team, unless its owner has left the team. The caller verifies the secret
-- afterwards.
CREATE FUNCTION lookup_api_key(key_id text)
RETURNS TABLE (key api_apikey, team accounts_team)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT k, t FROM api_apikey k JOIN accounts_team t ON t.id = k.team_id
      WHERE k.key_id = lookup_api_key.key_id
        AND (k.owner_id IS NULL
             OR EXISTS (SELECT FROM accounts_member m WHERE m.team_id = k.team_id AND m.user_id = k.owner_id))
      ORDER BY k.team_id LIMIT 1 $$;
