"""The owner of an API key."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("api", "0001_initial"),
    ]

    operations = [
        migrations.AddField(model_name="apikey", name="owner_id", field=models.BigIntegerField(null=True)),
    ]
