"""Fixtures of the tests of reports."""

from collections import Counter
from collections.abc import Callable

import pytest

from accounts.models import Team
from kernel.tenancy import scope
from reports import rollup
from reports.models import Rollup

type RollupRows = Counter[tuple[str, ...]]


@pytest.fixture
def rollups() -> Callable[[Team], RollupRows]:
    """The up-to-date rollups of a team, without IDs."""

    def read(team: Team) -> RollupRows:
        with scope(team.id):
            assert rollup.catch_up(team)
            rows = Rollup.objects.filter(team_id=team.id).values_list(
                "grain", "sender", "day", "hour", "hour_of_day", "inbox_id", "measure", "count"
            )
            return Counter(tuple(map(str, row)) for row in rows)

    return read
