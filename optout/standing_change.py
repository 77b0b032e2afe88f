"""FIXME module docstring."""

from collections.abc import Sequence
from dataclasses import dataclass

from optout.models import ConsentEvent, Suppression


@dataclass
class StandingChange:
    """A line with the rows that it adds and lifts, none of it written yet."""

    event: ConsentEvent
    added: Suppression | None = None
    lifted: Sequence[Suppression] = ()
    wanted_event_types: frozenset[str] = frozenset()  # what others are to be told of
