"""Statement triggers refuse to change the ledger, to its owner as well.

A row trigger would not do: where a policy hides every row it never fires, and the statement answers 'DELETE 0'.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("optout", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION optout_ledger_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'the ledger is written once: % refused', TG_OP USING ERRCODE = '42501'; END $$;
            CREATE TRIGGER written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON optout_consentevent
                FOR EACH STATEMENT EXECUTE FUNCTION optout_ledger_is_written_once();
            """,
            """
            DROP TRIGGER written_once ON optout_consentevent;
            DROP FUNCTION optout_ledger_is_written_once();
            """,
        )
    ]
