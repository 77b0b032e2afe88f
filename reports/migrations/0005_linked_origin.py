"""The index of changes has the origin of linked teams. The database keeps no choices."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0004_marked_at"),
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
                    ("linked", "the person, at a linked team"),
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
