"""Snapshots: one per team and day, in the team's time zone."""

import pytest

from accounts.models import Team
from contacts.contact.models import Contact
from kernel.tenancy import scope
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin, Suppression, SuppressionKind
from reports import snapshots, tasks
from reports.models import Snapshot
from reports.scope_lookups import teams_without_snapshot
from tests.cast import MARIA, STRANGER, TOM, Cast

MAYA = Actor(Origin.MEMBER, "Maya Chen", 7)


def snapshot(cast: Cast) -> Snapshot:
    with scope(cast.northside.id):
        return Snapshot.objects.get(team=cast.northside)


def test_a_block_counts_before_an_opt_out_and_only_contacts_count(cast: Cast) -> None:
    with scope(cast.northside.id):
        for n in range(5):
            Contact.objects.create(team=cast.northside, number=f"+1415555020{n}")
        for number in (MARIA, TOM, STRANGER):
            consent.opt_out(cast.northside.id, number, MAYA, reason="They asked us")
        for number in (TOM, "+14155550200"):
            consent.block(cast.northside.id, number, MAYA)
        assert snapshots.take_snapshot(cast.northside)
    found = snapshot(cast)
    assert (found.contacts, found.opted_out, found.blocked, found.textable) == (7, 1, 2, 4)


def test_an_opt_out_of_one_inbox_does_not_count(cast: Cast) -> None:
    with scope(cast.northside.id):
        Suppression.objects.create(
            team=cast.northside, number=MARIA, kind=SuppressionKind.OPT_OUT, origin=Origin.CARRIER,
            inbox=cast.front_desk, event_id=1, created_at=cast.northside.created_at,
        )  # fmt: skip
        snapshots.take_snapshot(cast.northside)
    assert (snapshot(cast).opted_out, snapshot(cast).textable) == (0, 2)


def test_a_day_has_one_snapshot_that_does_not_change(cast: Cast) -> None:
    with scope(cast.northside.id):
        assert snapshots.take_snapshot(cast.northside)
        Contact.objects.create(team=cast.northside, number=STRANGER)
        assert not snapshots.take_snapshot(cast.northside)
    assert snapshot(cast).contacts == 2


def test_a_team_without_contacts_has_a_snapshot(cast: Cast) -> None:
    with scope(cast.northside.id):
        Contact.objects.all().delete()
        assert snapshots.take_snapshot(cast.northside)
    assert snapshot(cast).contacts == 0


def test_each_team_has_snapshots_in_its_time_zone(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def at_once(values: tuple[int], **options: object) -> None:
        assert options["queue"] == "bulk"
        tasks.take_team_snapshot(*values)

    monkeypatch.setattr(tasks.take_team_snapshot, "apply_async", at_once)
    in_zone(cast.harbor, "Etc/GMT+12")
    assert teams_without_snapshot() == [cast.northside.id, cast.harbor.id]
    tasks.take_due_snapshots()
    assert teams_without_snapshot() == []
    in_zone(cast.harbor, "Pacific/Kiritimati")  # 26 hours ahead: never the same day
    assert teams_without_snapshot() == [cast.harbor.id]
    tasks.take_due_snapshots()
    with scope(cast.harbor.id):
        assert [found.contacts for found in Snapshot.objects.all()] == [1, 1]
    with scope(cast.northside.id):
        assert [found.contacts for found in Snapshot.objects.all()] == [2]


def in_zone(team: Team, zone: str) -> None:
    with scope(team.id):
        team.time_zone = zone
        team.save(update_fields=["time_zone"])
