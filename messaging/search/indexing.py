"""Indexing of texts for the search: new texts within seconds, and those from before the index, newest first."""

from django.db.models import Subquery

from accounts.models import Team
from kernel.loading import Loader
from kernel.sql import fetch
from kernel.tenancy import scope
from messaging.models import Message
from messaging.search.models import SearchProgress

BATCH = 1_000  # texts of one transaction
# IDs below the newest that may belong to transactions which still run when the index of a team begins.
MAX_RUNNING = 10_000

# One row at a time: another worker, or a page, that is indexing this team's texts is not waited for.
_LOCK = """
    SELECT from_id, settled_id, seen_id, seen_xid FROM messaging_searchprogress WHERE team_id = $1
    FOR UPDATE SKIP LOCKED
"""
_HOLD = "SELECT 1 FROM messaging_searchprogress WHERE team_id = $1 FOR UPDATE"
_BEGIN = """
    INSERT INTO messaging_searchprogress (team_id, from_id, settled_id, seen_id, seen_xid)
    WITH texts AS MATERIALIZED (
      SELECT coalesce(max(id), 0) AS newest, pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next_xid
      FROM messaging_message WHERE team_id = $1)
    SELECT $1, greatest(0, newest - $2), greatest(0, newest - $2), newest, next_xid FROM texts
    ON CONFLICT DO NOTHING
"""
_HAS_PICTURE = """media @? '$[*] ? (@.type like_regex "^image/" flag "i")'"""
_NEW = """
    SELECT id FROM messaging_message AS t WHERE t.team_id = $1 AND t.id > $2
      AND NOT EXISTS (SELECT FROM messaging_searchabletext AS s WHERE s.team_id = $1 AND s.id = t.id)
    ORDER BY id DESC LIMIT $3
"""
_OLD = "SELECT id FROM messaging_message WHERE team_id = $1 AND id <= $2 ORDER BY id DESC LIMIT $3"
# An erasure of the conversation is waited for; afterwards there is nothing to index.
_INSERT = f"""
    INSERT INTO messaging_searchabletext (team_id, id, conversation_id, inbox_id, at, outbound, has_picture, folded)
    WITH texts AS MATERIALIZED (
      SELECT m.id, m.conversation_id, m.inbox_id, m.at, m.outbound, {_HAS_PICTURE} AS has_picture,
        messaging_search_folded(m.body) AS folded
      FROM messaging_message AS m
      JOIN messaging_conversation AS c ON c.team_id = $1 AND c.id = m.conversation_id
      WHERE m.team_id = $1 AND m.id = ANY($2) AND m.number <> '' AND (m.body <> '' OR m.media <> '[]')
      FOR KEY SHARE OF c)
    SELECT $1, texts.* FROM texts ON CONFLICT DO NOTHING
"""
_SET_PICTURE = f"""
    UPDATE messaging_searchabletext SET has_picture = (
      SELECT {_HAS_PICTURE} FROM messaging_message WHERE team_id = $1 AND id = $2)
    WHERE team_id = $1 AND id = $2
"""
_SET_SEEN = """
    UPDATE messaging_searchprogress SET settled_id = $2, seen_id = $3, seen_xid = $4 WHERE team_id = $1
"""
_SET_FROM = "UPDATE messaging_searchprogress SET from_id = $2 WHERE team_id = $1"
# Where the texts are: another node of a cluster counts its transactions by itself.
_TRANSACTIONS = """
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
      pg_snapshot_xmax(pg_current_snapshot())::text::bigint, coalesce(max(id), 0)
    FROM messaging_message WHERE team_id = $1
"""


def index_team(team_id: int, batches: int) -> None:
    """Index the new texts of a team, then older ones, in at most so many transactions."""
    for _ in range(batches):
        with scope(team_id):
            if index_new(team_id) < BATCH and not index_old(team_id):
                return


def progress_loader(team: Team) -> Loader[tuple[int, bool] | None]:
    """The `from_id` of the team's progress, and whether texts have arrived since. None without any progress."""
    newest = Message.objects.filter(team_id=team.id).order_by("-id").values("id")[:1]
    (rows,) = yield [
        SearchProgress.objects.filter(team_id=team.id).values_list("from_id", "seen_id", Subquery(newest))
    ]
    return (rows[0][0], (rows[0][2] or 0) > rows[0][1]) if rows else None


def is_behind(team: Team, progress: tuple[int, bool] | None) -> bool:
    """Index the newest texts before a search, in its scope; returns whether older texts are not indexed yet."""
    if progress and not progress[1]:
        return bool(progress[0])
    return index_new(team.id) == BATCH or index_old(team.id) == BATCH


def index_new(team_id: int) -> int:
    """Index a batch of texts that arrived since the last time, in the scope of the team. Returns its size."""
    fetch(_BEGIN, team_id, MAX_RUNNING)
    if not (progress := fetch(_LOCK, team_id)):
        return 0
    _, settled, seen, seen_xid = progress[0]
    # Read before the texts: what has appeared by now is among them.
    oldest_running, next_xid, newest = fetch(_TRANSACTIONS, team_id)[0]
    ids = _index(team_id, _NEW, settled)
    if len(ids) < BATCH and (oldest_running >= seen_xid or newest > seen):
        settled = seen if oldest_running >= seen_xid else settled
        fetch(_SET_SEEN, team_id, settled, newest, next_xid)
    return len(ids)


def index_old(team_id: int) -> int:
    """Index a batch of texts from before the index existed, in the scope of the team. Returns its size."""
    progress = fetch(_LOCK, team_id)
    if not progress or not progress[0][0]:
        return 0
    ids = _index(team_id, _OLD, progress[0][0])
    fetch(_SET_FROM, team_id, ids[-1] - 1 if len(ids) == BATCH else 0)
    return len(ids)


def _index(team_id: int, choice: str, from_id: int) -> list[int]:
    """Index the texts of a choice; their IDs, the newest first."""
    ids = [id for (id,) in fetch(choice, team_id, from_id, BATCH)]
    if ids:
        fetch(_INSERT, team_id, ids)
    return ids


def hold_index(team_id: int) -> None:
    """Until the transaction ends nobody indexes texts of the team, so that none is indexed while it is erased."""
    fetch(_BEGIN, team_id, MAX_RUNNING)
    fetch(_HOLD, team_id)


def index_media(team_id: int, message_id: int) -> None:
    """Say whether an indexed text has a picture, now that the true type of its media is known."""
    fetch(_SET_PICTURE, team_id, message_id)
