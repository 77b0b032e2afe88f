"""The types of events as a function: a new type needs no migration. Nothing changes in the database."""

import django.contrib.postgres.fields
from django.db import migrations, models

import webhooks.models


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0012_triggers"),
    ]

    operations = [
        migrations.AlterField(
            model_name="endpoint",
            name="events",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=webhooks.models.event_choices, max_length=20)
            ),
        ),
        migrations.AlterField(
            model_name="webhookevent",
            name="type",
            field=models.CharField(choices=webhooks.models.event_choices, max_length=20),
        ),
    ]
