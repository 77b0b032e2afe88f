"""Preview of a broadcast: what each person of its audience would get, or why not, one person after the other."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Inbox, Member
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from kernel.phone_numbers import display
from kernel.segments import describe_segments
from messaging.broadcasts.audience import Audience, matching
from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.models import Broadcast
from messaging.broadcasts.recipient_check import Hold, find_reason, read_facts
from messaging.broadcasts.rendering import Renderer
from messaging.text_templates.fields import FilledText

COUNTED = 10_000  # contacts of an audience up to which a draft's page counts them


@dataclass(frozen=True)
class PersonPreview:
    """The text as one person would get it, with what is wrong, and why the person would get none or get it later."""

    contact: Contact
    inbox: Inbox | None  # None: no inbox was used with this person yet
    filled: FilledText
    obstacle: str = ""

    @property
    def shown_number(self) -> str:
        return display(self.contact.number, self.contact.team.country)

    @property
    def segments(self) -> str:
        return describe_segments(self.filled.text)


@dataclass(frozen=True)
class BroadcastPreview:
    """One person of the audience, and whether others come before and after. No person: an empty audience."""

    contacts: int  # of the audience, at most COUNTED + 1
    person: PersonPreview | None = None
    has_next: bool = False
    has_previous: bool = False

    @property
    def count(self) -> str:
        return f"over {COUNTED:,}" if self.contacts > COUNTED else f"{self.contacts:,}"


def find_preview(
    draft: Broadcast,
    member: Member,
    *,
    at: int | None = None,
    after: int | None = None,
    before: int | None = None,
) -> BroadcastPreview:
    """The first person of the audience, or a contact, or the one after or before it. In the scope of the team."""
    people = matching(member.team, Audience.from_json(draft.audience)).select_related("last_inbox")
    contacts = people.order_by()[: COUNTED + 1].count()
    found = None
    if at is not None:
        found = people.filter(id=at).first()
    elif before is not None:
        found = people.filter(id__lt=before).order_by("-id").first()
    elif after is not None:
        found = people.filter(id__gt=after).order_by("id").first()
    found = found or people.order_by("id").first()
    if found is None:
        return BroadcastPreview(contacts)
    return BroadcastPreview(
        contacts=contacts,
        person=preview_for(draft, found, member),
        has_next=people.filter(id__gt=found.id).exists(),
        has_previous=people.filter(id__lt=found.id).exists(),
    )


def preview_for(draft: Broadcast, contact: Contact, member: Member) -> PersonPreview:
    """The text for one person, as if this member sent it now or at its time."""
    contact.team = member.team
    inbox = draft.inbox or contact.last_inbox
    if inbox is None:
        return PersonPreview(contact, None, FilledText(draft.body), f"Gets no text: {LeftOut.NO_INBOX.label}")
    inbox.team = member.team
    at = max(timezone.now(), draft.send_at or timezone.now())
    facts = read_facts(draft, inbox, [contact.number], at)[contact.number]
    renderer = Renderer(draft, member, list(CustomField.objects.of(member.team_id)))
    filled = renderer.text_for(contact, inbox, with_words=draft.append_words and not facts.had_text)
    reason = find_reason(facts)
    if isinstance(reason, Hold):
        return PersonPreview(contact, inbox, filled, f"Waits for the sending hours: {reason.reason}")
    return PersonPreview(contact, inbox, filled, f"Gets no text: {reason.label}" if reason else "")
