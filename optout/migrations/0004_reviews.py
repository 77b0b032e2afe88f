"""Reviews: texts that wait for a decision, and the ledger entries of holds."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_opt_out_reading"),
        ("optout", "0003_pending_opt_ins"),
    ]

    operations = [
        migrations.AlterField(
            model_name="consentevent",
            name="action",
            field=models.CharField(
                choices=[
                    ("opted_out", "Opted Out"),
                    ("opted_in", "Opted In"),
                    ("blocked", "Blocked"),
                    ("unblocked", "Unblocked"),
                    ("held", "Held"),
                    ("released", "Released"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=64)),
                ("message_id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hold", "May be an opt-out"),
                            ("mark", "May be an opt-out, in an inbox that acts on keywords only"),
                            ("wants", "Wants texts again"),
                            ("visit", "Opted out, may have meant the appointment"),
                        ],
                        max_length=8,
                    ),
                ),
                ("rule", models.CharField(blank=True, max_length=120)),
                ("found", models.CharField(blank=True, max_length=200)),
                ("language", models.CharField(blank=True, max_length=2)),
                ("score", models.PositiveSmallIntegerField(null=True)),
                ("version", models.CharField(blank=True, max_length=20)),
                ("at", models.DateTimeField()),
                ("due_on", models.DateField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("opted_out", "Opted out"),
                            ("dismissed", "Not an opt-out"),
                            ("done", "Done"),
                            ("lapsed", "Opted out because nobody decided"),
                            ("overtaken", "Settled by a later text or change"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_id", models.BigIntegerField(null=True)),
                ("decided_by_name", models.CharField(blank=True, max_length=120)),
                ("held_event_id", models.BigIntegerField(null=True)),
                ("decision_event_id", models.BigIntegerField(null=True)),
                ("reminded_on", models.DateField(null=True)),
                ("created_at", models.DateTimeField()),
                ("inbox", kernel.tenancy.TenantKey(related_name="reviews", to="accounts.inbox")),
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
                        condition=models.Q(("outcome", "open")),
                        fields=["team", "number"],
                        name="optout_review_open_number",
                    ),
                    models.Index(
                        condition=models.Q(("outcome", "open")),
                        fields=["team", "due_on", "id"],
                        name="optout_review_open_due",
                    ),
                    models.Index(
                        condition=models.Q(("kind", "hold"), ("outcome", "open")),
                        fields=["due_on"],
                        name="optout_review_holds_due",
                    ),
                ],
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="optout_review_isolation"),
                    kernel.tenancy.TenantReference(
                        field="inbox", name="optout_review_inbox", on_delete="RESTRICT"
                    ),
                    models.UniqueConstraint(fields=("team", "message_id"), name="optout_review_once"),
                ],
            },
        ),
    ]
