import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_held_changes")]

    operations = [
        # Two steps: a default that is a function, in one, would rewrite the table.
        migrations.AddField("dirtymark", "marked_at", models.DateTimeField(null=True)),
        migrations.AlterField(
            "dirtymark",
            "marked_at",
            models.DateTimeField(null=True, db_default=django.db.models.functions.datetime.Now()),
        ),
    ]
