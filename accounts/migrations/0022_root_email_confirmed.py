"""Addresses for the daily root are confirmed by their owners."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0021_opt_out_scope"),
    ]

    operations = [
        migrations.AddField(
            model_name="team",
            name="root_email_confirmed",
            field=models.EmailField(blank=True, db_default="", default="", max_length=254),
        ),
    ]
