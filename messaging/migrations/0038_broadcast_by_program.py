from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0037_transfers"),
    ]

    operations = [
        migrations.AddField(
            model_name="broadcast",
            name="by_program",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
