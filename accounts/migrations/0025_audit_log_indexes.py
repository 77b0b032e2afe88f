"""Indexes of the audit log, created while it is written."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0024_audit_log")]

    operations = [
        AddIndexConcurrently(
            "auditentry", models.Index(fields=["team", "-at", "-id"], name="accounts_auditentry_newest")
        ),
        AddIndexConcurrently(
            "auditentry",
            models.Index(fields=["team", "actor_kind", "actor_id", "-at"], name="accounts_auditentry_actor"),
        ),
        AddIndexConcurrently(
            "auditentry", models.Index(fields=["team", "action", "-at"], name="accounts_auditentry_action")
        ),
    ]
