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
from messaging.inbox import mark_unread, visible_conversations
from messaging.models import Conversation
from messaging.notifications.finding import Notification, find_new
from messaging.notifications.models import NotificationSettings, PushSubscription, UnseenEvent
from messaging.notifications.not_sent import find_not_sent
from messaging.notifications.pushing import MAX_WORDS, is_offered, push
from messaging.scheduling.models import ScheduledText

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
        pushes = _record(member, settings, found)
    _push_all(*pushes)
    return len(found)


def tell_not_sent(team_id: int, id: int) -> None:
    """Tell whom it concerns that a scheduled text is not sent. May be called twice: the row decides."""
    with scope(team_id):
        rows = ScheduledText.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        waiting = rows.filter(team_id=team_id, id=id).exclude(tell_at=None)
        text = waiting.select_related("inbox__team").first()
        if text is None:
            return
        ScheduledText.objects.filter(team_id=team_id, id=id).update(tell_at=None)
        pushes = []
        for member, notification in find_not_sent(text):
            mark_unread(notification.conversation, member)
            pushes.append(_record(member, _settings_of(member), [notification]))
    for browsers, messages in pushes:
        _push_all(browsers, messages)


def _settings_of(member: Member) -> NotificationSettings:
    rows = NotificationSettings.objects.filter(team_id=member.team_id, member_id=member.id)
    return rows.first() or NotificationSettings(team_id=member.team_id, member=member)


type Pushes = tuple[list[PushSubscription], list[dict[str, Any]]]  # browsers, and messages to each of them


def _record(member: Member, settings: NotificationSettings, found: list[Notification]) -> Pushes:
    """Let what is to be emailed wait; returns what is to be pushed."""
    _wait_for_emails(member, settings, found)
    browsers = PushSubscription.objects.filter(team_id=member.team_id, member_id=member.id)
    messages = [
        _message(member, notification, with_sound=notification.event in settings.sound)
        for notification in found
        if settings.tells(notification.event, settings.push)
    ]
    return list(browsers), messages


def _push_all(browsers: Iterable[PushSubscription], messages: list[dict[str, Any]]) -> None:
    """Outside of any transaction. A browser that has ended is removed."""
    if not is_offered():
        return
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
        if settings.tells(notification.event, settings.email)
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
        shown = [event for event in waiting if event.conversation_id in visible]
        titles = [event.title for event in shown]
        context = {
            "team": member.team,
            "titles": titles[:MOST_LISTED],
            "more": max(len(titles) - MOST_LISTED, 0),
            "link": installation.PUBLIC_URL + _page_of(member, shown),
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


def _page_of(member: Member, events: list[UnseenEvent]) -> str:
    """The conversation of a single event; otherwise the inbox."""
    if len(events) == 1:
        return reverse("conversation", args=[member.team.slug, events[0].conversation_id])
    return reverse("inbox", args=[member.team.slug])


def _unseen(member: Member) -> models.QuerySet[UnseenEvent]:
    return UnseenEvent.objects.filter(team_id=member.team_id, member_id=member.id)
