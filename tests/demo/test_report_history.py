"""The demo's report history: a snapshot of each day, and a report schedule."""

from io import StringIO

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.utils import timezone

from accounts import scope_lookups
from contacts.contact.models import Contact
from demo import seeding, story
from kernel.tenancy import scope
from messaging.media.models import Attachment
from messaging.models import Message
from optout.models import Origin, StandingState, Suppression
from reports.models import Snapshot
from reports.periods import DAY
from reports.schedules.models import ReportSchedule


def test_each_day_of_the_demo_has_a_snapshot(transactional_db: None, settings: LazySettings) -> None:
    settings.DEVELOPMENT = True
    call_command("demo", stdout=StringIO())
    for slug in (story.SLUG, story.OTHER_SLUG):
        with scope(scope_lookups.team_ids_by_slug()[slug]):
            days = list(Snapshot.objects.order_by("day"))
            assert len(days) > 21
            assert [snapshot.day for snapshot in days] == [days[0].day + n * DAY for n in range(len(days))]
            team = Contact.objects.all()[0].team
            standings = list(team.contacts.with_standing(team).values_list("standing", flat=True))
            today = days[-1]
            assert today.contacts == len(standings)
            assert today.opted_out == standings.count(StandingState.OPTED_OUT)
            assert today.blocked == standings.count(StandingState.BLOCKED)
            assert all(snapshot.textable >= 0 for snapshot in days)
            if slug == story.SLUG:
                assert len({snapshot.opted_out for snapshot in days}) > 2, "the number of opt-outs changes"
            before = [snapshot.contacts for snapshot in days]
            (weekly,) = ReportSchedule.objects.with_team(team.id)
            assert weekly.due_at and weekly.due_at > timezone.now()
            assert weekly.recipients.count() == (2 if slug == story.SLUG else 1)
    call_command("demo", stdout=StringIO())
    with scope(scope_lookups.team_ids_by_slug()[story.OTHER_SLUG]):
        assert [snapshot.contacts for snapshot in Snapshot.objects.order_by("day")] == before, "written once"


def test_a_demo_that_was_interrupted_is_completed(
    transactional_db: None, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEVELOPMENT = True

    def interrupt() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(seeding, "play_as_linked", interrupt)
        call_command("demo", stdout=StringIO())
    call_command("demo", stdout=StringIO())
    ids = scope_lookups.team_ids_by_slug()
    for slug in story.SLUGS:
        with scope(ids[slug]):
            assert Message.objects.exists() and Snapshot.objects.exists() and ReportSchedule.objects.exists()
    with scope(ids[story.SLUG]):
        assert Attachment.objects.exists()
        assert Suppression.objects.filter(origin=Origin.LINKED).exists()
