"""What the audit log records: actions apart from consent, who does them, and what they are done to."""

from django.db.models import TextChoices


class AuditAction(TextChoices):
    """An action. The values are part of the webhook event; the labels are the words on pages and in files."""

    EXPORT_STARTED = "export_started", "Export started"
    EXPORT_ENDED = "export_ended", "Export ended"
    EVIDENCE_MADE = "evidence_made", "Evidence made"
    CONTACT_DELETED = "contact_deleted", "Contact deleted"
    CONTACTS_MERGED = "contacts_merged", "Contacts merged"
    DELETION_STARTED = "deletion_started", "Deletion of contacts started"
    DELETION_ENDED = "deletion_ended", "Deletion of contacts ended"
    PERSON_ERASED = "person_erased", "Person erased"
    RETENTION_RUN_ENDED = "retention_run_ended", "Retention run ended"
    FIELD_DELETED = "field_deleted", "Custom field deleted"
    FIELD_EMPTIED = "field_emptied", "Values of the deleted field removed"
    SUPPRESSION_LIST_DELETED = "suppression_list_deleted", "Suppression list deleted"
    IMPORT_STARTED = "import_started", "Import started"
    IMPORT_ENDED = "import_ended", "Import ended"
    IMPORT_UNDO_STARTED = "import_undo_started", "Undo of an import started"
    IMPORT_UNDO_ENDED = "import_undo_ended", "Undo of an import ended"
    VENDOR_LIST_STARTED = "vendor_list_started", "Import of a vendor list started"
    VENDOR_LIST_ENDED = "vendor_list_ended", "Import of a vendor list ended"
    SUPPRESSION_LIST_STARTED = "suppression_list_started", "Import of a suppression list started"
    SUPPRESSION_LIST_ENDED = "suppression_list_ended", "Import of a suppression list ended"
    SETTING_CHANGED = "setting_changed", "Setting changed"
    SINGLE_SIGN_ON_REMOVED = "single_sign_on_removed", "Single sign-on removed"
    DOMAIN_ADDED = "domain_added", "Domain added"
    DOMAIN_CLAIMED = "domain_claimed", "Domain claimed"
    DOMAIN_LOST = "domain_lost", "DNS record of a domain lost"
    DOMAIN_REMOVED = "domain_removed", "Domain removed"
    INBOX_ADDED = "inbox_added", "Inbox added"
    INBOX_CLOSED = "inbox_closed", "Inbox closed"
    INBOX_REOPENED = "inbox_reopened", "Inbox reopened"
    INBOX_DELETED = "inbox_deleted", "Inbox deleted"
    CREDENTIALS_CHANGED = "credentials_changed", "Credentials of an inbox changed"
    OLD_CREDENTIALS_REMOVED = "old_credentials_removed", "Old credentials of an inbox removed"
    MEMBER_JOINED = "member_joined", "Member joined"
    MEMBER_CHANGED = "member_changed", "Member changed"
    MEMBER_REMOVED = "member_removed", "Member removed"
    MEMBER_LEFT = "member_left", "Member left"
    IDENTITY_LINKED = "identity_linked", "Member linked with single sign-on"
    IDENTITY_UNLINKED = "identity_unlinked", "Member unlinked from single sign-on"
    REMOVED_MEMBER_ALLOWED = "removed_member_allowed", "Removed member let in again"
    INVITATION_SENT = "invitation_sent", "Invitation sent"
    INVITATION_WITHDRAWN = "invitation_withdrawn", "Invitation withdrawn"
    SEAT_CHANGED = "seat_changed", "Role in an inbox changed"
    ROLE_CREATED = "role_created", "Role created"
    ROLE_CHANGED = "role_changed", "Role changed"
    ROLE_DELETED = "role_deleted", "Role deleted"
    KEY_CREATED = "key_created", "API key created"
    KEY_REVOKED = "key_revoked", "API key revoked"
    KEY_HANDED_OVER = "key_handed_over", "API key handed over"
    ENDPOINT_ADDED = "endpoint_added", "Webhook endpoint added"
    ENDPOINT_CHANGED = "endpoint_changed", "Webhook endpoint changed"
    ENDPOINT_TURNED_ON = "endpoint_turned_on", "Webhook endpoint turned on"
    ENDPOINT_TURNED_OFF = "endpoint_turned_off", "Webhook endpoint turned off"
    ENDPOINT_DELETED = "endpoint_deleted", "Webhook endpoint deleted"
    SECRET_CREATED = "secret_created", "Webhook secret or token created"
    OLD_SECRETS_REMOVED = "old_secrets_removed", "Old signing secrets removed"
    TEAM_IMPORTED = "team_imported", "Team imported"
    TEAM_DELETION_ASKED = "team_deletion_asked", "Deletion of the team asked for"
    TEAM_DELETION_CANCELLED = "team_deletion_cancelled", "Deletion of the team cancelled"
    TEAM_DELETION_BEGUN = "team_deletion_begun", "Deletion of the team begun"
    TEAM_DELETION_ENDED = "team_deletion_ended", "Deletion of the team ended"
    SIGNED_IN = "signed_in", "Signed in"
    SIGN_IN_FAILED = "sign_in_failed", "Sign-in failed"
    PASSWORD_CHANGED = "password_changed", "Password changed"
    PASSWORD_RESET = "password_reset", "Password reset by email"
    ADDRESS_CONFIRMED = "address_confirmed", "Email address confirmed"
    ADDRESS_REMOVED = "address_removed", "Email address removed"
    PRIMARY_ADDRESS_CHANGED = "primary_address_changed", "Primary email address changed"
    AUTHENTICATOR_APP_ADDED = "authenticator_app_added", "Authenticator app added"
    AUTHENTICATOR_APP_REMOVED = "authenticator_app_removed", "Authenticator app removed"
    PASSKEY_ADDED = "passkey_added", "Passkey added"
    PASSKEY_REMOVED = "passkey_removed", "Passkey removed"
    RECOVERY_CODES_MADE = "recovery_codes_made", "New recovery codes made"
    SIGNED_OUT = "signed_out", "Signed out elsewhere"
    TWO_FACTOR_RESET_OFFERED = "two_factor_reset_offered", "Reset of two-factor sign-in offered"
    TWO_FACTOR_RESET = "two_factor_reset", "Two-factor sign-in reset"


