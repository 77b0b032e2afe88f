"""Double opt-in of inboxes, and whether marketing needs consent on record."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_sending_hours"),
    ]

    operations = [
        migrations.AddField(
            model_name="inbox",
            name="double_opt_in",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="inbox",
            name="double_opt_in_marketing",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="inbox",
            name="prompt_reply",
            field=models.CharField(blank=True, db_default="", default="", max_length=320),
        ),
        migrations.AddField(
            model_name="team",
            name="marketing_needs_consent",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
