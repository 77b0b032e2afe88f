"""Name of the export of a whole team in the audit log."""

from accounts.audit.actions import TargetType
from accounts.audit.recording import Target

EXPORT_NAME = "everything"
EXPORT = Target(TargetType.EXPORT, EXPORT_NAME)
