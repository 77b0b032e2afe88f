"""Triggers of n8n, and events of conversations that begin and contacts that change."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0011_transfer_event"),
    ]

    operations = [
        migrations.AddField(
            model_name="endpoint",
            name="condition",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="trigger",
            field=models.CharField(blank=True, db_default="", default="", max_length=30),
        ),
        migrations.AlterField(
            model_name="endpoint",
            name="format",
            field=models.CharField(
                choices=[
                    ("standard", "Standard Webhooks: signed, with all fields. For new receivers"),
                    (
                        "heymarket",
                        "Heymarket’s old format: with a token, unsigned. For receivers that were written for the Heymarket API",
                    ),
                    ("n8n", "n8n: the trigger of a workflow, which n8n adds and removes itself"),
                ],
                db_default="standard",
                default="standard",
                max_length=9,
            ),
        ),
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
                        ("held_for_review", "A held text waits for a member’s decision"),
                        ("target_double_opt_in", "A person confirmed a double opt-in"),
                        ("message_received", "A text arrived"),
                        ("message_sent", "A text was accepted by the carrier"),
                        ("message_delivered", "A text reached the phone"),
                        ("message_failed", "A text failed"),
                        ("chat_started", "A conversation began"),
                        ("chat_reassigned", "A conversation was assigned"),
                        ("chat_closed", "A conversation was closed"),
                        ("chat_opened", "A conversation was reopened by a member"),
                        ("chat_transferred", "A conversation was moved to another inbox"),
                        ("chat_snoozed", "A conversation was snoozed"),
                        ("chat_woken", "A snooze ended at its time, or by a member"),
                        ("note_created", "A private note was written"),
                        ("message_scheduled", "A text was scheduled"),
                        ("broadcast_finished", "A broadcast has ended"),
                        ("ledger_root", "The daily root of the consent ledger was made"),
                        ("contact_created", "A contact was created"),
                        ("contact_updated", "A contact was changed"),
                        ("contact_deleted", "A contact was deleted"),
                        ("audit_recorded", "An entry was written to the audit log"),
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
                    ("held_for_review", "A held text waits for a member’s decision"),
                    ("target_double_opt_in", "A person confirmed a double opt-in"),
                    ("message_received", "A text arrived"),
                    ("message_sent", "A text was accepted by the carrier"),
                    ("message_delivered", "A text reached the phone"),
                    ("message_failed", "A text failed"),
                    ("chat_started", "A conversation began"),
                    ("chat_reassigned", "A conversation was assigned"),
                    ("chat_closed", "A conversation was closed"),
                    ("chat_opened", "A conversation was reopened by a member"),
                    ("chat_transferred", "A conversation was moved to another inbox"),
                    ("chat_snoozed", "A conversation was snoozed"),
                    ("chat_woken", "A snooze ended at its time, or by a member"),
                    ("note_created", "A private note was written"),
                    ("message_scheduled", "A text was scheduled"),
                    ("broadcast_finished", "A broadcast has ended"),
                    ("ledger_root", "The daily root of the consent ledger was made"),
                    ("contact_created", "A contact was created"),
                    ("contact_updated", "A contact was changed"),
                    ("contact_deleted", "A contact was deleted"),
                    ("audit_recorded", "An entry was written to the audit log"),
                    ("test", "Test event"),
                ],
                max_length=20,
            ),
        ),
    ]
