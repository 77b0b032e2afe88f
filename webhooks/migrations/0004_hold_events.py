"""Events of holds: a text was held, or judged to be no opt-out."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0003_delivery_urgency_index"),
    ]

    operations = [
        migrations.AlterField(
            model_name="endpoint",
            name="events",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("target_opt_out", "A number opted out"),
                        ("target_opt_in", "A number opted back in"),
                        ("target_blocked", "A number was blocked"),
                        ("target_unblocked", "A number was unblocked"),
                        ("target_held", "A text was held for review"),
                        ("target_released", "A held or marked text was judged to be no opt-out"),
                        ("message_received", "A text arrived"),
                        ("message_sent", "A text was accepted by the carrier"),
                        ("message_failed", "A text failed"),
                        ("contact_created", "A contact was created"),
                        ("contact_deleted", "A contact was deleted"),
                        ("test", "Test event"),
                    ],
                    max_length=20,
                )
            ),
        ),
        migrations.AlterField(
            model_name="webhookevent",
            name="type",
            field=models.CharField(
                choices=[
                    ("target_opt_out", "A number opted out"),
                    ("target_opt_in", "A number opted back in"),
                    ("target_blocked", "A number was blocked"),
                    ("target_unblocked", "A number was unblocked"),
                    ("target_held", "A text was held for review"),
                    ("target_released", "A held or marked text was judged to be no opt-out"),
                    ("message_received", "A text arrived"),
                    ("message_sent", "A text was accepted by the carrier"),
                    ("message_failed", "A text failed"),
                    ("contact_created", "A contact was created"),
                    ("contact_deleted", "A contact was deleted"),
                    ("test", "Test event"),
                ],
                max_length=20,
            ),
        ),
    ]
