"""The table of changed settings becomes the audit log: new columns, and new names in Python alone."""

from django.db import migrations, models

ACTIONS = [
    ("export_started", "Export started"),
    ("export_ended", "Export ended"),
    ("evidence_made", "Evidence made"),
    ("contact_deleted", "Contact deleted"),
    ("contacts_merged", "Contacts merged"),
    ("deletion_started", "Deletion of contacts started"),
    ("deletion_ended", "Deletion of contacts ended"),
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
    ("signed_in", "Signed in"),
    ("sign_in_failed", "Sign-in failed"),
]
ACTORS = [
    ("member", "Member"),
    ("api_key", "API key"),
    ("system", "Heymarket"),
    ("nobody", "Not signed in"),
]
TARGETS = [
    ("export", "Export"),
    ("contact", "Contact"),
    ("bulk_action", "Bulk action"),
    ("custom_field", "Custom field"),
    ("import", "Import"),
    ("vendor_list", "Vendor list"),
    ("suppression_list", "Suppression list"),
    ("inbox", "Inbox"),
    ("member", "Member"),
    ("invitation", "Invitation"),
    ("api_key", "API key"),
    ("endpoint", "Webhook endpoint"),
]
SECTIONS = [
    ("opt-out", "Opt-out"),
    ("sending-hours", "Sending hours"),
    ("evidence", "Evidence"),
    ("linked-teams", "Linked teams"),
    ("team", "Team"),
    ("inboxes", "Inboxes"),
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0023_linked_team_settings")]

    operations = [
        # The table and its columns keep their names: the version before goes on writing them.
        migrations.AlterModelTable("settingschange", "accounts_settingschange"),
        migrations.RenameModel("SettingsChange", "AuditEntry"),
        migrations.AlterField(
            "auditentry", "changed_by_id", models.BigIntegerField(db_column="changed_by_id", default=0)
        ),
        migrations.RenameField("auditentry", "changed_by_id", "actor_id"),
        migrations.AlterField(
            "auditentry", "changed_by_name", models.CharField(db_column="changed_by_name", max_length=254)
        ),
        migrations.RenameField("auditentry", "changed_by_name", "actor_name"),
        migrations.AlterField(
            "auditentry", "section", models.CharField(blank=True, choices=SECTIONS, max_length=20)
        ),
        migrations.AlterField("auditentry", "setting", models.CharField(blank=True, max_length=120)),
        migrations.AddField(
            "auditentry",
            "action",
            models.CharField(
                choices=ACTIONS, db_default="setting_changed", default="setting_changed", max_length=40
            ),
        ),
        migrations.AddField(
            "auditentry",
            "actor_kind",
            models.CharField(choices=ACTORS, db_default="member", default="member", max_length=10),
        ),
        migrations.AddField("auditentry", "ip_address", models.GenericIPAddressField(null=True)),
        migrations.AddField(
            "auditentry",
            "target_type",
            models.CharField(blank=True, choices=TARGETS, db_default="", max_length=20),
        ),
        migrations.AddField("auditentry", "target_id", models.BigIntegerField(null=True)),
        migrations.AddField(
            "auditentry", "target_name", models.CharField(blank=True, db_default="", max_length=254)
        ),
        migrations.AddField(
            "auditentry",
            "details",
            models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
