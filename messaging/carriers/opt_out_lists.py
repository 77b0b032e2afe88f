"""Carriers' own opt-out lists, as far as they can be written to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from accounts.models import Inbox


@dataclass(frozen=True)
class ListChange:
    """A number to put on the list of an inbox's carrier, or to take off it, with what the person did, and when."""

    number: str
    opted_out: bool
    by_text: bool
    at: datetime


@runtime_checkable
class OptOutListAdapter(Protocol):
    """An adapter whose carrier takes opt-outs."""

    list_batch: int  # changes that one call takes

    def push_opt_outs(self, inbox: Inbox, changes: Sequence[ListChange]) -> dict[str, str]:
        """Write changes to the list. What was refused, by number, in the carrier's words. Raises SendError.

        Called outside any transaction. The same change may be written again.
        """
