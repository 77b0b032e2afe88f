from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0008_custom_fields")]

    operations = [
        # Imports insert contacts by statements of their own, which leave the revision to the database.
        migrations.AlterField("contact", "rev", models.PositiveIntegerField(db_default=1, default=1)),
    ]
