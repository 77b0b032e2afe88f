import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import accounts.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_team_wall"),
        ("contacts", "0004_import_progress"),
    ]

    operations = [
        migrations.CreateModel(
            name="MoveIn",
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
                ("source", models.CharField(max_length=120)),
                ("country", models.CharField(max_length=2)),
                ("file_name", models.CharField(blank=True, max_length=255)),
                ("lines", models.PositiveIntegerField(default=0)),
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
            name="MoveInFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("data", models.BinaryField()),
                ("of", accounts.tenancy.TenantKey(related_name="files", to="contacts.movein")),
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
            name="MoveInRemark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=300)),
                ("cells", models.JSONField(default=list)),
                ("of", accounts.tenancy.TenantKey(related_name="remarks", to="contacts.movein")),
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
            name="MoveInRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line", models.PositiveIntegerField()),
                ("number", models.CharField(max_length=64)),
                ("at", models.DateTimeField(null=True)),
                ("source", models.CharField(blank=True, max_length=200)),
                ("of", accounts.tenancy.TenantKey(related_name="rows", to="contacts.movein")),
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
            model_name="movein",
            index=models.Index(fields=["team", "-id"], name="contacts_movein_newest"),
        ),
        migrations.AddConstraint(
            model_name="movein",
            constraint=accounts.tenancy.TenantWall(name="contacts_movein_wall"),
        ),
        migrations.AddConstraint(
            model_name="moveinfile",
            constraint=accounts.tenancy.TenantWall(name="contacts_moveinfile_wall"),
        ),
        migrations.AddConstraint(
            model_name="moveinfile",
            constraint=accounts.tenancy.TenantReference(
                field="of", name="contacts_moveinfile_of", on_delete="CASCADE"
            ),
        ),
        migrations.AddConstraint(
            model_name="moveinfile",
            constraint=models.UniqueConstraint(fields=("team", "of"), name="contacts_moveinfile_once"),
        ),
        migrations.AddIndex(
            model_name="moveinremark",
            index=models.Index(fields=["team", "of", "line", "id"], name="contacts_moveinremark_line"),
        ),
        migrations.AddConstraint(
            model_name="moveinremark",
            constraint=accounts.tenancy.TenantWall(name="contacts_moveinremark_wall"),
        ),
        migrations.AddConstraint(
            model_name="moveinremark",
            constraint=accounts.tenancy.TenantReference(
                field="of", name="contacts_moveinremark_of", on_delete="CASCADE"
            ),
        ),
        migrations.AddIndex(
            model_name="moveinrow",
            index=models.Index(fields=["team", "of", "line"], name="contacts_moveinrow_line"),
        ),
        migrations.AddConstraint(
            model_name="moveinrow",
            constraint=accounts.tenancy.TenantWall(name="contacts_moveinrow_wall"),
        ),
        migrations.AddConstraint(
            model_name="moveinrow",
            constraint=accounts.tenancy.TenantReference(
                field="of", name="contacts_moveinrow_of", on_delete="CASCADE"
            ),
        ),
        migrations.AddConstraint(
            model_name="moveinrow",
            constraint=models.UniqueConstraint(
                fields=("team", "of", "number"), name="contacts_moveinrow_once"
            ),
        ),
    ]
