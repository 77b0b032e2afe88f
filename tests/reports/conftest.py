"""What tells a fold that it was right: everything counted again from the beginning."""

from collections import Counter
from collections.abc import Callable

import pytest

from accounts.models import Team
from kernel.tenancy import scope
from reports import rollup
from reports.models import Rollup
from tests.messaging.conftest import _api, carrier, work

__all__ = ["_api", "carrier", "tallies", "work"]

type Tallies = Counter[tuple[str, ...]]


@pytest.fixture
def tallies() -> Callable[[Team], Tallies]:
    """Every tally of a team but for ids, with what was marked counted first."""

    def read(team: Team) -> Tallies:
        with scope(team.id):
            assert rollup.catch_up(team)
            rows = Rollup.objects.filter(team_id=team.id).values_list(
                "grain", "sender", "day", "hour", "hour_of_day", "inbox_id", "measure", "count"
            )
            return Counter(tuple(map(str, row)) for row in rows)

    return read
