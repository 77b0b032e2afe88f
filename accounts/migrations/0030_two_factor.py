"""Sign-in: two-factor sign-in that a team requires, the count of ended sessions, and actions of the audit log."""

from django.db import migrations, models

ACTIONS = [
    ("export_started", "Export started"),
    ("export_ended", "Export ended"),
    ("evidence_made", "Evidence made"),
    ("contact_deleted", "Contact deleted"),
    ("contacts_merged", "Contacts merged"),
    ("deletion_started", "Deletion of contacts started"),
    ("deletion_ended", "Deletion of contacts ended"),
    ("person_erased", "Person erased"),
    ("retention_run_ended", "Retention run ended"),
    ("field_deleted", "Custom field deleted"),
    ("field_emptied", "Values of the deleted field removed"),
    ("suppression_list_deleted", "Suppression list deleted"),
    ("import_started", "Import started"),
    ("import_ended", "Import ended"),
    ("import_undo_started", "Undo of an import started"),
    ("import_undo_ended", "Undo of an import ended"),
    ("vendor_list_started", "Import of a vendor list started"),
    ("vendor_list_ended", "Import of a vendor list ended"),
    ("suppression_list_started", "Import of a suppression list started"),
    ("suppression_list_ended", "Import of a suppression list ended"),
    ("setting_changed", "Setting changed"),
    ("inbox_added", "Inbox added"),
    ("inbox_closed", "Inbox closed"),
    ("inbox_reopened", "Inbox reopened"),
    ("inbox_deleted", "Inbox deleted"),
    ("credentials_changed", "Credentials of an inbox changed"),
    ("old_credentials_removed", "Old credentials of an inbox removed"),
    ("member_joined", "Member joined"),
    ("member_changed", "Member changed"),
    ("member_removed", "Member removed"),
    ("member_left", "Member left"),
    ("invitation_sent", "Invitation sent"),
    ("invitation_withdrawn", "Invitation withdrawn"),
    ("key_created", "API key created"),
    ("key_revoked", "API key revoked"),
    ("key_handed_over", "API key handed over"),
    ("endpoint_added", "Webhook endpoint added"),
    ("endpoint_changed", "Webhook endpoint changed"),
    ("endpoint_turned_on", "Webhook endpoint turned on"),
    ("endpoint_turned_off", "Webhook endpoint turned off"),
    ("endpoint_deleted", "Webhook endpoint deleted"),
    ("secret_created", "Signing secret created"),
    ("old_secrets_removed", "Old signing secrets removed"),
    ("team_imported", "Team imported"),
    ("team_deletion_asked", "Deletion of the team asked for"),
    ("team_deletion_cancelled", "Deletion of the team cancelled"),
    ("team_deletion_begun", "Deletion of the team begun"),
    ("team_deletion_ended", "Deletion of the team ended"),
    ("signed_in", "Signed in"),
    ("sign_in_failed", "Sign-in failed"),
    ("password_changed", "Password changed"),
    ("password_reset", "Password reset by email"),
    ("address_confirmed", "Email address confirmed"),
    ("address_removed", "Email address removed"),
    ("primary_address_changed", "Primary email address changed"),
    ("authenticator_app_added", "Authenticator app added"),
    ("authenticator_app_removed", "Authenticator app removed"),
    ("passkey_added", "Passkey added"),
    ("passkey_removed", "Passkey removed"),
    ("recovery_codes_made", "New recovery codes made"),
    ("signed_out", "Signed out elsewhere"),
    ("two_factor_reset_offered", "Reset of two-factor sign-in offered"),
    ("two_factor_reset", "Two-factor sign-in reset"),
]
SECTIONS = [
    ("opt-out", "Opt-out"),
    ("sending-hours", "Sending hours"),
    ("evidence", "Evidence"),
    ("linked-teams", "Linked teams"),
    ("team", "Team"),
    ("inboxes", "Inboxes"),
    ("retention", "Retention"),
    ("sign-in", "Sign-in"),
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0029_retention_actions")]

    operations = [
        migrations.AddField("user", "ended_sessions", models.PositiveIntegerField(db_default=0, default=0)),
        migrations.AddField("team", "two_factor_since", models.DateTimeField(null=True)),
        migrations.AddField(
            "team", "two_factor_grace_days", models.PositiveSmallIntegerField(db_default=7, default=7)
        ),
        migrations.AlterField(
            "auditentry",
            "action",
            models.CharField(
                choices=ACTIONS, db_default="setting_changed", default="setting_changed", max_length=40
            ),
        ),
        migrations.AlterField(
            "auditentry", "section", models.CharField(blank=True, choices=SECTIONS, max_length=20)
        ),
    ]
