"""Single sign-on of a team: its issuer, claimed domains, linked people, and members who stay removed."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import kernel.encryption
import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0034_allows_short_codes"),
    ]

    operations = [
        migrations.AddField(
            model_name="team",
            name="issuer_asks_second_factor",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="team",
            name="single_sign_on_required",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="ClaimedDomain",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("domain", models.CharField(max_length=253)),
                ("challenge", models.CharField(max_length=64)),
                ("verified_at", models.DateTimeField(null=True)),
                ("checked_at", models.DateTimeField(null=True)),
                ("missing_since", models.DateTimeField(null=True)),
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
                "indexes": [models.Index(fields=["domain"], name="accounts_claimeddomain_domain")],
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="accounts_claimeddomain_isolation"),
                    models.UniqueConstraint(fields=("team", "domain"), name="accounts_claimeddomain_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LinkedIdentity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("issuer", models.CharField(max_length=300)),
                ("subject", models.CharField(max_length=255)),
                ("email", models.EmailField(max_length=254)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_used_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="%(class)ss",
                        to="accounts.team",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["team", "user"], name="accounts_linkedidentity_team"),
                    models.Index(fields=["user"], name="accounts_linkedidentity_user"),
                ],
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="accounts_linkedidentity_isolation"),
                    models.UniqueConstraint(
                        fields=("team", "issuer", "subject"), name="accounts_linkedidentity_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RemovedMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("name", models.CharField(max_length=254)),
                ("removed_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    kernel.tenancy.TenantIsolation(name="accounts_removedmember_isolation"),
                    models.UniqueConstraint(fields=("team", "email"), name="accounts_removedmember_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SingleSignOn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("issuer", models.CharField(max_length=300)),
                ("client_id", models.CharField(max_length=300)),
                ("client_secret", kernel.encryption.EncryptedField()),
                ("configuration", models.JSONField(default=dict)),
                ("proved_at", models.DateTimeField(null=True)),
                ("creates_members", models.BooleanField(default=True)),
                ("role", models.CharField(default="member", max_length=10)),
                ("inbox_ids", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "custom_role",
                    kernel.tenancy.TenantKey(null=True, related_name="singlesignons", to="accounts.teamrole"),
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
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="accounts_singlesignon_isolation"),
                    kernel.tenancy.TenantReference(
                        field="custom_role", name="accounts_singlesignon_role", on_delete="RESTRICT"
                    ),
                    models.UniqueConstraint(fields=("team",), name="accounts_singlesignon_once"),
                ],
            },
        ),
    ]
