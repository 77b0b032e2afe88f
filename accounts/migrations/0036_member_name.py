"""What a team calls a member."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0035_single_sign_on"),
    ]

    operations = [
        migrations.AddField(
            model_name="member",
            name="name",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
    ]
