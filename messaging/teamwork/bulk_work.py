"""Bulk work: one change to many ticked conversations, of which those that the member may see are changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone

from accounts.access import Right, inboxes_with
from accounts.models import Inbox, Member
from contacts.lists.models import Tag, Tagging
from kernel import change_tokens
from messaging.inbox import MAX_REFETCH, set_seen, visible_conversations
from messaging.models import Conversation
from messaging.snoozing.snooze import snooze, wake
from messaging.teamwork.assignment import assignable_members, record_all
from messaging.teamwork.models import ActivityKind, Assignment

MAX_TICKED = MAX_REFETCH  # conversations: as many as a page loads


class BulkWork(TextChoices):
    """What is done to the ticked conversations."""

    CLOSE = "close", "closed"
    REOPEN = "reopen", "reopened"
    READ = "read", "marked read"
    UNREAD = "unread", "marked unread"
    ASSIGN = "assign", "assigned"
    UNASSIGN = "unassign", "assigned to nobody"
    TAG = "tag", "tagged"
    UNTAG = "untag", "untagged"
    SNOOZE = "snooze", "snoozed"
    WAKE = "wake", "woken"


_ALREADY = {
    BulkWork.CLOSE: "closed already",
    BulkWork.REOPEN: "open already",
    BulkWork.READ: "read already",
    BulkWork.UNREAD: "unread already, or without a text to read",
    BulkWork.ASSIGN: "assigned so already",
    BulkWork.UNASSIGN: "assigned to nobody already",
    BulkWork.TAG: "tagged so already",
    BulkWork.UNTAG: "without this tag",
    BulkWork.SNOOZE: "snoozed so already",
    BulkWork.WAKE: "not snoozed",
}


@dataclass(frozen=True)
class WorkOrder:
    """What a member asks for, and for which conversations."""

    work: BulkWork
    conversation_ids: list[int]
    assignee: Member | None = None
    tag: Tag | None = None
    until: datetime | None = None  # of a snooze


@dataclass
class WorkResult:
    """How many conversations were changed, and why the others were not."""

    work: BulkWork
    detail: str = ""  # who it was assigned to, or the tag
    changed: int = 0
    unchanged: int = 0  # they were so already
    missing: int = 0  # they are gone, or the member may not see them
    forbidden: int = 0  # in an inbox in which the member may not organize conversations
    refused: int = 0  # the assignee does not see their inbox
    without_contact: int = 0

    @property
    def sentence(self) -> str:
        """For example: 12 closed; 1 was closed already."""
        parts = [
            f"{self.changed} {self.work.label}{self.detail}",
            _counted(self.unchanged, f"was {_ALREADY[self.work]}", f"were {_ALREADY[self.work]}"),
            _counted(
                self.refused, "is in an inbox that they do not see", "are in inboxes that they do not see"
            ),
            _counted(
                self.forbidden,
                "is in an inbox where you may not do this",
                "are in inboxes where you may not do this",
            ),
            _counted(self.without_contact, "has no contact", "have no contact"),
            _counted(self.missing, "was not found", "were not found"),
        ]
        return f"{'; '.join(filter(None, parts))}."


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""


def work_on(order: WorkOrder, by: Member) -> WorkResult:
    """Change the conversations of the order that the member may see and organize. Their rows are locked by ID."""
    ids = order.conversation_ids[:MAX_TICKED]
    visible = visible_conversations(by).filter(id__in=ids).order_by("id")
    seen = list(visible.select_for_update(no_key=True, of=("self",)))
    allowed = set(inboxes_with(by, Right.ORGANIZE).values_list("id", flat=True))
    found = [conversation for conversation in seen if conversation.inbox_id in allowed]
    result = WorkResult(order.work, missing=len(set(ids)) - len(seen), forbidden=len(seen) - len(found))
    match order.work:
        case BulkWork.CLOSE | BulkWork.REOPEN:
            changed = _set_closed(found, order.work == BulkWork.CLOSE, by)
        case BulkWork.READ | BulkWork.UNREAD:
            changed = _set_read(found, order.work == BulkWork.READ, by)
        case BulkWork.ASSIGN | BulkWork.UNASSIGN:
            changed = _assign(found, order.assignee, by, result)
        case BulkWork.SNOOZE:
            assert order.until
            changed = snooze(found, order.until, by)
        case BulkWork.WAKE:
            changed = wake(found, by)
        case _:
            changed = _tag(found, order, result)
    result.changed = len(changed)
    result.unchanged = len(found) - result.changed - result.refused - result.without_contact
    change_tokens.renew_on_commit(by.team_id)
    return result


def _set_closed(found: list[Conversation], closed: bool, by: Member) -> list[Conversation]:
    changed = [conversation for conversation in found if conversation.closed != closed]
    _rows(changed, by).update(closed=closed, snoozed_until=None)
    record_all(changed, ActivityKind.CLOSED if closed else ActivityKind.REOPENED, by)
    return changed


def _set_read(found: list[Conversation], read: bool, by: Member) -> list[Conversation]:
    """Marking unread leaves the newest text of the person to be read."""
    unread = set(_rows(found, by).with_unread(by).filter(unread__gt=0).values_list("id", flat=True))
    if read:
        changed = [conversation for conversation in found if conversation.id in unread]
    else:
        changed = [
            conversation
            for conversation in found
            if conversation.id not in unread and conversation.inbound_count
        ]
    set_seen(changed, by, to_read=0 if read else 1)
    return changed


def _assign(
    found: list[Conversation], assignee: Member | None, by: Member, result: WorkResult
) -> list[Conversation]:
    result.detail = f" to {assignee}" if assignee else ""
    seen = _inboxes_seen_by(assignee, found) if assignee else set()
    allowed = [row for row in found if assignee is None or row.inbox_id in seen]
    result.refused = len(found) - len(allowed)
    rows = Assignment.objects.filter(team_id=by.team_id, conversation_id__in=[row.id for row in allowed])
    before = {row.conversation_id: row.member for row in rows.select_related("member__user")}
    changed = [row for row in allowed if before.get(row.id) != assignee]
    rows.filter(conversation_id__in=[row.id for row in changed]).delete()
    now = timezone.now()
    if assignee:
        Assignment.objects.bulk_create(
            Assignment(team_id=by.team_id, conversation=row, member=assignee, at=now) for row in changed
        )
        record_all(changed, ActivityKind.ASSIGNED, by, dict.fromkeys((row.id for row in changed), assignee))
    else:
        record_all(changed, ActivityKind.UNASSIGNED, by, before)
    return changed


def _inboxes_seen_by(assignee: Member, found: Iterable[Conversation]) -> set[int]:
    ids = {row.inbox_id for row in found}
    inboxes = Inbox.objects.filter(team_id=assignee.team_id, id__in=ids)
    return {inbox.id for inbox in inboxes if assignee in assignable_members(inbox)}


def _tag(found: list[Conversation], order: WorkOrder, result: WorkResult) -> list[Conversation]:
    """Give the contacts the tag, or take it off. Two conversations of one contact are changed together."""
    assert order.tag
    tag, adds = order.tag, order.work == BulkWork.TAG
    result.detail = f" {tag}" if adds else f": {tag}"
    contacts = {
        row.id: row.contact.id
        for row in Conversation.objects.filter(
            team_id=tag.team_id, id__in=[conversation.id for conversation in found]
        ).select_related("contact")
        if row.contact
    }
    taggings = Tagging.objects.filter(team_id=tag.team_id, tag_id=tag.id, contact_id__in=contacts.values())
    tagged = set(taggings.values_list("contact_id", flat=True))
    result.without_contact = len(found) - len(contacts)
    changed = [row for row in found if row.id in contacts and (contacts[row.id] in tagged) != adds]
    if adds:
        ids = sorted({contacts[row.id] for row in changed})
        Tagging.objects.bulk_create(
            [Tagging(team_id=tag.team_id, tag_id=tag.id, contact_id=id) for id in ids], ignore_conflicts=True
        )
    else:
        taggings.delete()
    return changed


def _rows(conversations: Iterable[Conversation], by: Member) -> Any:
    return Conversation.objects.filter(team_id=by.team_id, id__in=[row.id for row in conversations])
