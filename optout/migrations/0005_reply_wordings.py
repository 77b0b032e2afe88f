"""Wordings of automatic replies per inbox and language."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_settings_changes"),
        ("optout", "0004_reviews"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReplyWording",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=2)),
                ("reply", models.CharField(max_length=8)),
                ("text", models.CharField(max_length=320)),
                ("inbox", kernel.tenancy.TenantKey(related_name="reply_wordings", to="accounts.inbox")),
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
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="optout_replywording_isolation"),
                    kernel.tenancy.TenantReference(
                        field="inbox", name="optout_replywording_inbox", on_delete="CASCADE"
                    ),
                    models.UniqueConstraint(
                        fields=("team", "inbox", "language", "reply"), name="optout_replywording_once"
                    ),
                ],
            },
        ),
    ]
