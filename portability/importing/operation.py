"""Import of a whole team from its archive: all of it or nothing, in one transaction that nobody sees before its end.

check (reads the file once, stores nothing)
  -> the IDs are reserved, the files are stored below the new team's ID
  -> one transaction: team, rows, verification of the ledger, audit log
A killed import leaves no row; the next import removes its files. Rows keep the IDs that they had: those are unique in a
team, and the ledger, filters and texts name them.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.db import DatabaseError, transaction

from accounts.addresses import account_for_member
from accounts.audit.actions import ActorKind, AuditAction, TargetType
from accounts.audit.recording import AuditActor, Target, record_action
from accounts.models import Member, Role
from accounts.scope_lookups import team_ids_by_slug
from kernel.scope_lookups import reserve_ids
from kernel.sql import fetch
from kernel.tenancy import scope
from optout import ledger_verification
from optout.roots.models import LedgerRoot
from optout.roots.verification import compare_with_stored
from optout.verify import Findings, check_signature
from portability.contents import tables_in_order
from portability.importing.archive_reader import MOST_BYTES, BadArchive, TeamArchive
from portability.importing.media import files_of_import, remove_leftovers, store_media
from portability.importing.row_writer import RowRefused, write_rows, write_team

_LOCK = 7470  # of an installation's import: one at a time


class NotImported(Exception):
    """Nothing was stored; the message says why, and where in the file."""


@dataclass(frozen=True)
class ImportedTeam:
    team_id: int
    slug: str
    rows: int
    files: int
    entries: int  # of the ledger, verified


def import_team(path: Path, *, owner_email: str = "", most_bytes: int = MOST_BYTES) -> ImportedTeam:
    """Import the archive at `path`; a person with `owner_email` becomes an owner, too. Raises NotImported."""
    try:
        archive = TeamArchive.open(path, most_bytes)
        with archive.zip:
            archive.check()
            return _import(archive, archive.read_team()["slug"], owner_email)
    except (BadArchive, RowRefused) as problem:
        raise NotImported(str(problem)) from problem


def _import(archive: TeamArchive, slug: str, owner_email: str) -> ImportedTeam:
    _require_free(slug)
    reserve_ids(archive.highest_id)
    ((team_id,),) = fetch("SELECT nextval('accounts_team_id_seq')")
    with files_of_import(team_id), transaction.atomic():
        _begin(team_id)
        with scope(team_id):
            files = store_media(archive, team_id)
            rows, entries = _write(archive, team_id)
            if owner_email:
                _add_owner(team_id, owner_email)
            _record(team_id, slug, rows)
    return ImportedTeam(team_id, slug, rows, files, entries)


def _begin(team_id: int) -> None:
    """One import at a time: what is left of others was left by killed ones.

    Its lock is taken outside the scope: on a cluster that may be on another node than another import's.
    """
    ((free,),) = fetch("SELECT pg_try_advisory_xact_lock($1::bigint)", _LOCK)
    if not free:
        raise NotImported("Another import is at work. Wait for its end.")
    remove_leftovers(besides=team_id)


def _write(archive: TeamArchive, team_id: int) -> tuple[int, int]:
    """All rows; how many, and how many entries the ledger has."""
    try:
        write_team(team_id, archive.read_team())
    except DatabaseError as error:
        raise NotImported(f"team.json: {error}") from error
    rows = sum(write_rows(table, team_id, partial(archive.rows, table)) for table in tables_in_order())
    if not Member.objects.filter(team_id=team_id, role=Role.OWNER).exists():
        raise NotImported("No member in the file is an owner.")
    return rows, _verify_ledger(team_id)


def _verify_ledger(team_id: int) -> int:
    """The number of entries of a ledger whose chains, suppressions, feed and roots are whole."""
    verification = ledger_verification.verify(team_id)
    verification.faults.add(compare_with_stored(team_id))
    faults = [str(fault) for fault in verification.faults.listed] + list(_unsigned_roots(team_id))
    if faults:
        raise NotImported(f"The ledger in the file is not whole: {faults[0]}")
    return verification.entries


def _unsigned_roots(team_id: int) -> list[str]:
    findings = Findings()
    for root in LedgerRoot.objects.filter(team_id=team_id).order_by("id").iterator():
        try:
            check_signature(root.statement, root.signature, f"the root of {root.day}", findings)
        except (KeyError, TypeError, ValueError):
            findings.faults.append(f"the root of {root.day}: its signature is unreadable.")
    return findings.faults


def _add_owner(team_id: int, email: str) -> None:
    user = account_for_member(email)
    Member.objects.update_or_create(
        team_id=team_id, user=user, defaults={"role": Role.OWNER, "custom_role": None}
    )


def _record(team_id: int, slug: str, rows: int) -> None:
    actor = AuditActor(ActorKind.SYSTEM, str(ActorKind.SYSTEM.label))
    record_action(
        team_id, actor, AuditAction.TEAM_IMPORTED, Target(TargetType.TEAM, slug, team_id), rows=rows
    )


def _require_free(slug: str) -> None:
    if slug in team_ids_by_slug():
        raise NotImported(f"This installation has a team {slug!r} already. Nothing is written over it.")
