"""Types of inboxes' numbers, and further addresses of inboxes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0019_more_carriers"),
    ]

    operations = [
        migrations.AddField(
            model_name="inbox",
            name="stated_number_type",
            field=models.CharField(
                blank=True,
                choices=[
                    ("long_code", "Long code"),
                    ("toll_free", "Toll-free number"),
                    ("short_code", "Short code"),
                    ("alphanumeric", "Alphanumeric sender"),
                    ("rcs_agent", "RCS agent"),
                ],
                db_default="",
                default="",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="inbox",
            name="number_type_source",
            field=models.CharField(
                choices=[
                    ("number", "guessed from the number"),
                    ("carrier", "said by the carrier"),
                    ("admin", "chosen by an admin"),
                ],
                db_default="number",
                default="number",
                max_length=7,
            ),
        ),
        migrations.AddField(
            model_name="inbox",
            name="further_addresses",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name="inbox",
            name="unlisted_address",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
    ]
