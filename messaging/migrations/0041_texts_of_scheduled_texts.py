from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0040_told_of_scheduled_texts_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="scheduledtext",
            name="message_id",
            field=models.BigIntegerField(null=True),
        ),
    ]
