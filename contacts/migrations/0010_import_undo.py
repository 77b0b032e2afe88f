import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import accounts.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_api_keys"),
        ("contacts", "0009_revision_default"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("whom", models.BigIntegerField()),
                ("created", models.BooleanField(default=False)),
                ("at", models.DateTimeField(null=True)),
                ("was_at", models.DateTimeField(null=True)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                (
                    "lists",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True),
                ),
                (
                    "entries",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True),
                ),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True),
                ),
                (
                    "taggings",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True),
                ),
                (
                    "left",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True),
                ),
                ("of", accounts.tenancy.TenantKey(related_name="changes", to="contacts.import")),
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
                    accounts.tenancy.TenantWall(name="contacts_importchange_wall"),
                    accounts.tenancy.TenantReference(
                        field="of", name="contacts_importchange_of", on_delete="CASCADE"
                    ),
                    models.UniqueConstraint(fields=("team", "of", "whom"), name="contacts_importchange_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportMade",
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
                        choices=[("event", "Event"), ("list", "List"), ("tag", "Tag")], max_length=5
                    ),
                ),
                ("what", models.BigIntegerField()),
                ("of", accounts.tenancy.TenantKey(related_name="made", to="contacts.import")),
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
                    accounts.tenancy.TenantWall(name="contacts_importmade_wall"),
                    accounts.tenancy.TenantReference(
                        field="of", name="contacts_importmade_of", on_delete="CASCADE"
                    ),
                    models.UniqueConstraint(
                        fields=("team", "of", "kind", "what"), name="contacts_importmade_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportUndo",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("checking", "Checking"),
                            ("checked", "Checked"),
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                ("position", models.PositiveIntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("sentence", models.CharField(blank=True, max_length=300)),
                ("cancel_asked", models.BooleanField(default=False)),
                ("by_id", models.BigIntegerField(null=True)),
                ("by_name", models.CharField(blank=True, max_length=120)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("alive_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("lift", models.BooleanField(default=False)),
                ("reached", models.BigIntegerField(default=0)),
                ("reached_event", models.BigIntegerField(default=0)),
                ("of", accounts.tenancy.TenantKey(related_name="undos", to="contacts.import")),
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
                "indexes": [models.Index(fields=["team", "of", "-id"], name="contacts_importundo_newest")],
                "constraints": [
                    accounts.tenancy.TenantWall(name="contacts_importundo_wall"),
                    accounts.tenancy.TenantReference(
                        field="of", name="contacts_importundo_of", on_delete="CASCADE"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("checking", "waiting", "running"))),
                        fields=("team", "of"),
                        name="contacts_importundo_one",
                    ),
                ],
            },
        ),
    ]
