"""Channel and time of the person's newest text in a conversation."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0028_line_types"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="channel",
            field=models.CharField(blank=True, db_default="", default="", max_length=12),
        ),
        migrations.AddField(
            model_name="conversation",
            name="last_inbound_at",
            field=models.DateTimeField(null=True),
        ),
    ]
