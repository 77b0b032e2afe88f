-- Ledger entries are written once, also by the tables' owner. The trigger is a statement trigger: where a policy hides
-- every row, a row trigger would not fire, and the statement would return "DELETE 0".
CREATE OR REPLACE FUNCTION optout_refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the ledger is written once: % refused', TG_OP USING ERRCODE = '42501'; END $$;
SELECT kernel_install_trigger('refuse_change', 'optout_consentevent',
    'BEFORE UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION optout_refuse_ledger_change()');

-- Each ledger entry gets a row in the feed, in the same transaction.
CREATE OR REPLACE FUNCTION optout_add_to_feed() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN INSERT INTO optout_feedentry (team_id, event_id) VALUES (NEW.team_id, NEW.id); RETURN NULL; END $$;
REVOKE ALL ON FUNCTION optout_add_to_feed() FROM PUBLIC;  -- triggers run it without a right
SELECT kernel_install_trigger('add_to_feed', 'optout_consentevent',
    'AFTER INSERT ON %s FOR EACH ROW EXECUTE FUNCTION optout_add_to_feed()');

-- A person's own opt-out from all inboxes is to be copied to the linked teams. The shared lock lets a link that is
-- being made or ended wait for entries that are being written, and they for it (scope_lookups.sql).
CREATE OR REPLACE FUNCTION optout_share_opt_out() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE other bigint;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7468, NEW.team_id::integer);
    FOR other IN SELECT l.other_id FROM optout_teamlink l WHERE l.team_id = NEW.team_id LOOP
        -- With VALUES: a distributed database runs INSERT … SELECT of a trigger outside its transaction.
        INSERT INTO optout_linkedoptout (team_id, event_id, target_id) VALUES (NEW.team_id, NEW.id, other);
    END LOOP;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION optout_share_opt_out() FROM PUBLIC;
SELECT kernel_install_trigger('share_opt_out', 'optout_consentevent',
    'AFTER INSERT ON %s FOR EACH ROW
     WHEN (NEW.action = ''opted_out'' AND NOT NEW.only_in_inbox AND NEW.origin IN
         (''contact'', ''carrier'', ''vendor_list'', ''told_member'', ''told_import'', ''told_api''))
     EXECUTE FUNCTION optout_share_opt_out()');

-- Consent records are written once, too. Only their words may be emptied, when a person is erased.
SELECT kernel_install_trigger('refuse_deletion', 'optout_consentrecord',
    'BEFORE DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION optout_refuse_ledger_change()');
CREATE OR REPLACE FUNCTION optout_refuse_record_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE emptied optout_consentrecord := OLD;
BEGIN
    emptied.words := '';
    IF NEW IS DISTINCT FROM emptied THEN
        RAISE EXCEPTION 'consent records are written once: % refused', TG_OP USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
SELECT kernel_install_trigger('refuse_change', 'optout_consentrecord',
    'BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION optout_refuse_record_change()');

-- Daily roots and the hashes that lead to them are written once, like the ledger.
SELECT kernel_install_trigger('refuse_change', roots::regclass,
    'BEFORE UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION optout_refuse_ledger_change()')
FROM unnest(ARRAY['optout_ledgerroot', 'optout_ledgerblock']) AS roots;
