import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.db import migrations, models

import accounts.tenancy

REVISED = """
    DROP TRIGGER revised ON contacts_contact;
    CREATE TRIGGER revised BEFORE UPDATE OF number, first_name, last_name, display_name, email, note, assignee_id{also}
        ON contacts_contact FOR EACH ROW EXECUTE FUNCTION contacts_contact_is_revised();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_team_wall"),
        ("contacts", "0007_revisions"),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="custom",
            field=models.JSONField(
                blank=True, db_default=models.Value({}, output_field=models.JSONField()), default=dict
            ),
        ),
        migrations.AddField(
            model_name="importrow",
            name="custom",
            field=models.JSONField(null=True),
        ),
        migrations.CreateModel(
            name="CustomField",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("number", "Number"),
                            ("date", "Date"),
                            ("yes_no", "Yes or no"),
                            ("choice", "Choice"),
                        ],
                        default="text",
                        max_length=10,
                    ),
                ),
                ("options", models.JSONField(default=list)),
                ("position", models.PositiveSmallIntegerField(default=0)),
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
                "constraints": [
                    accounts.tenancy.TenantWall(name="contacts_customfield_wall"),
                    models.UniqueConstraint(
                        models.F("team"),
                        django.db.models.functions.text.Lower("name"),
                        name="contacts_customfield_name",
                    ),
                    models.UniqueConstraint(fields=("team", "key"), name="contacts_customfield_key"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FieldDeletion",
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
                ("name", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=60)),
                ("reached", models.BigIntegerField(default=0)),
                ("found", models.PositiveIntegerField(default=0)),
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
                "constraints": [accounts.tenancy.TenantWall(name="contacts_fielddeletion_wall")],
            },
        ),
        # What the team's own fields say is a part of the contact that a revision counts.
        migrations.RunSQL(REVISED.format(also=", custom"), REVISED.format(also="")),
    ]
