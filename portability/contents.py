"""Contents of a team export: which tables are in it, with which columns, and what is left out for which reason.

Every tenant table is named here; a test fails for one that is not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from accounts.audit.models import AuditEntry
from accounts.models import Inbox, Invitation, Member, Seat
from accounts.roles.models import TeamRole
from accounts.single_sign_on.models import ClaimedDomain, LinkedIdentity, RemovedMember, SingleSignOn
from api.models import ApiKey, StoredResponse
from contacts.bulk.models import BulkActionBatch, BulkActionRun
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField, FieldDeletion, FilterValue
from contacts.imports.models import Import, ImportChunk, ImportOptOut, ImportRow, RefusedRow
from contacts.imports.undo.models import ImportChange, ImportMade, ImportUndo
from contacts.lists.models import ContactList, ListEntry, Tag, Tagging
from contacts.suppression_lists.models import SuppressionListFile, SuppressionListImport
from contacts.vendor_lists.models import VendorListFile, VendorListImport, VendorListRemark, VendorListRow
from kernel.tenancy import TenantKey, TenantModel
from messaging.broadcasts.models import Broadcast, BroadcastLane, BroadcastPace, BroadcastRecipient
from messaging.broadcasts.stored_figures import BroadcastFigures
from messaging.drafts.models import Draft
from messaging.groups.models import GroupRecipient
from messaging.inbound_parts.models import InboundPart
from messaging.line_types.models import LineType
from messaging.media.models import Attachment
from messaging.models import Conversation, IdempotencyKey, Message, OptOutEffects, OptOutLatency, ReadMarker
from messaging.notifications.models import NotificationSettings, PushSubscription, UnseenEvent
from messaging.numbers.models import Registration
from messaging.opt_out_pushes.models import OptOutPush, PushedOptOut
from messaging.retention.models import RetentionRule, RetentionRun
from messaging.saved_views.models import SavedView
from messaging.scheduling.models import ScheduledText
from messaging.search.models import SearchableText, SearchProgress
from messaging.simulator.models import SimulatedText, SimulatorBehavior
from messaging.teamwork.models import Activity, Assignment, Mention, Note
from messaging.text_templates.models import TextTemplate
from optout.carrier_opt_outs.models import CarrierOptOut
from optout.consent_records.models import ConsentRecord
from optout.double_opt_in.models import DoubleOptIn
from optout.linked_teams.models import LinkedOptOut, LinkRequest, TeamLink
from optout.models import ConsentEvent, FeedEntry, Suppression
from optout.pending_opt_ins import PendingOptIn
from optout.reply_wordings import ReplyWording
from optout.reviews import Review
from optout.roots.models import LedgerBlock, LedgerRoot
from optout.suppression_lists.models import SuppressedNumber, SuppressionList
from portability.exporting import at_rest
from reports.models import DirtyMark, IndexedChange, Rollup, RollupState, Snapshot
from reports.schedules.models import ReportRecipient, ReportSchedule
from webhooks.models import Attempt, Delivery, Endpoint, WebhookEvent

type Values = dict[str, Any]  # of a row, by column, as JSON has them


def _unchanged(row: Values) -> None:
    """A row of a table that no work is done on."""


@dataclass(frozen=True)
class ExportedTable:
    """A table of an export. `without` has the columns that stay behind, and what an import writes instead."""

    model: type[TenantModel]
    without: Mapping[str, Any] = field(default_factory=dict)
    condition: str = ""  # SQL for rows that are in the export; empty: all
    settle: Callable[[Values], None] = _unchanged  # writes a row at work as one at rest

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def file(self) -> str:
        return f"rows/{self.model._meta.label}.jsonl"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that its file has."""
        return tuple(column for column in columns_of(self.model) if column not in self.without)


def columns_of(model: Any) -> tuple[str, ...]:
    """All columns that hold values of their own, but for the team."""
    fields = model._meta.concrete_fields
    return tuple(field.column for field in fields if not field.generated and field.column != "team_id")


_NO_CREDENTIALS: dict[str, Any] = {
    "auth_tokens": [], "credentials": None, "verified_at": None, "last_webhook_at": None,
    "last_signature_failure_at": None, "left_out": [],
}  # fmt: skip
_NO_SECRETS: dict[str, Any] = {
    "secrets": [], "token": None, "active": False, "rotated_at": None, "deactivated_at": None,
    "deactivation_reason": "The team was imported. Create a new secret or token and turn it on.",
    "disabled_email_due_at": None, "failures": 0, "paused_until": None,
}  # fmt: skip

