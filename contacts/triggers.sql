-- A contact's revision counts the changes of what people see. The trigger fires only for statements that name one of
-- these columns: a text, which moves last_message_at alone, costs nothing.
CREATE OR REPLACE FUNCTION contacts_count_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.rev := OLD.rev + 1; RETURN NEW; END $$;
SELECT kernel_install_trigger('count_revision', 'contacts_contact',
    'BEFORE UPDATE OF number, first_name, last_name, display_name, email, note, assignee_id, custom
     ON %s FOR EACH ROW EXECUTE FUNCTION contacts_count_revision()');

-- Contacts outlive the member they are assigned to and the inbox they last wrote to. A foreign key with ON DELETE SET
-- NULL for one of its columns is not possible in a distributed database.
CREATE OR REPLACE FUNCTION contacts_unassign_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE contacts_contact SET assignee_id = NULL WHERE team_id = OLD.team_id AND assignee_id = OLD.id;
    RETURN OLD;
END $$;
SELECT kernel_install_trigger('unassign_contacts', 'accounts_member',
    'BEFORE DELETE ON %s FOR EACH ROW EXECUTE FUNCTION contacts_unassign_member()');

CREATE OR REPLACE FUNCTION contacts_forget_inbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE contacts_contact SET last_inbox_id = NULL WHERE team_id = OLD.team_id AND last_inbox_id = OLD.id;
    RETURN OLD;
END $$;
SELECT kernel_install_trigger('forget_last_inbox', 'accounts_inbox',
    'BEFORE DELETE ON %s FOR EACH ROW EXECUTE FUNCTION contacts_forget_inbox()');

-- The values of custom fields as filters read them. Contacts that are written by inbound texts have none, and the WHEN of
-- the triggers then costs nothing.
CREATE OR REPLACE FUNCTION contacts_keep_filter_values() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before jsonb := '{}';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := OLD.custom;
        DELETE FROM contacts_filtervalue WHERE team_id = NEW.team_id AND contact_id = NEW.id
            AND key IN (SELECT key FROM jsonb_each(before) AS b WHERE NOT NEW.custom ? b.key);
    END IF;
    INSERT INTO contacts_filtervalue (team_id, contact_id, key, words, number)
    SELECT NEW.team_id, NEW.id, v.key, contacts_filter_words(v.value #>> '{}'),
        CASE jsonb_typeof(v.value) WHEN 'number' THEN v.value::float8 END
    FROM jsonb_each(NEW.custom) AS v WHERE before -> v.key IS DISTINCT FROM v.value
    ON CONFLICT (team_id, contact_id, key) DO UPDATE SET words = excluded.words, number = excluded.number;
    RETURN NULL;
END $$;
SELECT kernel_install_trigger('keep_filter_values', 'contacts_contact',
    $t$AFTER INSERT ON %s FOR EACH ROW WHEN (NEW.custom <> '{}') EXECUTE FUNCTION contacts_keep_filter_values()$t$);
SELECT kernel_install_trigger('change_filter_values', 'contacts_contact',
    'AFTER UPDATE OF custom ON %s FOR EACH ROW WHEN (OLD.custom IS DISTINCT FROM NEW.custom)
     EXECUTE FUNCTION contacts_keep_filter_values()');
