from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import kernel.tenancy

HOLDERS = ("member", "invitation", "seat")


def custom_role(model_name: str) -> migrations.AddField:
    key: Any = kernel.tenancy.TenantKey(
        blank=True, null=True, related_name="%(class)ss", to="accounts.teamrole"
    )
    return migrations.AddField(model_name=model_name, name="custom_role", field=key)


def reference(model_name: str) -> migrations.SeparateDatabaseAndState:
    """The foreign key, which the next migration validates."""
    name = f"accounts_{model_name}_role"
    constraint = kernel.tenancy.TenantReference(field="custom_role", name=name)
    return migrations.SeparateDatabaseAndState(
        state_operations=[migrations.AddConstraint(model_name=model_name, constraint=constraint)],
        database_operations=[
            migrations.RunSQL(
                f"ALTER TABLE accounts_{model_name} ADD CONSTRAINT {name} FOREIGN KEY (team_id, custom_role_id)"
                " REFERENCES accounts_teamrole (team_id, id) ON DELETE RESTRICT NOT VALID",
                f"ALTER TABLE accounts_{model_name} DROP CONSTRAINT {name}",
            )
        ],
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0031_audit_choices")]

    operations = [
        migrations.CreateModel(
            name="TeamRole",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                ("description", models.CharField(blank=True, max_length=200)),
                (
                    "rights",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list
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
        migrations.AddConstraint(
            model_name="teamrole",
            constraint=kernel.tenancy.TenantIsolation(name="accounts_teamrole_isolation"),
        ),
        migrations.AddConstraint(
            model_name="teamrole",
            constraint=models.UniqueConstraint(
                models.F("team"),
                django.db.models.functions.text.Lower("name"),
                name="accounts_teamrole_name",
            ),
        ),
        migrations.AddField(
            model_name="seat",
            name="role",
            field=models.CharField(
                blank=True,
                choices=[("owner", "Owner"), ("admin", "Admin"), ("member", "Member")],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        *map(custom_role, HOLDERS),
        *map(reference, HOLDERS),
    ]
