"""Further credentials of inboxes, and more carriers."""

from django.db import migrations, models

import kernel.encryption


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0018_clock_settings"),
    ]

    operations = [
        migrations.AddField(
            model_name="inbox",
            name="credentials",
            field=kernel.encryption.EncryptedField(null=True),
        ),
        migrations.AlterField(
            model_name="inbox",
            name="carrier",
            field=models.CharField(
                choices=[
                    ("twilio", "Twilio"),
                    ("telnyx", "Telnyx"),
                    ("bandwidth", "Bandwidth"),
                    ("vonage", "Vonage"),
                    ("plivo", "Plivo"),
                    ("sinch", "Sinch"),
                    ("simulator", "Simulator"),
                ],
                default="twilio",
                max_length=12,
            ),
        ),
    ]
