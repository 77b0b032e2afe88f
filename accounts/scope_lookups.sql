-- The inboxes that a carrier webhook may be for; of all numbers of the account if the address is null. A carrier writes a
-- short code (US:384387) without its country; an inbox may have further addresses, such as an RCS agent. Proved claims come first: no number of unproved ones can hide them.
CREATE FUNCTION lookup_inboxes_by_address(account text, address text)
RETURNS TABLE (inbox accounts_inbox, team accounts_team)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT i, t FROM accounts_inbox i JOIN accounts_team t ON t.id = i.team_id
      WHERE i.account_id = account AND i.deleted_at IS NULL
        AND (address IS NULL OR i.number = address OR (substr(i.number, 3, 1) = ':' AND substr(i.number, 4) = address)
             OR i.further_addresses ? address)
      ORDER BY i.verified_at NULLS LAST, i.id DESC LIMIT 1000 $$;

-- Whether another team has proved the same account and number. It does not say which team.
CREATE FUNCTION lookup_claimed_elsewhere(team bigint, account text, address text)
RETURNS TABLE (claimed boolean) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT count(*) > 0 FROM accounts_inbox i WHERE i.account_id = account AND i.number = address
      AND i.team_id <> team AND i.verified_at IS NOT NULL AND i.deleted_at IS NULL $$;

-- The teams that a user may enter.
CREATE FUNCTION lookup_teams_of_user(person bigint)
RETURNS TABLE (id bigint, slug varchar, name varchar, role varchar)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT t.id, t.slug, t.name, m.role FROM accounts_member m JOIN accounts_team t ON t.id = m.team_id
      WHERE m.user_id = person AND t.deleted_at IS NULL ORDER BY t.name, t.id; END $$;

-- A user's membership of a team, with the inboxes of the member's seats.
CREATE FUNCTION lookup_membership(person bigint, team_slug text)
RETURNS TABLE (team_id bigint, member_id bigint, role varchar, inbox_ids bigint[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT t.id, m.id, m.role, ARRAY(SELECT s.inbox_id FROM accounts_seat s
                                       WHERE s.team_id = m.team_id AND s.member_id = m.id ORDER BY 1)
      FROM accounts_team t JOIN accounts_member m ON m.team_id = t.id
      WHERE t.slug = team_slug AND m.user_id = person AND t.deleted_at IS NULL $$;

-- The same with the rights that a team's own role has, null without one, and the team's own name for the person, or ''.
-- The version before asks the one above.
CREATE FUNCTION lookup_membership_and_role(person bigint, team_slug text)
RETURNS TABLE (team_id bigint, member_id bigint, role varchar, inbox_ids bigint[], composed varchar[], name varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT t.id, m.id, m.role, ARRAY(SELECT s.inbox_id FROM accounts_seat s
                                       WHERE s.team_id = m.team_id AND s.member_id = m.id ORDER BY 1), r.rights, m.name
      FROM accounts_team t JOIN accounts_member m ON m.team_id = t.id
      LEFT JOIN accounts_teamrole r ON r.team_id = m.team_id AND r.id = m.custom_role_id
      WHERE t.slug = team_slug AND m.user_id = person AND t.deleted_at IS NULL $$;

-- The teams of a user that require a second factor, if the user has none.
CREATE FUNCTION lookup_missing_two_factor(person bigint)
RETURNS TABLE (slug varchar, name varchar, due timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT t.slug, t.name, t.two_factor_since + t.two_factor_grace_days * interval '1 day'
      FROM accounts_member m JOIN accounts_team t ON t.id = m.team_id
      WHERE m.user_id = person AND t.two_factor_since IS NOT NULL
        AND NOT EXISTS (SELECT FROM mfa_authenticator a WHERE a.user_id = person AND a.type IN ('totp', 'webauthn'))
      ORDER BY 3, 1; END $$;

-- What a team's single sign-on asks of its members.
CREATE FUNCTION lookup_single_sign_on_rules(team bigint)
RETURNS TABLE (single_sign_on_required boolean, issuer_asks_second_factor boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT t.single_sign_on_required, t.issuer_asks_second_factor FROM accounts_team t WHERE t.id = team $$;

-- The team that has single sign-on under this slug.
CREATE FUNCTION lookup_single_sign_on(team_slug text)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT s.team_id, s.id FROM accounts_team t JOIN accounts_singlesignon s ON s.team_id = t.id
      WHERE t.slug = team_slug AND t.deleted_at IS NULL $$;

-- The slugs of the teams that let people of a domain in by single sign-on. Claims in force come first: of those there is one.
CREATE FUNCTION lookup_single_sign_on_of_domain(wanted text)
RETURNS TABLE (slug varchar) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN QUERY
      SELECT t.slug FROM accounts_claimeddomain d JOIN accounts_team t ON t.id = d.team_id
      WHERE d.domain = wanted AND d.verified_at IS NOT NULL AND t.deleted_at IS NULL
        AND EXISTS (SELECT FROM accounts_singlesignon s WHERE s.team_id = d.team_id)
      ORDER BY d.missing_since IS NOT NULL, d.verified_at DESC; END $$;

-- Whether another team claims a domain, in force. It does not say which team.
CREATE FUNCTION lookup_domain_claimed_elsewhere(team bigint, wanted text)
RETURNS TABLE (claimed boolean) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT count(*) > 0 FROM accounts_claimeddomain d JOIN accounts_team t ON t.id = d.team_id
      WHERE d.domain = wanted AND d.team_id <> team AND d.verified_at IS NOT NULL AND t.deleted_at IS NULL
        AND (d.missing_since IS NULL OR d.missing_since > now() - interval '7 days') $$;

-- The team of an invitation.
CREATE FUNCTION lookup_invitation(hash text)
RETURNS TABLE (team_id bigint, id bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT i.team_id, i.id FROM accounts_invitation i WHERE i.token_hash = hash $$;

-- All teams, also those of which only the ledger is left, for commands and periodic tasks that visit each of them.
CREATE FUNCTION lookup_teams()
RETURNS TABLE (id bigint, slug varchar) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT t.id, t.slug FROM accounts_team t ORDER BY t.id $$;
