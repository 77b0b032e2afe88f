"""Since when a STOP opts out of one inbox alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0020_number_types"),
    ]

    operations = [
        migrations.AddField(
            model_name="team",
            name="each_inbox_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
