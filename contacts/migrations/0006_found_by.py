import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

import contacts.models.contact


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0005_move_in"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="contact", name="contacts_contact_found_by"),
        migrations.RemoveIndex(model_name="contact", name="contacts_contact_name"),
        migrations.RemoveIndex(model_name="contact", name="contacts_contact_created"),
        migrations.RemoveIndex(model_name="contact", name="contacts_contact_last"),
        migrations.AddField(
            model_name="contact",
            name="found_by",
            field=models.GeneratedField(
                db_persist=True,
                expression=contacts.models.contact.FoundBy(),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["found_by"], name="contacts_contact_found"
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                fields=["team", "sort_name", "id"], include=["number"], name="contacts_contact_by_name"
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                fields=["team", "created_at", "id"], include=["number"], name="contacts_contact_by_created"
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                models.F("team"),
                models.OrderBy(models.F("last_message_at"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                include=["number"],
                name="contacts_contact_by_last",
            ),
        ),
    ]
