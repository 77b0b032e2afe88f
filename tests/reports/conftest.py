"""What tells a fold that it was right: everything counted again from the beginning."""

from collections import Counter
from collections.abc import Callable

import pytest

from accounts.models import Team
from accounts.tenancy import scope
from reports import fold
from reports.models import Tally
from tests.messaging.conftest import _api, carrier, work

__all__ = ["_api", "carrier", "tallies", "work"]

type Tallies = Counter[tuple[str, ...]]


@pytest.fixture
def tallies() -> Callable[[Team], Tallies]:
    """Every tally of a team but for ids, with what was marked counted first."""

    def read(team: Team) -> Tallies:
        with scope(team.id):
            assert fold.catch_up(team)
            rows = Tally.objects.filter(team_id=team.id).values_list(
                "grain", "sender", "day", "hour", "clock", "inbox_id", "measure", "count"
            )
            return Counter(tuple(map(str, row)) for row in rows)

    return read
