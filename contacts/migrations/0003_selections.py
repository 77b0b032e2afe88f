"""Contacts of a selection are frozen some hundred to a row."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0002_lists_and_runs")]

    operations = [
        migrations.RemoveField(model_name="selectionentry", name="contact_id"),
        migrations.AddField(
            model_name="selectionentry",
            name="contact_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
            preserve_default=False,
        ),
        migrations.AlterField(model_name="selection", name="query", field=models.TextField(null=True)),
        migrations.AddIndex(
            model_name="selection",
            index=models.Index(fields=["team", "-id"], name="contacts_selection_newest"),
        ),
    ]
