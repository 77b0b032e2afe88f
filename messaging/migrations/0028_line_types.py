"""Line types of numbers, as carriers' lookups tell them."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_line_lookups"),
        ("messaging", "0027_double_opt_in_prompt"),
    ]

    operations = [
        migrations.CreateModel(
            name="LineType",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=64)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("landline", "Landline"),
                            ("other", "Other"),
                            ("unknown", "Unknown"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("due_at", models.DateTimeField(null=True)),
                ("looked_up_at", models.DateTimeField(null=True)),
                ("inbox", kernel.tenancy.TenantKey(related_name="line_types", to="accounts.inbox")),
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
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["team", "inbox", "due_at"],
                        name="messaging_linetype_next",
                    )
                ],
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="messaging_linetype_isolation"),
                    kernel.tenancy.TenantReference(
                        field="inbox", name="messaging_linetype_inbox", on_delete="CASCADE"
                    ),
                    models.UniqueConstraint(fields=("team", "number"), name="messaging_linetype_once"),
                ],
            },
        ),
    ]
