"""Whether a conversation that nobody takes care of goes to the member who answers it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_sending_choices"),
    ]

    operations = [
        migrations.AddField(
            model_name="team",
            name="assign_on_reply",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
