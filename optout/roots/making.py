"""Making of the daily root: numbers the new entries of the feed, stores the hashes of full blocks, signs the root.

It costs what the entries since the last root cost, and memory does not grow with the ledger, but for 32 bytes a block.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Team
from kernel.tenancy import scope
from optout.feed import assign_positions
from optout.number_locks import lock_key
from optout.roots.models import LedgerBlock, LedgerRoot
from optout.roots.tree import BATCH, blocks_of, count_numbered, read_leaves, stored_blocks
from optout.signing import sign
from optout.verify import BLOCK_SIZE, Tree
from webhooks.models import EventType
from webhooks.outbox import Event, record_events

NUMBERED_AT_ONCE = 5000  # entries


def make_root(team_id: int, now: datetime | None = None) -> LedgerRoot:
    """Make today's root of a team, in scopes of its own. Today's root if there is one already."""
    number_entries(team_id)
    while _add_blocks(team_id):
        pass
    # No canonical number begins with a space, so this is no number's lock.
    with scope(team_id, lock=lock_key(team_id, " root")):
        root = _unsaved_root(Team.objects.get(id=team_id), now or timezone.now())
        if made := LedgerRoot.objects.filter(team_id=team_id, day=root.day).first():
            return made
        root.signature = sign(root.statement)
        root.save()
        data = {"statement": root.statement, "signature": root.signature}
        record_events(team_id, [Event(EventType.LEDGER_ROOT, "", data)])
    return root


def number_entries(team_id: int) -> None:
    """Give all entries their positions in the feed, in scopes of its own."""
    while True:
        with scope(team_id):
            if not assign_positions(team_id, NUMBERED_AT_ONCE):
                return


def _add_blocks(team_id: int) -> bool:
    """Store the hashes of the next full blocks; whether there may be more."""
    with scope(team_id):
        start = LedgerBlock.objects.filter(team_id=team_id).count() * BLOCK_SIZE
        end = min(start + BATCH, count_numbered(team_id) // BLOCK_SIZE * BLOCK_SIZE)
        blocks = blocks_of(read_leaves(team_id, start, end)) if end > start else ()
        LedgerBlock.objects.bulk_create(
            [
                LedgerBlock(team_id=team_id, index=start // BLOCK_SIZE + at, hash=block.hex())
                for at, block in enumerate(blocks)
            ],
            ignore_conflicts=True,  # by another worker, with the same hashes
        )
    return end - start == BATCH


def _unsaved_root(team: Team, now: datetime) -> LedgerRoot:
    """The root over the entries that have positions now."""
    entries = count_numbered(team.id)
    full = entries // BLOCK_SIZE
    tree = Tree(map(bytes.fromhex, stored_blocks(team.id, full)))
    for block in blocks_of(read_leaves(team.id, full * BLOCK_SIZE, entries)):
        tree.add(block)
    day = timezone.localdate(now, ZoneInfo(team.time_zone))
    return LedgerRoot(
        team=team, day=day, entries=entries, hash=tree.root().hex(), made_at=now, business=team.name
    )
