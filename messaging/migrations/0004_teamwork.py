"""Work in a team: assignments, private notes with mentions, and activities."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_opt_out_reading"),
        ("contacts", "0005_interrupted_runs"),
        ("messaging", "0003_text_by_hand"),
    ]

    operations = [
        migrations.CreateModel(
            name="Assignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "conversation",
                    kernel.tenancy.TenantKey(related_name="assignments", to="messaging.conversation"),
                ),
                ("member", kernel.tenancy.TenantKey(related_name="assignments", to="accounts.member")),
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
            name="Note",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("author_id", models.BigIntegerField(null=True)),
                ("author_name", models.CharField(max_length=120)),
                ("body", models.TextField()),
                ("at", models.DateTimeField()),
                ("conversation", kernel.tenancy.TenantKey(related_name="notes", to="messaging.conversation")),
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
            name="Mention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seen", models.BooleanField(default=False)),
                (
                    "conversation",
                    kernel.tenancy.TenantKey(related_name="mentions", to="messaging.conversation"),
                ),
                ("member", kernel.tenancy.TenantKey(related_name="mentions", to="accounts.member")),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="%(class)ss",
                        to="accounts.team",
                    ),
                ),
                ("note", kernel.tenancy.TenantKey(related_name="mentions", to="messaging.note")),
            ],
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("assigned", "Assigned"),
                            ("unassigned", "Unassigned"),
                            ("closed", "Closed"),
                            ("reopened", "Reopened"),
                        ],
                        max_length=12,
                    ),
                ),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_name", models.CharField(max_length=120)),
                ("assignee_id", models.BigIntegerField(null=True)),
                ("assignee_name", models.CharField(blank=True, max_length=120)),
                ("at", models.DateTimeField()),
                (
                    "conversation",
                    kernel.tenancy.TenantKey(related_name="activities", to="messaging.conversation"),
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
            model_name="activity",
            index=models.Index(fields=["team", "conversation", "at", "id"], name="messaging_activity_thread"),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=kernel.tenancy.TenantIsolation(name="messaging_activity_isolation"),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=kernel.tenancy.TenantReference(
                field="conversation", name="messaging_activity_conversation", on_delete="CASCADE"
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["team", "member"], name="messaging_assignment_of"),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=kernel.tenancy.TenantIsolation(name="messaging_assignment_isolation"),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=kernel.tenancy.TenantReference(
                field="conversation", name="messaging_assignment_conversation", on_delete="CASCADE"
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=kernel.tenancy.TenantReference(
                field="member", name="messaging_assignment_member", on_delete="CASCADE"
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(
                fields=("team", "conversation"), name="messaging_assignment_once"
            ),
        ),
        migrations.AddIndex(
            model_name="note",
            index=models.Index(fields=["team", "conversation", "at", "id"], name="messaging_note_thread"),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=kernel.tenancy.TenantIsolation(name="messaging_note_isolation"),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=kernel.tenancy.TenantReference(
                field="conversation", name="messaging_note_conversation", on_delete="CASCADE"
            ),
        ),
        migrations.AddIndex(
            model_name="mention",
            index=models.Index(
                condition=models.Q(("seen", False)),
                fields=["team", "member"],
                name="messaging_mention_unseen",
            ),
        ),
        migrations.AddConstraint(
            model_name="mention",
            constraint=kernel.tenancy.TenantIsolation(name="messaging_mention_isolation"),
        ),
        migrations.AddConstraint(
            model_name="mention",
            constraint=kernel.tenancy.TenantReference(
                field="note", name="messaging_mention_note", on_delete="CASCADE"
            ),
        ),
        migrations.AddConstraint(
            model_name="mention",
            constraint=kernel.tenancy.TenantReference(
                field="conversation", name="messaging_mention_conversation", on_delete="CASCADE"
            ),
        ),
        migrations.AddConstraint(
            model_name="mention",
            constraint=kernel.tenancy.TenantReference(
                field="member", name="messaging_mention_member", on_delete="CASCADE"
            ),
        ),
        migrations.AddConstraint(
            model_name="mention",
            constraint=models.UniqueConstraint(
                fields=("team", "note", "member"), name="messaging_mention_once"
            ),
        ),
    ]
