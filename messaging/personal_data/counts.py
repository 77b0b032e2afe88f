"""Counts of a person's data, for the pages that offer its export and its erasure."""

from dataclasses import dataclass

from accounts.models import Team
from contacts.contact.models import Contact
from contacts.contact.overview import find_contact
from messaging.media.models import Attachment, AttachmentState
from messaging.models import Conversation
from messaging.personal_data.tables import CONSENT_RECORDS, LEDGER, NOTES, ids_of, texts_with
from messaging.retention.erasable import NOTHING_LEFT


@dataclass(frozen=True)
class PersonCounts:
    """What a team has about a number."""

    contact: Contact | None
    conversations: int
    texts: int  # with content
    receipts: int  # all texts
    files: int
    notes: int
    ledger: int
    consent_records: int

    @classmethod
    def of(cls, team: Team, number: str) -> "PersonCounts":
        texts = texts_with(team.id, number)
        files = Attachment.objects.filter(team_id=team.id, message_id__in=texts.values("id"))
        return cls(
            contact=find_contact(team, number),
            conversations=ids_of(Conversation, team.id, number=number).count(),
            texts=texts.exclude(NOTHING_LEFT).count(),
            receipts=texts.count(),
            files=files.filter(state=AttachmentState.STORED).count(),
            notes=NOTES.rows(team.id, number).count(),
            ledger=LEDGER.rows(team.id, number).count(),
            consent_records=CONSENT_RECORDS.rows(team.id, number).count(),
        )
