"""Statements of the inbox pages: at most twelve a page of a busy team, each of which names its team everywhere."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member, Role, Seat
from accounts.rights import RIGHTS
from accounts.roles.models import TeamRole
from contacts.custom_fields.models import CustomField
from contacts.lists.labels import set_tags
from contacts.lists.models import Tag
from kernel.tenancy import scope
from messaging import opt_in_checks
from messaging.carriers.base import InboundText
from messaging.drafts.models import Draft
from messaging.folders import Folder
from messaging.inbound import receive
from messaging.media.models import Attachment, AttachmentState
from messaging.models import Conversation, Message
from messaging.saved_views.models import SavedView
from messaging.scheduling.models import ScheduledText
from messaging.search.indexing import index_team
from messaging.teamwork import assignment
from messaging.teamwork.models import Mention, Note
from messaging.text_templates.models import TextTemplate
from optout.reviews import Review
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import new_sid
from tests.routing import unrouted_of
from tests.statements import counted

type ClientOf = Callable[[Member], Client]
SWAPPED = (Folder.OPEN, Folder.REVIEW, Folder.UNREAD)
MAX_STATEMENTS = 12  # with those of the session, the membership and the scope


def receive_text(cast: Cast, number: str, body: str, **details: Any) -> None:
    receive(cast.front_desk, InboundText(new_sid(), number, body, **details))


@pytest.fixture
def conversation(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Conversation:
    """Maria's, with everything that a thread and a contact pane show, in a team with views, tags and fields."""
    monkeypatch.setattr(opt_in_checks, "CHECK_WITHIN", timedelta(minutes=10))
    monkeypatch.setattr("messaging.worker_wakeups.current_app.send_task", lambda *args, **options: None)
    for number in (TOM, STRANGER):
        receive_text(cast, number, "Are you open on Sunday?")
    for n in range(50):
        receive_text(cast, MARIA, f"Question {n}")
    receive_text(cast, MARIA, "STOP")
    receive_text(cast, MARIA, "START")  # is being checked
    receive_text(
        cast, MARIA, "Dinner?", others=(TOM, STRANGER), media=(("https://x.example/1", "image/jpeg"),)
    )
    receive_text(cast, TOM, "dont want to get these things any more, who is this?")
    team, now = cast.northside, timezone.now()
    with scope(team.id):
        found: Conversation = Conversation.objects.select_related("inbox", "contact").get(number=MARIA)
        found.inbox.team = team
        text = Message.objects.filter(conversation=found).latest("id")
        if not Attachment.objects.exists():
            Attachment.objects.create(team=team, message=text, state=AttachmentState.WAITING)
        Review.objects.create(
            team=team,
            inbox=found.inbox,
            number=MARIA,
            message_id=text.id,
            kind="hold",
            at=now,
            created_at=now,
        )
        rights = [right.value for right in RIGHTS[Role.MEMBER]]
        role = TeamRole.objects.create(team=team, name="Desk", rights=rights)
        Member.objects.filter(team=team, id=cast.member.id).update(custom_role=role)
        Seat.objects.create(
            team=team, inbox=cast.billing, member=cast.member, role=Role.MEMBER, custom_role=role
        )
        assignment.assign(found, cast.member, cast.admin)
        note = Note.objects.create(team=team, conversation=found, author_name="Amir", body="VIP", at=now)
        for member in (cast.owner, cast.member):
            Mention.objects.create(team=team, note=note, conversation=found, member=member)
            Draft.objects.create(
                team=team, conversation=found, member=member, body="Dear Maria", updated_at=now
            )
        ScheduledText.objects.create(
            team=team, conversation=found, inbox=found.inbox, number=MARIA, body="Reminder", seen_inbound=0,
            send_at=now + timedelta(days=1), author_name="Amir", created_at=now,
        )  # fmt: skip
        set_tags(cast.maria, ["VIP", "Recall"])
        CustomField.objects.create(team=team, key="size", name="Size", kind="text", position=1)
        cast.maria.custom = {"size": "12"}
        cast.maria.save(update_fields=["custom"])
        tag = Tag.objects.first()
        for n, of in enumerate([None, cast.member, cast.owner, None] * 3):
            SavedView.objects.create(
                team=team, member=of, name=f"View {n}", folder="open", inbox_id=found.inbox_id,
                assignee=str(cast.member.id), tag_id=tag.id if tag else None, unread=True, standing="active",
            )  # fmt: skip
    index_team(team.id, 10)
    return found


