-- Entries of the audit log are written once, also by the table's owner. The trigger is a statement trigger: where a policy
-- hides every row, a row trigger would not fire, and the statement would return "DELETE 0".
CREATE OR REPLACE FUNCTION accounts_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit log is written once: % refused', TG_OP USING ERRCODE = '42501'; END $$;
SELECT kernel_install_trigger('refuse_change', 'accounts_settingschange',
    'BEFORE UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_audit_change()');
