"""Audit of settings, and what an opt-out also does."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_opt_out_reading"),
    ]

    operations = [
        migrations.AddField(
            model_name="team",
            name="opt_out_closes",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="team",
            name="opt_out_leaves_lists",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="SettingsChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("section", models.CharField(choices=[("opt-out", "Opt-out")], max_length=20)),
                ("setting", models.CharField(max_length=120)),
                ("before", models.TextField(blank=True)),
                ("after", models.TextField(blank=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_by_id", models.BigIntegerField()),
                ("changed_by_name", models.CharField(max_length=254)),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="%(class)ss",
                        to="accounts.team",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["team", "section", "-id"], name="accounts_settingschange_newest")
                ],
                "constraints": [kernel.tenancy.TenantIsolation(name="accounts_settingschange_isolation")],
            },
        ),
    ]
