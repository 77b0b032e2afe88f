"""Addresses for the daily root are confirmed by their owners; those that already get roots keep getting them."""

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
        migrations.RunSQL(
            "UPDATE accounts_team SET root_email_confirmed = root_email WHERE root_email <> ''",
            migrations.RunSQL.noop,
        ),
    ]
