"""Work of the demo's members in the inbox: assignments, notes, templates, what waits until later, views, and hours."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from demo import story
from demo.dialogues import DemoTeam, to_number
from messaging.drafts.drafts import save_draft
from messaging.folders import Folder
from messaging.hours.inbox_hours import as_stored
from messaging.models import Conversation
from messaging.saved_views.models import SavedView
from messaging.scheduling.schedule import schedule
from messaging.snoozing.choices import snooze_choices
from messaging.snoozing.snooze import snooze
from messaging.teamwork.assignment import assign
from messaging.teamwork.models import Note
from messaging.teamwork.notes import write_note
from messaging.text_templates.templates import change_template, make_template
from optout.business_days import federal_holidays


def work_as_a_team(cast: DemoTeam) -> None:
    """Write what the members did, in the scope of their team."""
    for inbox, customer, member in story.ASSIGNED:
        assign(_conversation(cast, inbox, customer), cast.members[member], cast.members[member])
    for inbox, customer, author, words, minutes in story.NOTES:
        note = write_note(_conversation(cast, inbox, customer), words, cast.members[author])
        at = cast.now - timedelta(minutes=minutes)
        Note.objects.filter(team_id=cast.team.id, id=note.id).update(at=at)
    for inbox, customer, author, words in story.DRAFTS:
        save_draft(_conversation(cast, inbox, customer), cast.members[author], words)
    for name, title, words, uses in story.TEMPLATES:
        owner = cast.members[name] if name else None
        template = make_template(cast.team.id, title=title, body=words, owner=owner)
        change_template(template, uses=uses)
    for inbox, customer, author, words, hours, unless_answered in story.SCHEDULED:
        at = (cast.now + timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0)
        conversation = _conversation(cast, inbox, customer)
        schedule(conversation, words, at, cast.members[author], unless_answered=unless_answered)
    next_week = snooze_choices(cast.now, ZoneInfo(cast.team.time_zone))[-1].until
    for inbox, customer, member in story.SNOOZED:
        snooze([_conversation(cast, inbox, customer)], next_week, cast.members[member])
    for key, name, assignee, unread, standing in story.SAVED_VIEWS:
        SavedView.objects.create(
            team=cast.team,
            member=cast.members[key] if key else None,
            name=name,
            folder=Folder.OPEN,
            assignee=assignee,
            unread=unread,
            standing=standing,
        )


def set_hours(cast: DemoTeam) -> None:
    """Give the team a waiting goal, and the workshop hours with a first-contact text and an away text."""
    workshop, today = cast.inboxes["Workshop"], cast.now.date()
    workshop.business_hours = as_stored(
        story.WORKSHOP_WEEK, federal_holidays(today, today + timedelta(days=365))
    )
    workshop.away_text, workshop.first_contact_text = story.AWAY_TEXT, story.FIRST_CONTACT_TEXT
    workshop.save(update_fields=["business_hours", "away_text", "first_contact_text"])
    cast.team.waiting_goal = story.WAITING_GOAL
    cast.team.save(update_fields=["waiting_goal"])


def _conversation(cast: DemoTeam, inbox: str, customer: str) -> Conversation:
    found: Conversation = Conversation.objects.select_related("inbox").get(
        team_id=cast.team.id, inbox_id=cast.inboxes[inbox].id, number=to_number(customer)
    )
    return found
