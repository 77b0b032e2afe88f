"""When a broadcast was last started or resumed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0023_marketing_texts"),
    ]

    operations = [
        migrations.AddField(
            model_name="broadcast",
            name="resumed_at",
            field=models.DateTimeField(null=True),
        ),
    ]
