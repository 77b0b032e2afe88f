"""Personal data: every table that may have something about a person, and how its rows lead to the person's number."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet

from accounts.models import Team
from contacts.contact.models import Contact
from contacts.custom_fields.models import FilterValue
from contacts.imports.models import ImportOptOut, ImportRow, RefusedRow
from contacts.imports.undo.models import ImportChange
from contacts.lists.models import ListEntry, Tagging
from contacts.vendor_lists.models import VendorListRemark, VendorListRow
from kernel.tenancy import TenantModel, scope
from messaging.broadcasts.models import BroadcastRecipient
from messaging.drafts.models import Draft
from messaging.groups.models import GroupRecipient
from messaging.inbound_parts.models import InboundPart
from messaging.line_types.models import LineType
from messaging.media.models import Attachment
from messaging.models import Conversation, Message, ReadMarker
from messaging.notifications.models import UnseenEvent
from messaging.opt_out_pushes.models import PushedOptOut
from messaging.scheduling.models import ScheduledText
from messaging.search.models import SearchableText
from messaging.simulator.models import SimulatedText
from messaging.teamwork.models import Activity, Assignment, Mention, Note
from optout.carrier_opt_outs.models import CarrierOptOut
from optout.consent_records.models import ConsentRecord
from optout.double_opt_in.models import DoubleOptIn
from optout.models import ConsentEvent, Suppression
from optout.pending_opt_ins import PendingOptIn
from optout.reviews import Review
from optout.suppression_lists.models import SuppressedNumber
from webhooks.models import Delivery, WebhookEvent

BATCH = 500  # rows read in one scope


class PersonReference(StrEnum):
    """The column by which a row refers to the person."""

    NUMBER = "number"
    CONTACT = "contact_id"
    CONVERSATION = "conversation_id"
    TEXT = "message_id"


@dataclass(frozen=True)
class PersonTable:
    """A table of the export: its name in the JSON file, its model, and the column that leads to the person."""

    name: str
    model: type[TenantModel]
    reference: PersonReference = PersonReference.NUMBER

    def batches(self, team: Team, number: str) -> Iterator[list[Any]]:
        """Its rows about the person, by ID, each batch read in a scope of its own."""
        last = 0
        while True:
            with scope(team.id):
                rows = self.rows(team.id, number).filter(id__gt=last).order_by("id")
                batch = list(rows[:BATCH])
            yield batch
            if len(batch) < BATCH:
                return
            last = batch[-1].id

    def rows(self, team_id: int, number: str) -> QuerySet[Any]:
        values: dict[PersonReference, Any] = {
            PersonReference.NUMBER: [number],
            PersonReference.CONTACT: ids_of(Contact, team_id, number=number),
            PersonReference.CONVERSATION: ids_of(Conversation, team_id, number=number),
            PersonReference.TEXT: texts_with(team_id, number).values("id"),
        }
        manager: Any = self.model._default_manager
        found: QuerySet[Any] = manager.filter(
            team_id=team_id, **{f"{self.reference}__in": values[self.reference]}
        )
        return found


def ids_of(model: Any, team_id: int, **conditions: Any) -> QuerySet[Any]:
    found: QuerySet[Any] = model.objects.filter(team_id=team_id, **conditions).values("id")
    return found


def texts_with(team_id: int, number: str) -> QuerySet[Message]:
    """The texts with a number, in all inboxes."""
    conversations = ids_of(Conversation, team_id, number=number)
    return Message.objects.filter(team_id=team_id, conversation_id__in=conversations)


_CONTACT, _CONVERSATION, _TEXT = PersonReference.CONTACT, PersonReference.CONVERSATION, PersonReference.TEXT
CONTACT = PersonTable("contact", Contact)
LIST_ENTRIES = PersonTable("list_entries", ListEntry, _CONTACT)
TAGGINGS = PersonTable("taggings", Tagging, _CONTACT)
TEXTS = PersonTable("texts", Message, _CONVERSATION)
NOTES = PersonTable("private_notes", Note, _CONVERSATION)
LEDGER = PersonTable("ledger", ConsentEvent)
CONSENT_RECORDS = PersonTable("consent_records", ConsentRecord)
TABLES = (
    CONTACT,
    LIST_ENTRIES,
    TAGGINGS,
    PersonTable("conversations", Conversation),
    TEXTS,
    PersonTable("attachments", Attachment, _TEXT),
    PersonTable("group_texts_of_others", GroupRecipient),
    PersonTable("parts_of_texts", InboundPart),
    NOTES,
    PersonTable("drafts", Draft, _CONVERSATION),
    PersonTable("scheduled_texts", ScheduledText, _CONVERSATION),
    PersonTable("assignments", Assignment, _CONVERSATION),
    PersonTable("activities", Activity, _CONVERSATION),
    PersonTable("suppressions", Suppression),
    LEDGER,
    CONSENT_RECORDS,
    PersonTable("double_opt_ins", DoubleOptIn),
    PersonTable("pending_opt_ins", PendingOptIn),
    PersonTable("reviews", Review),
    PersonTable("carrier_opt_outs", CarrierOptOut),
    PersonTable("opt_outs_told_to_carriers", PushedOptOut),
    PersonTable("suppression_lists", SuppressedNumber),
    PersonTable("broadcasts", BroadcastRecipient),
    PersonTable("line_types", LineType),
    PersonTable("rows_of_imports", ImportRow),
    PersonTable("opt_outs_of_imports", ImportOptOut),
    PersonTable("changes_by_imports", ImportChange, _CONTACT),
    PersonTable("rows_of_vendor_lists", VendorListRow),
    PersonTable("webhook_events", WebhookEvent),
)
# Tables with such columns that the export leaves out.
LEFT_OUT: dict[type[TenantModel], str] = {
    FilterValue: "copies of the contact's custom fields",
    SearchableText: "copies of texts",
    Delivery: "copies of webhook events",
    ReadMarker: "about members",
    Mention: "about members",
    UnseenEvent: "about members",
    RefusedRow: "rows of files that were not read as a number",
    VendorListRemark: "rows of files that were not read as a number",
    SimulatedText: "the simulated carrier's own record",
}
