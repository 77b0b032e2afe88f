from django.db import migrations

HOLDERS = ("member", "invitation", "seat")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0032_team_roles")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE accounts_{holder} VALIDATE CONSTRAINT accounts_{holder}_role",
            migrations.RunSQL.noop,
        )
        for holder in HOLDERS
    ]
