from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_selections")]

    operations = [
        migrations.AddField("import", "preview", models.JSONField(default=dict)),
        migrations.AddField("import", "reached", models.BigIntegerField(default=0)),
        migrations.AddField("import", "lifted_to", models.BigIntegerField(default=0)),
        migrations.RemoveIndex("importrow", "contacts_importrow_line"),
    ]
