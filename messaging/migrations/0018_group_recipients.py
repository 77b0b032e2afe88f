"""The other members of groups to which people sent texts."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_assign_on_reply"),
        ("messaging", "0017_sent_again"),
    ]

    operations = [
        migrations.CreateModel(
            name="GroupRecipient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=64)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "message",
                    kernel.tenancy.TenantKey(related_name="group_recipients", to="messaging.message"),
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
                "indexes": [models.Index(fields=["team", "number"], name="messaging_grouprecipient_of")],
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="messaging_grouprecipient_isolation"),
                    kernel.tenancy.TenantReference(
                        field="message", name="messaging_grouprecipient_message", on_delete="CASCADE"
                    ),
                    models.UniqueConstraint(
                        fields=("team", "message", "number"), name="messaging_grouprecipient_once"
                    ),
                ],
            },
        ),
    ]
