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
