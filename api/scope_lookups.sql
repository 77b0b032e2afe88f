-- Which key is this, and whose? (Its id names it; what proves it is looked at afterwards.)
CREATE FUNCTION lookup_api_key(named text)
RETURNS TABLE (key api_apikey, team accounts_team)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT k, t FROM api_apikey k JOIN accounts_team t ON t.id = k.team_id
      WHERE k.key_id = named ORDER BY k.team_id LIMIT 1 $$;