def pages(cast: Cast, found: Conversation) -> list[tuple[str, str, dict[str, str]]]:
    """Names, addresses and headers."""
    slug, swap, boost = (
        "northside-dental",
        {"HX-Request": "true"},
        {"HX-Request": "true", "HX-Boosted": "true"},
    )
    inbox, page = reverse("inbox", args=[slug]), reverse("conversation", args=[slug, found.id])
    thread = reverse("thread", args=[slug, found.id])
    contact = reverse("conversation_contact", args=[slug, found.id])
    search = reverse("search", args=[slug])
    with scope(cast.northside.id):
        oldest = Message.objects.filter(conversation_id=found.id).order_by("-at", "-id")[39]
        newest = Message.objects.filter(conversation_id=found.id).latest("id")
        view = SavedView.objects.get(name="View 3")
        template = TextTemplate.objects.create(
            team=cast.northside, title="Hello", body="Hello {{ first_name | there }}, {{ size }}"
        )
        early = Message.objects.filter(conversation_id=found.id).earliest("id")
    last = f"{oldest.id}~{int(oldest.at.timestamp() * 1_000_000)}"
    listed = f"{found.id}~{int(found.last_message_at.timestamp() * 1_000_000)}"
    return [
        *((f"folder {folder}", f"{inbox}?folder={folder.value}", {}) for folder in Folder),
        *((f"rows of {folder}", f"{inbox}?folder={folder.value}", swap) for folder in SWAPPED),
        ("view", f"{inbox}?view={view.id}", {}),
        ("one inbox", f"{inbox}?inbox={found.inbox_id}&folder=waiting", {}),
        ("narrowed", f"{inbox}?assignee={cast.member.id}&tag={view.tag_id}&unread=1&standing=active", {}),
        ("next page of the list", f"{inbox}?before={listed}", swap),
        ("the list again", f"{inbox}?until={listed}", swap),
        ("an inbox closed by a swap", inbox, boost),
        ("conversation", page, {}),
        ("conversation of a view", f"{page}?view={view.id}", {}),
        ("conversation to review", f"{page}?folder=review&text={newest.id}", {}),
        ("conversation around a hit", f"{page}?around={early.id}", {}),
        ("conversation by a click", f"{page}?folder=waiting", boost),
        ("thread again", f"{thread}?folder=waiting&since={last}", swap),
        ("thread, earlier texts", f"{thread}?earlier={last}", swap),
        ("contact pane", contact, swap),
        ("conversation with a template", f"{page}?template={template.id}", {}),
        ("search", f"{search}?q=question", {}),
        ("search for a person", f"{search}?q=question&person=maria&by=them&since=2020-01-01", {}),
        ("search by a swap", f"{search}?q=question&inbox={found.inbox_id}", swap),
    ]


@pytest.mark.parametrize("who", ["owner", "member"])
def test_a_page_takes_at_most_twelve_statements(
    cast: Cast, conversation: Conversation, as_client: ClientOf, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    desk = as_client(getattr(cast, who))
    too_many = []
    for name, address, headers in pages(cast, conversation):
        with counted(monkeypatch) as statements:
            assert desk.get(address, headers=headers).status_code == 200, name
        if len(statements) > MAX_STATEMENTS:
            too_many.append("\n  ".join([f"{len(statements)}: {name} of {who}", *statements]))
        assert not unrouted_of(statements), name
    assert not too_many, "\n".join(too_many)
