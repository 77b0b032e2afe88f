"""Models of daily roots: the root over all ledger entries of a team, and the hashes of the blocks that lead to it.

The entries are the leaves of one tree (RFC 6962), in the order of the feed. Rows are written once, like the ledger.
"""

from typing import Any

from django.db import models

from kernel.tenancy import TenantIsolation, TenantModel
from optout.ledger_hash import utc
from optout.verify import ROOT


class LedgerBlock(TenantModel):
    """The hash over 256 entries of the feed: `index` 0 is of the positions 1 to 256."""

    index = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            TenantIsolation(name="optout_ledgerblock_isolation"),
            models.UniqueConstraint(fields=["team", "index"], name="optout_ledgerblock_once"),
        ]


class LedgerRoot(TenantModel):
    """The root over the first `entries` entries of the feed, made on a day of the team's time zone, and signed."""

    day = models.DateField()
    entries = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    business = models.CharField(max_length=80)  # the team's name at that time
    signature = models.JSONField()
    # The team's ID that was signed, if the root was imported with its team (portability). Null: team_id.
    hashed_team_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            TenantIsolation(name="optout_ledgerroot_isolation"),
            models.UniqueConstraint(fields=["team", "day"], name="optout_ledgerroot_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day}"

    @property
    def statement(self) -> dict[str, Any]:
        """What is signed."""
        return {
            "format": ROOT,
            "team": self.hashed_team_id or self.team_id,
            "business": self.business,
            "day": f"{self.day}",
            "entries": self.entries,
            "root": self.hash,
            "made_at": utc(self.made_at),
        }
