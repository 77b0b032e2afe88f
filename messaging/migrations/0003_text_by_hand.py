"""Texts that members write by hand, which a held number still gets."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0002_message_channel"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="by_hand",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
