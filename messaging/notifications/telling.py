"""Telling of notifications: to browsers at once, and by email if the conversation stays unopened."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings as installation
from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from kernel.mail import compose_email, send_email
from kernel.tenancy import scope
from messaging.inbox import visible_conversations
from messaging.models import Conversation
from messaging.notifications.finding import Notification, find_new
from messaging.notifications.models import NotificationSettings, PushSubscription, UnseenEvent
from messaging.notifications.pushing import MAX_WORDS, is_offered, push

MOST_LISTED = 20  # events that an email lists


def tell(team_id: int, member_id: int) -> int:
    """Look for what is new to a member, and tell it. The number of notifications."""
    with scope(team_id):
        rows = NotificationSettings.objects.select_for_update(skip_locked=True, no_key=True)
        settings = rows.filter(team_id=team_id, member_id=member_id).first()
        if settings is None:  # another worker is at it, or the member has left
            return 0
        member = _member(team_id, member_id)
        found = find_new(member, settings)
        settings.save()
        _wait_for_emails(member, settings, found)
        browsers = list(PushSubscription.objects.filter(team_id=team_id, member_id=member_id))
        messages = [
            _message(member, notification, with_sound=notification.event in settings.sound)
            for notification in found
            if notification.event in settings.push
        ]
    if is_offered():
        _push_all(browsers, messages)
    return len(found)


def _push_all(browsers: Iterable[PushSubscription], messages: list[dict[str, Any]]) -> None:
    """Outside of any transaction. A browser that has ended is removed."""
    for browser in browsers:
        if not all(push(browser, message) for message in messages):
            with scope(browser.team_id):
                browser.delete()


def _member(team_id: int, member_id: int) -> Member:
    return Member.objects.select_related("team", "user").get(team_id=team_id, id=member_id)


def _message(member: Member, notification: Notification, *, with_sound: bool) -> dict[str, Any]:
    address = reverse("conversation", args=[member.team.slug, notification.conversation.id])
    words = notification.words
    return {
        "title": notification.title,
        "body": words if len(words) <= MAX_WORDS else f"{words[: MAX_WORDS - 1]}…",
        "tag": notification.tag,
        "url": address,
        "silent": not with_sound,
    }


# -- email ------------------------------------------------------------------------------------------------------


def _wait_for_emails(member: Member, settings: NotificationSettings, found: Iterable[Notification]) -> None:
    due_at = timezone.now() + timedelta(minutes=settings.email_minutes)
    UnseenEvent.objects.bulk_create(
        UnseenEvent(
            team_id=member.team_id,
            member=member,
            conversation=notification.conversation,
            event=notification.event,
            title=notification.title[:200],
            due_at=due_at,
        )
        for notification in found
        if notification.event in settings.email
    )


def mark_seen(conversation: Conversation, member: Member) -> None:
    """The member has opened the conversation: no email about it."""
    _unseen(member).filter(conversation_id=conversation.id).delete()


def send_unseen(team_id: int, member_id: int) -> bool:
    """Send a member one email about all that waits, once a part of it is due. Whether one was sent.

    It has no words of texts: the member may no longer see the inbox when it is read.
    """
    with scope(team_id):
        member = _member(team_id, member_id)
        waiting = list(
            _unseen(member).select_for_update(no_key=True, skip_locked=True, of=("self",)).order_by("id")
        )
        _unseen(member).filter(id__in=[event.id for event in waiting]).delete()
        visible = set(visible_conversations(member).values_list("id", flat=True).filter(
            id__in=[event.conversation_id for event in waiting]
        ))  # fmt: skip
        titles = [event.title for event in waiting if event.conversation_id in visible]
        context = {
            "team": member.team,
            "titles": titles[:MOST_LISTED],
            "more": max(len(titles) - MOST_LISTED, 0),
            "link": installation.PUBLIC_URL + reverse("inbox", args=[member.team.slug]),
            "settings": installation.PUBLIC_URL + reverse("notifications", args=[member.team.slug]),
        }
    if not titles:
        return False
    subject = (
        titles[0] if len(titles) == 1 else f"{len(titles)} things you have not seen · {member.team.name}"
    )
    email = compose_email(
        subject, "messaging/unseen_email.txt", context, [member.user.email], member.team.name
    )
    return send_email(email.send, f"unseen events to member {member_id} of team {team_id}")


def _unseen(member: Member) -> models.QuerySet[UnseenEvent]:
    return UnseenEvent.objects.filter(team_id=member.team_id, member_id=member.id)
