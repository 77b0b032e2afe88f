from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0038_broadcast_by_program"),
    ]

    operations = [
        migrations.AddField(
            model_name="scheduledtext",
            name="tell_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="unseenevent",
            name="event",
            field=models.CharField(
                choices=[
                    ("assigned", "A conversation is assigned to me"),
                    ("mention", "A note mentions me"),
                    ("opt_out", "A text may be an opt-out"),
                    ("text", "A person texts one of the inboxes below"),
                    ("not_sent", "A scheduled text is not sent"),
                ],
                max_length=10,
            ),
        ),
    ]
