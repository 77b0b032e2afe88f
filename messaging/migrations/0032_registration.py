"""10DLC registrations of inboxes."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.tenancy

STATES = [
    ("unknown", "Not known"),
    ("none", "Not registered"),
    ("pending", "In review"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("suspended", "Suspended"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0021_opt_out_scope"),
        ("messaging", "0031_inbound_parts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Registration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brand", models.CharField(blank=True, max_length=80)),
                ("brand_state", models.CharField(choices=STATES, default="unknown", max_length=10)),
                ("campaign", models.CharField(blank=True, max_length=80)),
                ("campaign_state", models.CharField(choices=STATES, default="unknown", max_length=10)),
                ("problem", models.TextField(blank=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("inbox", kernel.tenancy.TenantKey(related_name="registrations", to="accounts.inbox")),
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
                    kernel.tenancy.TenantIsolation(name="messaging_registration_isolation"),
                    kernel.tenancy.TenantReference(
                        field="inbox", name="messaging_registration_inbox", on_delete="CASCADE"
                    ),
                    models.UniqueConstraint(fields=("team", "inbox"), name="messaging_registration_once"),
                ],
            },
        ),
    ]
