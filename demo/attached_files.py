"""Attachments of the demo: the drawings, stored as the product stores what arrives."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from accounts.models import Team
from demo import drawings
from messaging.media import storage
from messaging.media.checking import check_file
from messaging.media.models import Attachment, AttachmentState
from messaging.models import Message
from messaging.simulator.models import SimulatedText

# What goes along with the text that begins with these words.
FILES: dict[str, Callable[[], bytes]] = {
    "Hi Maria, we do! One medium in blue": drawings.bicycle,
    "Morning! My rear wheel makes a clicking": drawings.rear_wheel,
    "My e-bike shows error E04": drawings.display,
    "Got the invoice for the fleet service": drawings.invoice,
    "My buddy wants to come too": drawings.contact_card,
}


def attach_files(team: Team) -> None:
    """Store the drawings, in the scope of the team."""
    for words, draw in FILES.items():
        message = Message.objects.get(team_id=team.id, body__startswith=words)
        with TemporaryDirectory(prefix="heymarket-demo-") as folder:
            path = Path(folder) / "file"
            path.write_bytes(draw())
            _attach(message, path)


def _attach(message: Message, path: Path) -> None:
    checked = check_file(path, to_send=message.outbound)
    attachment = Attachment(
        team_id=message.team_id, message=message, state=AttachmentState.STORED, created_at=message.at,
        file=storage.new_name(message.team_id), **storage.stored_columns(checked),
    )  # fmt: skip
    attachment.save()
    storage.store(checked, attachment.file)
    message.media = [attachment.stored_medium()]
    message.save(update_fields=["media"])
    on_phone = SimulatedText.objects.filter(team_id=message.team_id, carrier_id=message.carrier_id)
    on_phone.update(media=[attachment.id])
