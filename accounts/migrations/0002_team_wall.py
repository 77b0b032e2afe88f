"""The team's own row stands behind the wall too."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE accounts_team ENABLE ROW LEVEL SECURITY;
            CREATE POLICY team ON accounts_team
                USING (id = nullif(current_setting('heymarket.team', true), '')::bigint);
            """,
            "DROP POLICY team ON accounts_team; ALTER TABLE accounts_team DISABLE ROW LEVEL SECURITY;",
        )
    ]