TABLES: tuple[ExportedTable, ...] = (
    *map(ExportedTable, (TeamRole, Member)),
    ExportedTable(Inbox, without=_NO_CREDENTIALS),
    ExportedTable(Seat),
    # Each installation proves domains and issuers anew.
    ExportedTable(SingleSignOn, without={"client_secret": "", "proved_at": None}),
    ExportedTable(ClaimedDomain, without={"verified_at": None, "checked_at": None, "missing_since": None}),
    ExportedTable(RemovedMember),
    # Each installation records its own imports.
    ExportedTable(AuditEntry, condition="action <> 'team_imported'"),
    # n8n adds the triggers of its workflows itself, with the IDs of the inboxes there.
    ExportedTable(Endpoint, without=_NO_SECRETS, condition="format <> 'n8n'"),
    ExportedTable(ConsentEvent),
    ExportedTable(FeedEntry, condition="position IS NOT NULL"),
    *map(ExportedTable, (Suppression, LedgerBlock, LedgerRoot, ConsentRecord, CarrierOptOut, DoubleOptIn)),
    *map(ExportedTable, (Review, ReplyWording, SuppressionList, SuppressedNumber)),
    ExportedTable(PendingOptIn, settle=at_rest.pending_opt_in),
    *map(ExportedTable, (Contact, CustomField, ContactList, ListEntry, Tag, Tagging)),
    *(
        ExportedTable(run, settle=at_rest.run)
        for run in (BulkActionRun, FieldDeletion, Import, ImportUndo, SuppressionListImport, VendorListImport)
    ),
    *map(ExportedTable, (RefusedRow, ImportChange, ImportMade, VendorListRemark)),
    ExportedTable(Conversation),
    ExportedTable(Message, settle=at_rest.message),
    *map(ExportedTable, (ReadMarker, OptOutLatency, OptOutEffects, GroupRecipient, InboundPart)),
    ExportedTable(IdempotencyKey, condition="response IS NOT NULL"),
    ExportedTable(Attachment, settle=at_rest.attachment),
    ExportedTable(Broadcast, settle=at_rest.broadcast),
    ExportedTable(BroadcastRecipient),
    ExportedTable(BroadcastLane, without={"due_at": None}),
    ExportedTable(LineType, without={"due_at": None}, condition="looked_up_at IS NOT NULL"),
    *map(ExportedTable, (Registration, Draft, NotificationSettings, SavedView, RetentionRule)),
    ExportedTable(ScheduledText, without={"tell_at": None}),  # this installation tells
    ExportedTable(RetentionRun, condition="ended_at IS NOT NULL"),
    *map(ExportedTable, (Assignment, Note, Mention, Activity, TextTemplate)),
    *map(ExportedTable, (ReportSchedule, ReportRecipient, Snapshot)),
)

_SECRETS = "Secrets stay where they are."
_STAGED = "Staged rows of work that an export writes as cancelled."
_DERIVED = "Made again from what is in the export."
_ELSEWHERE = "About other teams of the installation."
_CARRIER = "About this installation's connection to a carrier."
_DELIVERED = "About the delivery of webhooks by this installation."

LEFT_OUT: dict[type[TenantModel], str] = {
    ApiKey: _SECRETS,
    StoredResponse: "Responses belong to API keys, which stay where they are.",
    Invitation: f"{_SECRETS} Whoever has not accepted yet is invited again.",
    LinkedIdentity: "The next single sign-on links its person anew.",
    PushSubscription: f"{_SECRETS} A browser subscribes again.",
    UnseenEvent: "Emails about what is unseen are sent by this installation.",
    **dict.fromkeys((WebhookEvent, Delivery, Attempt), _DELIVERED),
    **dict.fromkeys((TeamLink, LinkRequest, LinkedOptOut), _ELSEWHERE),
    **dict.fromkeys((OptOutPush, PushedOptOut, BroadcastPace), _CARRIER),
    **dict.fromkeys((SimulatedText, SimulatorBehavior), "The simulator stands for a carrier."),
    **dict.fromkeys((BulkActionBatch, ImportChunk, ImportRow, ImportOptOut), _STAGED),
    **dict.fromkeys((SuppressionListFile, VendorListFile, VendorListRow), _STAGED),
    **dict.fromkeys((FilterValue, SearchableText, SearchProgress, BroadcastFigures), _DERIVED),
    **dict.fromkeys((DirtyMark, Rollup, RollupState, IndexedChange), _DERIVED),
}

# Columns of the team that stay behind. Where its roots are sent is confirmed anew. An import locks nobody out: single
# sign-on is required again by an owner, once it works there.
TEAM_WITHOUT = (
    "id", "single_sign_on_required", "root_email_confirmed", "root_emailed_on", "deletion_due_at", "deletion_asked_by",
    "deletion_warned_at", "deletion_closed_inboxes", "deleted_at",
)  # fmt: skip


@cache
def tables_in_order() -> tuple[ExportedTable, ...]:
    """The tables, each after those that its rows refer to."""
    tables = {table.model: table for table in TABLES}
    sorter = TopologicalSorter({model: references(model) & tables.keys() for model in tables})
    return tuple(tables[model] for model in sorter.static_order())


def references(model: Any) -> set[Any]:
    """The tenant tables that a table's rows refer to."""
    fields = model._meta.concrete_fields
    return {one.related_model for one in fields if isinstance(one, TenantKey)} - {model}
