-- The ledger is written once, for its owner as well. A row trigger would not do: where a policy hides every row it never
-- fires, and the statement answers "DELETE 0".
CREATE OR REPLACE FUNCTION optout_refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the ledger is written once: % refused', TG_OP USING ERRCODE = '42501'; END $$;
SELECT kernel_install_trigger('refuse_change', 'optout_consentevent',
    'BEFORE UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION optout_refuse_ledger_change()');

-- Each ledger entry gets its row in the feed.
CREATE OR REPLACE FUNCTION optout_add_to_feed() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN INSERT INTO optout_feedentry (team_id, event_id) VALUES (NEW.team_id, NEW.id); RETURN NULL; END $$;
REVOKE ALL ON FUNCTION optout_add_to_feed() FROM PUBLIC;  -- a trigger needs no right to it
SELECT kernel_install_trigger('add_to_feed', 'optout_consentevent',
    'AFTER INSERT ON %s FOR EACH ROW EXECUTE FUNCTION optout_add_to_feed()');
