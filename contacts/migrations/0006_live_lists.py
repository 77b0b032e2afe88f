"""Migration: lists that are filters, why a contact is on a list, and values of custom fields as filters read them."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.tenancy

FUNCTION = """
CREATE FUNCTION contacts_filter_words(typed text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN left(contacts_folded(contacts_plain(typed)), 200);
"""
SOURCES = [
    ("", "Added before reasons were kept"),
    ("member", "Added"),
    ("import", "Imported"),
    ("api", "Added by a program"),
    ("merge", "Came with a merged contact"),
    ("undo", "Back after the undo of an import"),
]
WORD = {"db_default": "", "default": ""}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_assign_on_reply"), ("contacts", "0005_interrupted_runs")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION contacts_filter_words"),
        migrations.AddField("contactlist", "is_live", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("contactlist", "query", models.TextField(**WORD)),
        migrations.AddField("contactlist", "import_id", models.BigIntegerField(null=True)),
        migrations.AddField("contactlist", "created_by", models.CharField(max_length=120, **WORD)),
        migrations.AddField("customfield", "filterable", models.BooleanField(db_default=False, default=True)),
        migrations.AddField("listentry", "source", models.CharField(choices=SOURCES, max_length=8, **WORD)),
        migrations.AddField("listentry", "by_name", models.CharField(max_length=120, **WORD)),
        migrations.AddField("listentry", "import_id", models.BigIntegerField(null=True)),
        migrations.AddField("listentry", "added_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="FilterValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=60)),
                ("words", models.CharField(db_collation="C", max_length=200)),
                ("number", models.FloatField(null=True)),
                ("contact", kernel.tenancy.TenantKey(related_name="+", to="contacts.contact")),
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
                        fields=["team", "key", "words", "contact"], name="contacts_filtervalue_words"
                    ),
                    models.Index(
                        condition=models.Q(("number__isnull", False)),
                        fields=["team", "key", "number", "contact"],
                        name="contacts_filtervalue_number",
                    ),
                ],
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="contacts_filtervalue_isolation"),
                    kernel.tenancy.TenantReference(
                        field="contact", name="contacts_filtervalue_contact", on_delete="CASCADE"
                    ),
                    models.UniqueConstraint(
                        fields=("team", "contact", "key"), name="contacts_filtervalue_once"
                    ),
                ],
            },
        ),
    ]
