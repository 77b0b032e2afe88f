"""Linked teams: their links, the requests for them, and the opt-outs that wait to be copied."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0023_linked_team_settings"),
        ("optout", "0015_opt_out_scope"),
    ]

    operations = [
        migrations.AlterField(
            model_name="consentevent",
            name="origin",
            field=models.CharField(
                choices=[
                    ("contact", "the person, by text"),
                    ("carrier", "the carrier"),
                    ("vendor_list", "a former vendor's list"),
                    ("linked", "the person, at a linked team"),
                    ("told_member", "the person, recorded by a team member"),
                    ("told_import", "the person, recorded by an import"),
                    ("told_api", "the person, recorded by the API"),
                    ("member", "a team member"),
                    ("import", "an import"),
                    ("api", "the API"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="suppression",
            name="origin",
            field=models.CharField(
                choices=[
                    ("contact", "the person, by text"),
                    ("carrier", "the carrier"),
                    ("vendor_list", "a former vendor's list"),
                    ("linked", "the person, at a linked team"),
                    ("told_member", "the person, recorded by a team member"),
                    ("told_import", "the person, recorded by an import"),
                    ("told_api", "the person, recorded by the API"),
                    ("member", "a team member"),
                    ("import", "an import"),
                    ("api", "the API"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="LinkedOptOut",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_id", models.BigIntegerField()),
                ("target_id", models.BigIntegerField()),
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
                    kernel.tenancy.TenantIsolation(name="optout_linkedoptout_isolation"),
                    models.UniqueConstraint(
                        fields=("team", "event_id", "target_id"), name="optout_linkedoptout_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LinkRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("asked_by", models.CharField(max_length=254)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                        fields=["email"],
                        name="optout_linkrequest_email",
                    )
                ],
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="optout_linkrequest_isolation"),
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "open")),
                        fields=("team", "email"),
                        name="optout_linkrequest_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TeamLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("other_id", models.BigIntegerField()),
                ("other_name", models.CharField(max_length=80)),
                ("asked_by", models.CharField(max_length=254)),
                ("accepted_by", models.CharField(max_length=254)),
                ("linked_at", models.DateTimeField()),
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
                    kernel.tenancy.TenantIsolation(name="optout_teamlink_isolation"),
                    models.UniqueConstraint(fields=("team", "other_id"), name="optout_teamlink_once"),
                ],
            },
        ),
    ]
