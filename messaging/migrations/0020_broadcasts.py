"""Broadcasts with their recipients, and the texts that belong to them."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_broadcast_limits"),
        ("messaging", "0019_notifications"),
    ]

    operations = [
        migrations.CreateModel(
            name="Broadcast",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "category",
                    models.CharField(
                        choices=[("marketing", "Marketing"), ("informational", "Informational")],
                        default="marketing",
                        max_length=13,
                    ),
                ),
                ("body", models.TextField(blank=True)),
                ("template_id", models.BigIntegerField(null=True)),
                ("template_title", models.CharField(blank=True, max_length=80)),
                ("append_words", models.BooleanField(db_default=True, default=True)),
                (
                    "opt_out_words",
                    models.CharField(
                        db_default="Reply STOP to opt out.", default="Reply STOP to opt out.", max_length=160
                    ),
                ),
                ("audience", models.JSONField(default=dict)),
                ("audience_text", models.TextField(blank=True)),
                ("send_at", models.DateTimeField(null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("scheduled", "Scheduled"),
                            ("preparing", "Preparing"),
                            ("sending", "Sending"),
                            ("paused", "Paused"),
                            ("finished", "Finished"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("pause_reason", models.CharField(blank=True, max_length=12)),
                ("pause_detail", models.CharField(blank=True, max_length=300)),
                ("author_id", models.BigIntegerField(null=True)),
                ("author_name", models.CharField(blank=True, max_length=80)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("prepared_upto", models.BigIntegerField(default=0, null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("reconcile_at", models.DateTimeField(null=True)),
                (
                    "inbox",
                    kernel.tenancy.TenantKey(null=True, related_name="broadcasts", to="accounts.inbox"),
                ),
                (
                    "picture",
                    kernel.tenancy.TenantKey(null=True, related_name="broadcasts", to="messaging.attachment"),
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
        ),
        migrations.CreateModel(
            name="BroadcastLane",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_at", models.DateTimeField(null=True)),
                ("broadcast", kernel.tenancy.TenantKey(related_name="lanes", to="messaging.broadcast")),
                ("inbox", kernel.tenancy.TenantKey(related_name="broadcast_lanes", to="accounts.inbox")),
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
        ),
        migrations.CreateModel(
            name="BroadcastPace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("next_at", models.DateTimeField()),
                ("inbox", kernel.tenancy.TenantKey(related_name="broadcast_paces", to="accounts.inbox")),
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
        ),
        migrations.CreateModel(
            name="BroadcastRecipient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=64)),
                ("contact_id", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("held", "Held"),
                            ("left_out", "Left Out"),
                            ("texted", "Texted"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=12)),
                ("message_id", models.BigIntegerField(null=True)),
                ("words_appended", models.BooleanField(db_default=False, default=False)),
                ("at", models.DateTimeField(null=True)),
                ("held_until", models.DateTimeField(null=True)),
                ("held_reason", models.CharField(blank=True, max_length=120)),
                ("broadcast", kernel.tenancy.TenantKey(related_name="recipients", to="messaging.broadcast")),
                (
                    "inbox",
                    kernel.tenancy.TenantKey(
                        null=True, related_name="broadcast_recipients", to="accounts.inbox"
                    ),
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
        ),
        migrations.AddIndex(
            model_name="broadcast",
            index=models.Index(fields=["team", "-created_at", "-id"], name="messaging_broadcast_list"),
        ),
        migrations.AddIndex(
            model_name="broadcast",
            index=models.Index(
                condition=models.Q(("picture__isnull", False)),
                fields=["team", "picture"],
                name="messaging_broadcast_shows",
            ),
        ),
        migrations.AddIndex(
            model_name="broadcast",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)),
                fields=["due_at"],
                name="messaging_broadcast_due",
            ),
        ),
        migrations.AddIndex(
            model_name="broadcast",
            index=models.Index(
                condition=models.Q(("reconcile_at__isnull", False)),
                fields=["reconcile_at"],
                name="messaging_broadcast_reconcile",
            ),
        ),
        migrations.AddConstraint(
            model_name="broadcast",
            constraint=kernel.tenancy.TenantIsolation(name="messaging_broadcast_isolation"),
        ),
        migrations.AddConstraint(
            model_name="broadcast",
            constraint=kernel.tenancy.TenantReference(
                field="inbox", name="messaging_broadcast_inbox", on_delete="RESTRICT"
            ),
        ),
        migrations.AddConstraint(
            model_name="broadcast",
            constraint=kernel.tenancy.TenantReference(
                field="picture", name="messaging_broadcast_picture", on_delete="RESTRICT"
            ),
        ),
        migrations.AddIndex(
            model_name="broadcastlane",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)),
                fields=["due_at"],
                name="messaging_broadcastlane_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="broadcastlane",
            constraint=kernel.tenancy.TenantIsolation(name="messaging_broadcastlane_isolation"),
        ),
        migrations.AddConstraint(
            model_name="broadcastlane",
            constraint=kernel.tenancy.TenantReference(
                field="broadcast", name="messaging_broadcastlane_broadcast", on_delete="CASCADE"
            ),
        ),
        migrations.AddConstraint(
            model_name="broadcastlane",
            constraint=kernel.tenancy.TenantReference(
                field="inbox", name="messaging_broadcastlane_inbox", on_delete="RESTRICT"
            ),
        ),
        migrations.AddConstraint(
            model_name="broadcastlane",
            constraint=models.UniqueConstraint(
                fields=("team", "broadcast", "inbox"), name="messaging_broadcastlane_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="broadcastpace",
            constraint=kernel.tenancy.TenantIsolation(name="messaging_broadcastpace_isolation"),
        ),
        migrations.AddConstraint(
            model_name="broadcastpace",
            constraint=kernel.tenancy.TenantReference(
                field="inbox", name="messaging_broadcastpace_inbox", on_delete="CASCADE"
            ),
        ),
        migrations.AddConstraint(
            model_name="broadcastpace",
            constraint=models.UniqueConstraint(fields=("team", "inbox"), name="messaging_broadcastpace_once"),
        ),
        migrations.AddIndex(
            model_name="broadcastrecipient",
            index=models.Index(
                fields=["team", "broadcast", "state", "reason", "id"], name="messaging_recipient_in"
            ),
        ),
        migrations.AddIndex(
            model_name="broadcastrecipient",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["team", "broadcast", "inbox", "id"],
                name="messaging_recipient_next",
            ),
        ),
        migrations.AddIndex(
            model_name="broadcastrecipient",
            index=models.Index(
                condition=models.Q(("state", "held")),
                fields=["team", "broadcast", "held_until"],
                name="messaging_recipient_held",
            ),
        ),
        migrations.AddIndex(
            model_name="broadcastrecipient",
            index=models.Index(
                condition=models.Q(("state", "texted")),
                fields=["team", "number", "at"],
                name="messaging_recipient_of",
            ),
        ),
        migrations.AddConstraint(
            model_name="broadcastrecipient",
            constraint=kernel.tenancy.TenantIsolation(name="messaging_broadcastrecipient_isolation"),
        ),
        migrations.AddConstraint(
            model_name="broadcastrecipient",
            constraint=kernel.tenancy.TenantReference(
                field="broadcast", name="messaging_broadcastrecipient_broadcast", on_delete="CASCADE"
            ),
        ),
        migrations.AddConstraint(
            model_name="broadcastrecipient",
            constraint=kernel.tenancy.TenantReference(
                field="inbox", name="messaging_broadcastrecipient_inbox", on_delete="RESTRICT"
            ),
        ),
        migrations.AddConstraint(
            model_name="broadcastrecipient",
            constraint=models.UniqueConstraint(
                fields=("team", "broadcast", "number"), name="messaging_broadcastrecipient_once"
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="broadcast_id",
            field=models.BigIntegerField(null=True),
        ),
    ]
