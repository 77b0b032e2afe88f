"""Choices of origin for the person's word as the team recorded it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="indexedchange",
            name="origin",
            field=models.CharField(
                choices=[
                    ("contact", "the person, by text"),
                    ("carrier", "the carrier"),
                    ("vendor_list", "a former vendor's list"),
                    ("told_member", "the person, recorded by a team member"),
                    ("told_import", "the person, recorded by an import"),
                    ("told_api", "the person, recorded by the API"),
                    ("member", "a team member"),
                    ("import", "an import"),
                    ("api", "the API"),
                ],
                max_length=12,
            ),
        ),
    ]
