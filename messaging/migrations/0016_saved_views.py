"""Saved views of the list of conversations."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_automatic_texts"),
        ("messaging", "0015_drafts_and_undo"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("folder", models.CharField(max_length=12)),
                ("inbox_id", models.BigIntegerField(null=True)),
                ("assignee", models.CharField(blank=True, max_length=20)),
                ("tag_id", models.BigIntegerField(null=True)),
                ("unread", models.BooleanField(default=False)),
                ("standing", models.CharField(blank=True, max_length=8)),
                (
                    "member",
                    kernel.tenancy.TenantKey(null=True, related_name="saved_views", to="accounts.member"),
                ),
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
                    kernel.tenancy.TenantIsolation(name="messaging_savedview_isolation"),
                    kernel.tenancy.TenantReference(
                        field="member", name="messaging_savedview_member", on_delete="CASCADE"
                    ),
                    models.UniqueConstraint(
                        fields=("team", "member", "name"),
                        name="messaging_savedview_name",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
    ]
