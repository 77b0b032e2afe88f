"""CSV files of a person's data: details, lists, texts, notes and consent."""

from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

from accounts.models import Team
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import value_as_cell
from kernel.spreadsheets.cells import escape_formula
from kernel.spreadsheets.writers import CsvWriter, Row
from kernel.tenancy import scope
from messaging.media.models import Attachment
from messaging.models import Message
from messaging.personal_data.tables import (
    CONSENT_RECORDS,
    CONTACT,
    LEDGER,
    LIST_ENTRIES,
    NOTES,
    TAGGINGS,
    TEXTS,
)
from messaging.retention.wording import describe_erasure
from optout.consent_records.wording import describe_record
from optout.wording import describe_entry

type Rows = Iterator[list[Row]]  # each batch is read in a scope of its own
type CsvFile = Callable[[Team, str], Rows]


def csv_pieces(csv_file: CsvFile, team: Team, number: str) -> Iterator[bytes]:
    writer = CsvWriter()
    for rows in csv_file(team, number):
        yield writer.rows([[escape_formula(cell) for cell in row] for row in rows])


def _details(team: Team, number: str) -> Rows:
    yield [("Field", "Value"), ("Phone Number", number)]
    with scope(team.id):
        fields = list(CustomField.objects.of(team.id))
        contacts = list(CONTACT.rows(team.id, number).select_related("assignee__user"))
    for contact in contacts:
        yield [*_columns(contact), *_custom_values(contact, fields)]


def _columns(contact: Contact) -> list[Row]:
    return [
        ("First Name", contact.first_name),
        ("Last Name", contact.last_name),
        ("Display Name", contact.display_name),
        ("Email", contact.email),
        ("Note", contact.note),
        ("Assigned To", str(contact.assignee or "")),
        ("Created", contact.created_at.isoformat(" ", "seconds")),
        ("Updated", contact.updated_at.isoformat(" ", "seconds")),
    ]


def _custom_values(contact: Contact, fields: list[CustomField]) -> list[Row]:
    custom = contact.custom
    return [(field.name, value_as_cell(custom[field.key])) for field in fields if field.key in custom]


def _lists(team: Team, number: str) -> Rows:
    yield [("Kind", "Name")]
    with scope(team.id):
        entries = (
            LIST_ENTRIES.rows(team.id, number).values_list("list__name", flat=True).order_by("list__name")
        )
        taggings = TAGGINGS.rows(team.id, number).values_list("tag__name", flat=True).order_by("tag__name")
        rows: list[Row] = [("List", name) for name in entries] + [("Tag", name) for name in taggings]
    yield rows


def _texts(team: Team, number: str) -> Rows:
    yield [("Time", "Inbox", "Direction", "By", "Text", "Files", "Status", "Text ID")]
    zone = ZoneInfo(team.time_zone)
    with scope(team.id):
        inboxes = dict(team.inboxes.values_list("id", "name"))
    for batch in TEXTS.batches(team, number):
        with scope(team.id):
            files = Attachment.objects.of_texts(team.id, batch)
        yield [_text(text, inboxes[text.inbox_id], files.get(text.id, []), zone) for text in batch]


def _text(text: Message, inbox: str, files: list[Attachment], zone: ZoneInfo) -> Row:
    return (
        text.at.astimezone(zone).isoformat(" ", "seconds"),
        inbox,
        "sent" if text.outbound else "received",
        text.author_name,
        " ".join(filter(None, [text.body, describe_erasure(text, zone)])),
        ", ".join(f"{file.words} {file.id}" for file in files),
        text.status,
        str(text.id),
    )


def _notes(team: Team, number: str) -> Rows:
    yield [("Time", "By", "Note")]
    zone = ZoneInfo(team.time_zone)
    for batch in NOTES.batches(team, number):
        yield [
            (note.at.astimezone(zone).isoformat(" ", "seconds"), note.author_name, note.body)
            for note in batch
        ]


def _consent(team: Team, number: str) -> Rows:
    """The ledger in the order of its chain, then the consent on record."""
    yield [("Time", "Kind", "What", "Words", "Reason", "Source", "By", "Inbox")]
    zone = ZoneInfo(team.time_zone)
    for batch in LEDGER.batches(team, number):
        yield [
            (
                event.happened_at.astimezone(zone).isoformat(" ", "seconds"), "Change", f"{describe_entry(event)}.",
                event.words, event.reason, event.source, event.actor_name, event.inbox_name,
            )
            for event in batch
        ]  # fmt: skip
    for batch in CONSENT_RECORDS.batches(team, number):
        yield [
            (
                (record.obtained_at or record.recorded_at).astimezone(zone).isoformat(" ", "seconds"),
                "Consent on record", describe_record(record), record.words, "", record.source, record.actor_name,
                record.inbox_name,
            )
            for record in batch
        ]  # fmt: skip


CSV_FILES: dict[str, CsvFile] = {
    "details.csv": _details,
    "lists.csv": _lists,
    "texts.csv": _texts,
    "notes.csv": _notes,
    "consent.csv": _consent,
}
