"""What a team adds to the sending hours of the law."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_broadcast_limits"),
    ]

    operations = [
        migrations.AddField(
            model_name="team",
            name="sending_hours",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AlterField(
            model_name="settingschange",
            name="section",
            field=models.CharField(
                choices=[("opt-out", "Opt-out"), ("sending-hours", "Sending hours")], max_length=20
            ),
        ),
    ]
