from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0011_questions")]

    operations = [
        migrations.AlterField(
            "importmade",
            "kind",
            models.CharField(
                choices=[("event", "Event"), ("repeated", "Repeated"), ("list", "List"), ("tag", "Tag")],
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            "importmade",
            models.Index(
                condition=models.Q(("kind", "repeated")),
                fields=["team", "what"],
                name="contacts_importmade_repeated",
            ),
        ),
    ]
