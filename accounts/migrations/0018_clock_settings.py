"""12 or 24 hours and the order of day and month, of teams and users, and the time zone of users."""

from typing import Any

from django.db import migrations, models

CHOICES = {
    "hour_format": [("12", "3:46 PM"), ("24", "15:46")],
    "date_order": [("month", "Nov 28"), ("day", "28 Nov")],
}


def _add(model: str, name: str, length: int, **options: Any) -> migrations.AddField:
    field = models.CharField(blank=True, db_default="", default="", max_length=length, **options)
    return migrations.AddField(model_name=model, name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0017_settings_sections"),
    ]

    operations = [
        _add("user", "time_zone", 40),
        *(
            _add(model, name, length, choices=CHOICES[name])
            for model in ("user", "team")
            for name, length in (("hour_format", 2), ("date_order", 5))
        ),
    ]
