"""Comparison of a team's ledger with its roots: those in the database, and copies that somebody kept elsewhere.

A copy shows that entries which it covers were removed, changed or recomputed. For the newest entries of a copy (at most
255) it shows which, for older ones in which block of 256.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from optout.ledger_verification import LedgerFault
from optout.roots.models import LedgerRoot
from optout.roots.tree import BATCH, LedgerLeaf, blocks_of, count_numbered, read_leaves, stored_blocks
from optout.verify import BLOCK_SIZE, Tree


@dataclass(frozen=True)
class RootCopy:
    """A root with what it was made of, as its file has it."""

    day: str
    entries: int
    blocks: Sequence[str]
    newest: Sequence[str]

    @classmethod
    def read(cls, document: dict[str, Any]) -> "RootCopy":
        """That of a file that optout.verify.check_root has checked."""
        statement = document["statement"]
        return cls(statement["day"], statement["entries"], document["blocks"], document["newest"])


def compare_with_copy(team_id: int, copy: RootCopy) -> Iterator[LedgerFault]:
    """What of the entries that a copy covers is not in the ledger any more, in the scope of the team."""
    numbered = count_numbered(team_id)
    if numbered < copy.entries:
        gone = copy.entries - numbered
        yield LedgerFault(
            "", copy.entries, f"the root of {copy.day} covers {gone} more entries than there are"
        )
    for index, block in enumerate(_blocks(team_id, len(copy.blocks))):
        if block != copy.blocks[index]:
            first = index * BLOCK_SIZE + 1
            problem = (
                f"of this and the next 255 entries, one was removed, changed or recomputed since {copy.day}"
            )
            yield LedgerFault("", first, problem)
    yield from _compare_newest(team_id, copy, numbered)


def _compare_newest(team_id: int, copy: RootCopy, numbered: int) -> Iterator[LedgerFault]:
    """An entry that moved to another position was not changed: one before it was removed."""
    start = len(copy.blocks) * BLOCK_SIZE
    leaves = read_leaves(team_id, start, max(start, min(numbered, copy.entries)))
    there = {leaf.hash for leaf in leaves}
    for place, hash in enumerate(copy.newest):
        if hash in there:
            continue
        leaf = leaves[place] if place < len(leaves) else LedgerLeaf()
        yield _fault_of(leaf, start + place + 1, copy)


def _fault_of(leaf: LedgerLeaf, feed_position: int, copy: RootCopy) -> LedgerFault:
    if leaf.number and leaf.hash not in copy.newest:
        problem = f"it was changed or recomputed: the root of {copy.day} has another hash for it"
        return LedgerFault(leaf.number, leaf.position, problem)
    return LedgerFault("", feed_position, f"the entry that the root of {copy.day} has here was removed")


def compare_with_stored(team_id: int) -> Iterator[LedgerFault]:
    """The stored roots and blocks that the ledger does not lead to any more, in one pass over it."""
    roots = LedgerRoot.objects.filter(team_id=team_id).order_by("entries", "day")
    stored, tree = stored_blocks(team_id), Tree()
    for root in roots.iterator():
        full = root.entries // BLOCK_SIZE
        for at, block in enumerate(_blocks(team_id, full, tree.size), tree.size):
            tree.add(bytes.fromhex(block))
            if at < len(stored) and stored[at] != block:
                problem = (
                    f"this and the next 255 entries do not lead to their stored hash ({root.day} or earlier)"
                )
                yield LedgerFault("", at * BLOCK_SIZE + 1, problem)
        if _root_over(team_id, tree, full * BLOCK_SIZE, root.entries) != root.hash:
            yield LedgerFault(
                "", root.entries, f"the entries up to here do not lead to the root of {root.day}"
            )


def _root_over(team_id: int, tree: Tree, start: int, end: int) -> str:
    """The root over the full blocks in `tree` and the entries after them."""
    whole = tree.copy()
    for block in blocks_of(read_leaves(team_id, start, end)):
        whole.add(block)
    return whole.root().hex()


def _blocks(team_id: int, end: int, start: int = 0) -> Iterator[str]:
    """The hashes of the blocks from `start` to `end` (excluded), as the ledger has them now."""
    for first in range(start * BLOCK_SIZE, end * BLOCK_SIZE, BATCH):
        leaves = read_leaves(team_id, first, min(first + BATCH, end * BLOCK_SIZE))
        yield from (block.hex() for block in blocks_of(leaves))
