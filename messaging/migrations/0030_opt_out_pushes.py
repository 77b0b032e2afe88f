"""Pushes of our opt-outs to carriers."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0020_number_types"),
        ("messaging", "0029_conversation_channel"),
    ]

    operations = [
        migrations.CreateModel(
            name="OptOutPush",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("active", models.BooleanField(default=True)),
                ("position", models.BigIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("pushed_at", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("failed_at", models.DateTimeField(null=True)),
                ("inbox", kernel.tenancy.TenantKey(related_name="opt_out_pushes", to="accounts.inbox")),
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
                    models.Index(
                        condition=models.Q(("active", True)),
                        fields=["due_at"],
                        name="messaging_optoutpush_due",
                    )
                ],
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="messaging_optoutpush_isolation"),
                    kernel.tenancy.TenantReference(
                        field="inbox", name="messaging_optoutpush_inbox", on_delete="CASCADE"
                    ),
                    models.UniqueConstraint(fields=("team", "inbox"), name="messaging_optoutpush_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PushedOptOut",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=64)),
                ("opted_out", models.BooleanField()),
                ("at", models.DateTimeField()),
                ("error", models.CharField(blank=True, max_length=200)),
                ("inbox", kernel.tenancy.TenantKey(related_name="pushed_opt_outs", to="accounts.inbox")),
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
                    models.Index(
                        condition=models.Q(("error", ""), _negated=True),
                        fields=["team", "inbox", "-at", "-id"],
                        name="messaging_pushedoptout_refused",
                    )
                ],
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="messaging_pushedoptout_isolation"),
                    kernel.tenancy.TenantReference(
                        field="inbox", name="messaging_pushedoptout_inbox", on_delete="CASCADE"
                    ),
                    models.UniqueConstraint(
                        fields=("team", "inbox", "number"), name="messaging_pushedoptout_once"
                    ),
                ],
            },
        ),
    ]
