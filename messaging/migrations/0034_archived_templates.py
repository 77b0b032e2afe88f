"""Templates may be archived, count their versions, and keep the local_id of the program that made them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0033_error_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="texttemplate",
            name="archived",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="texttemplate",
            name="rev",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="texttemplate",
            name="local_id",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
    ]
