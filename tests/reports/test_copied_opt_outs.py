"""Opt-outs that a number change or a merge copies are no new opt-outs in reports."""

from collections.abc import Callable

from contacts.contact import number_changes
from contacts.contact.merge import merge_contacts
from kernel.tenancy import scope
from optout import consent
from optout.consent_types import Actor
from reports.models import IndexedChange
from tests.cast import STRANGER, Cast
from tests.reports.conftest import RollupRows


def test_a_copied_opt_out_is_not_counted_as_new(cast: Cast, rollups: Callable[..., RollupRows]) -> None:
    team, by = cast.northside, Actor.of(cast.admin)
    with scope(team.id):
        consent.opt_out(team.id, cast.maria.number, by, reason="She called")
        number_changes.change_number(cast.maria, STRANGER, by=by, answer=None)
        merge_contacts(cast.tom, cast.maria, by=by)
    counts: dict[str, int] = {}
    for (grain, *_, measure, count), times in rollups(team).items():
        if grain == "hour":
            counts[measure] = counts.get(measure, 0) + int(count) * times
    assert counts == {"opted_out member": 1, "opted_out member repeated": 2}
    with scope(team.id):
        assert [change.repeated for change in IndexedChange.objects.order_by("event_id")] == [
            False,
            True,
            True,
        ]