class ActionGroup(TextChoices):
    """Groups of actions, by which the page filters."""

    EXPORTS = "exports", "Exports"
    EVIDENCE = "evidence", "Evidence"
    DELETIONS = "deletions", "Deletions"
    IMPORTS = "imports", "Imports and undos"
    SETTINGS = "settings", "Settings"
    INBOXES = "inboxes", "Inboxes"
    MEMBERS = "members", "Members, invitations and roles"
    KEYS = "keys", "API keys"
    WEBHOOKS = "webhooks", "Webhooks"
    TEAM = "team", "The whole team"
    SIGN_INS = "sign-ins", "Sign-ins and accounts"

    @property
    def actions(self) -> list[AuditAction]:
        """Its actions: those between its first and the next group's, in the order of AuditAction."""
        following = list(ActionGroup)[list(ActionGroup).index(self) + 1 :]
        start = list(AuditAction).index(_FIRST[self])
        end = list(AuditAction).index(_FIRST[following[0]]) if following else None
        return list(AuditAction)[start:end]


_FIRST = {
    ActionGroup.EXPORTS: AuditAction.EXPORT_STARTED,
    ActionGroup.EVIDENCE: AuditAction.EVIDENCE_MADE,
    ActionGroup.DELETIONS: AuditAction.CONTACT_DELETED,
    ActionGroup.IMPORTS: AuditAction.IMPORT_STARTED,
    ActionGroup.SETTINGS: AuditAction.SETTING_CHANGED,
    ActionGroup.INBOXES: AuditAction.INBOX_ADDED,
    ActionGroup.MEMBERS: AuditAction.MEMBER_JOINED,
    ActionGroup.KEYS: AuditAction.KEY_CREATED,
    ActionGroup.WEBHOOKS: AuditAction.ENDPOINT_ADDED,
    ActionGroup.TEAM: AuditAction.TEAM_IMPORTED,
    ActionGroup.SIGN_INS: AuditAction.SIGNED_IN,
}


class ActorKind(TextChoices):
    """Who acts."""

    MEMBER = "member", "Member"
    API_KEY = "api_key", "API key"
    SYSTEM = "system", "Heymarket"  # the product itself, or a command of its operator
    NOBODY = "nobody", "Not signed in"  # whoever tried to sign in


class TargetType(TextChoices):
    """What an action is done to."""

    EXPORT = "export", "Export"  # its name is what it has: contacts, conversations, volume …
    CONTACT = "contact", "Contact"  # without a name, which would survive an erasure
    BULK_ACTION = "bulk_action", "Bulk action"
    CUSTOM_FIELD = "custom_field", "Custom field"
    IMPORT = "import", "Import"
    VENDOR_LIST = "vendor_list", "Vendor list"
    SUPPRESSION_LIST = "suppression_list", "Suppression list"
    INBOX = "inbox", "Inbox"
    MEMBER = "member", "Member"
    INVITATION = "invitation", "Invitation"
    ROLE = "role", "Role"
    API_KEY = "api_key", "API key"
    ENDPOINT = "endpoint", "Webhook endpoint"
    DOMAIN = "domain", "Domain"
    TEAM = "team", "Team"
