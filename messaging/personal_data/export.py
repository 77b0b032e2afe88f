"""Export of a person's data: a ZIP with all rows as JSON, the most important ones as CSV, and the files of texts."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from accounts.models import Team
from contacts.custom_fields.models import CustomField
from contacts.exports.audited_export import RowCount
from contacts.lists.models import ContactList, Tag
from kernel.phone_numbers import display
from kernel.tenancy import scope
from kernel.zip_stream import ZipStream
from messaging.media.models import Attachment
from messaging.media.storage import open_file
from messaging.personal_data.csv_files import CSV_FILES, csv_pieces
from messaging.personal_data.tables import TABLES, TEXTS, PersonTable

_CHUNK = 64 * 1024  # bytes
_HIDDEN = {
    "team_id",
    "search_words",
    "sort_name",
    "source_url",
}  # ours, computed, or an address of the carrier


@dataclass(frozen=True)
class PersonalData:
    """The data of one number of a team, for a member or a program that exports it."""

    team: Team
    made_by: str
    number: str  # canonical
    count: RowCount

    def pieces(self) -> Iterator[bytes]:
        """The ZIP file. Iterated outside a scope."""
        zip_file = ZipStream(timezone.localtime())
        yield from zip_file.add("readme.txt", [self._readme().encode()])
        for name, csv_file in CSV_FILES.items():
            yield from zip_file.add(name, csv_pieces(csv_file, self.team, self.number))
        yield from zip_file.add("person.json", self.json_pieces())
        for attachment in self.attachments():
            yield from zip_file.add(media_name(attachment), _file(attachment), compressed=False)
        yield zip_file.end()
        self.count.complete = True

    def _readme(self) -> str:
        return README.format(
            number=display(self.number), team=self.team.name, member=self.made_by, now=timezone.now()
        )

    def json_pieces(self) -> Iterator[bytes]:
        """The file person.json. Iterated outside a scope."""
        yield b'{"about": ' + _encoded(self._about())
        for table in TABLES:
            yield f',\n"{table.name}": ['.encode()
            yield from self._rows(table)
            yield b"]"
        yield b"}\n"

    def _rows(self, table: PersonTable) -> Iterator[bytes]:
        between = b"\n"
        for batch in table.batches(self.team, self.number):
            self.count.rows += len(batch)
            for row in batch:
                yield between + _encoded(facts(row))
                between = b",\n"

    def _about(self) -> dict[str, Any]:
        """What the rows refer to by IDs and keys."""
        team = self.team
        names: dict[str, Callable[[], Any]] = {
            "inboxes": lambda: dict(team.inboxes.values_list("id", "name")),
            "lists": lambda: dict(ContactList.objects.filter(team_id=team.id).values_list("id", "name")),
            "tags": lambda: dict(Tag.objects.filter(team_id=team.id).values_list("id", "name")),
            "custom_fields": lambda: {field.key: field.name for field in CustomField.objects.of(team.id)},
        }
        with scope(team.id):
            found = {name: read() for name, read in names.items()}
        return {
            "number": self.number,
            "business": team.name,
            "made_at": timezone.now(),
            "made_by": self.made_by,
            **found,
        }

    def attachments(self) -> Iterator[Attachment]:
        """The stored files of the texts; a picture that broadcasts share comes once."""
        seen: set[int] = set()
        for texts in TEXTS.batches(self.team, self.number):
            with scope(self.team.id):
                found = Attachment.objects.of_texts(self.team.id, texts)
            for attachment in (each for files in found.values() for each in files):
                if attachment.is_stored and attachment.id not in seen:
                    seen.add(attachment.id)
                    yield attachment


def facts(row: Any) -> dict[str, Any]:
    """The columns of a row, without those that say nothing about the person."""
    names = [field.attname for field in row._meta.concrete_fields if field.attname not in _HIDDEN]
    return {name: getattr(row, name) for name in names}


def _encoded(value: dict[str, Any]) -> bytes:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False).encode("utf-8", "surrogatepass")


def media_name(attachment: Attachment) -> str:
    name = re.sub(r"[^\w.-]+", "-", attachment.download_name)[-80:]
    return f"media/{attachment.id}-{name}"


def _file(attachment: Attachment) -> Iterator[bytes]:
    """The pieces of a stored file; none if an erasure deleted it meanwhile."""
    try:
        with open_file(attachment.file) as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except FileNotFoundError:
        return


README = """\
The data of {number} at {team}
Made on {now:%Y-%m-%d %H:%M} UTC by {member}.

details.csv   The contact: names, email address, note and custom fields
lists.csv     The lists and tags that the contact is on
texts.csv     All texts with this number, in all inboxes, with the names of their files
notes.csv     Private notes of the team in these conversations
consent.csv   Every change of whether this number may be texted, and the consent on record, with the words
person.json   All rows that the team has about this number, complete, with all columns; times are in UTC
media/        The pictures and files of the texts

A text that was erased has no words. Files that this team imported and that nobody has confirmed yet are not in it, nor
are other people's numbers of group texts.
"""
