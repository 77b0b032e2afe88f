"""The tree over a team's ledger: its leaves in the order of the feed, its stored blocks, paths and root files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Max

from kernel.sql import fetch
from optout.models import FeedEntry
from optout.roots.models import LedgerBlock, LedgerRoot
from optout.verify import BLOCK_SIZE, Tree, leaf_hash, path_of

MISSING = "0" * 64  # in place of the hash of an entry that was removed
BATCH = 20 * BLOCK_SIZE  # entries read at once

_LEAVES = """
    SELECT feed.position, event.hash, event.number, event.position FROM optout_feedentry AS feed
    LEFT JOIN optout_consentevent AS event ON event.team_id = $1 AND event.id = feed.event_id
    WHERE feed.team_id = $1 AND feed.position > $2 AND feed.position <= $3 ORDER BY feed.position
"""


class LedgerLeaf(NamedTuple):
    """A ledger entry as a leaf: its hash, and which entry of which number it is. MISSING if it was removed."""

    hash: str = MISSING
    number: str = ""
    position: int = 0


def count_numbered(team_id: int) -> int:
    """How many entries have a position in the feed."""
    newest = FeedEntry.objects.filter(team_id=team_id).aggregate(newest=Max("position"))["newest"]
    return int(newest or 0)


def read_leaves(team_id: int, start: int, end: int) -> list[LedgerLeaf]:
    """The leaves of the entries with the indexes from `start` to `end` (excluded), which are feed positions minus 1."""
    leaves = [LedgerLeaf()] * (end - start)
    for feed_position, hash, number, position in fetch(_LEAVES, team_id, start, end):
        if hash:
            leaves[feed_position - 1 - start] = LedgerLeaf(hash, number, position)
    return leaves


def hashes(leaves: Sequence[LedgerLeaf]) -> list[bytes]:
    return [leaf_hash(bytes.fromhex(leaf.hash)) for leaf in leaves]


def blocks_of(leaves: Sequence[LedgerLeaf]) -> Iterator[bytes]:
    """The hash of each block of some leaves; the last block may be shorter."""
    nodes = hashes(leaves)
    for start in range(0, len(nodes), BLOCK_SIZE):
        yield Tree(nodes[start : start + BLOCK_SIZE]).root()


def stored_blocks(team_id: int, count: int | None = None) -> list[str]:
    """The hashes of the first `count` blocks, or of all."""
    rows = LedgerBlock.objects.filter(team_id=team_id).order_by("index")
    return list(rows.values_list("hash", flat=True)[:count])


@dataclass
class RootPaths:
    """Paths to a root, from the entries that it covers. They lead elsewhere if the ledger was changed since.

    The hashes of one block are kept: the next entry is mostly of the same.
    """

    root: LedgerRoot
    blocks: list[bytes]  # with the last, which may not be full
    _block: int = -1
    _leaves: list[bytes] = field(default_factory=list)
    _above: list[bytes] = field(default_factory=list)

    @classmethod
    def to(cls, root: LedgerRoot) -> "RootPaths":
        full = root.entries // BLOCK_SIZE
        rest = read_leaves(root.team_id, full * BLOCK_SIZE, root.entries)
        blocks = [*map(bytes.fromhex, stored_blocks(root.team_id, full)), *blocks_of(rest)]
        return cls(root, blocks)

    def path(self, index: int) -> list[str] | None:
        """The path of the entry at this index, in hexadecimal; None if the root does not cover it."""
        if index >= self.root.entries:
            return None
        block, place = divmod(index, BLOCK_SIZE)
        if block != self._block:
            self._read(block)
        return [node.hex() for node in (*path_of(place, self._leaves), *self._above)]

    def _read(self, block: int) -> None:
        start = block * BLOCK_SIZE
        end = min(start + BLOCK_SIZE, self.root.entries)
        self._block, self._leaves = block, hashes(read_leaves(self.root.team_id, start, end))
        self._above = path_of(block, self.blocks)


def root_file(root: LedgerRoot) -> dict[str, Any]:
    """The root with what it was made of: a copy then shows in which block, or which newest entry, was changed."""
    full = root.entries // BLOCK_SIZE
    newest = read_leaves(root.team_id, full * BLOCK_SIZE, root.entries)
    return {
        "statement": root.statement,
        "signature": root.signature,
        "blocks": stored_blocks(root.team_id, full),
        "newest": [leaf.hash for leaf in newest],
    }
