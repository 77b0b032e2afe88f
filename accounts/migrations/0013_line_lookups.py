"""Whether an inbox looks line types up before a broadcast."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_double_opt_in"),
    ]

    operations = [
        migrations.AddField(
            model_name="inbox",
            name="line_lookups",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
