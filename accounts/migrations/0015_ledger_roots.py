"""Daily roots of the ledger."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_first_steps"),
    ]

    operations = [
        migrations.AddField(
            model_name="team",
            name="root_email",
            field=models.EmailField(blank=True, db_default="", default="", max_length=254),
        ),
        migrations.AddField(
            model_name="team",
            name="root_emailed_on",
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name="settingschange",
            name="section",
            field=models.CharField(
                choices=[
                    ("opt-out", "Opt-out"),
                    ("sending-hours", "Sending hours"),
                    ("evidence", "Evidence"),
                ],
                max_length=20,
            ),
        ),
    ]
