"""Command `manage.py verify_ledger [--team SLUG] [--root FILE]`: verifies the ledger and lists what is broken."""

from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import scope_lookups
from kernel.tenancy import scope
from optout import ledger_verification
from optout.ledger_verification import MAX_FAULTS, LedgerVerification
from optout.roots.models import LedgerRoot
from optout.roots.verification import RootCopy, compare_with_copy, compare_with_stored
from optout.signing import signing_keys
from optout.verify import Findings, check_root, read_root


class Command(BaseCommand):
    help = "Recompute the hash chains of the consent ledger, and compare them with the feed. Exits with 1 at a fault."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--team", metavar="SLUG", help="only this team")
        parser.add_argument(
            "--root", metavar="FILE", type=Path, action="append", default=[],
            help="compare the ledger with this root, which was kept elsewhere; may be given several times",
        )  # fmt: skip

    def handle(self, *args: Any, team: str | None = None, root: Sequence[Path] = (), **options: Any) -> None:
        teams = scope_lookups.team_ids_by_slug()
        signed_elsewhere = _signed_elsewhere(teams.values()) if root else {}
        copies = [_read_copy(path, signed_elsewhere) for path in root]
        if team and team not in teams:
            raise CommandError(f"There is no team {team!r}.")
        checked = {teams[team]} if team else set(teams.values())
        if others := [copy.day for of_team, copy in copies if of_team not in checked]:
            raise CommandError(f"The root of {others[0]} is of another team.")
        entries = numbers = faults = 0
        listed: list[str] = []
        for slug, team_id in teams.items() if not team else [(team, teams[team])]:
            verification = _verify(team_id, [copy for of_team, copy in copies if of_team == team_id])
            entries, numbers = entries + verification.entries, numbers + verification.numbers
            faults += verification.faults.count
            listed += [f"team {slug}, {fault}" for fault in verification.faults.listed]
            del listed[MAX_FAULTS:]
        if faults:
            more = f" {faults - len(listed)} more faults." if faults > len(listed) else ""
            raise CommandError("\n".join(listed) + f"{more} ({entries} lines read.)")
        self.stdout.write(f"The ledger is whole: {entries} lines about {numbers} numbers.")
        for _, copy in copies:
            self.stdout.write(f"It has the {copy.entries} entries of the root of {copy.day}.")


def _verify(team_id: int, copies: Sequence[RootCopy]) -> LedgerVerification:
    """Verify one snapshot: otherwise a concurrent change would look like a fault."""
    with scope(team_id, snapshot=True):
        verification = ledger_verification.verify(team_id)
        verification.faults.add(compare_with_stored(team_id))
        for copy in copies:
            verification.faults.add(compare_with_copy(team_id, copy))
        return verification


# The teams that were imported with roots, by the team's ID and the public key that these were signed with.
type ImportedTeams = dict[tuple[int, str], int]


def _signed_elsewhere(team_ids: Iterable[int]) -> ImportedTeams:
    found: ImportedTeams = {}
    for team_id in team_ids:
        with scope(team_id):
            roots = LedgerRoot.objects.filter(team_id=team_id).exclude(hashed_team_id=None)
            for signed_id, key in roots.values_list("hashed_team_id", "signature__public_key").distinct():
                found[signed_id or team_id, key] = team_id
    return found


def _read_copy(path: Path, signed_elsewhere: ImportedTeams) -> tuple[int, RootCopy]:
    """The copy in a root file, with its team's ID.

    Raises CommandError unless a key of ours has signed it, or the one that signed the roots of an imported team.
    """
    findings = Findings()
    try:
        document = read_root(path)
        check_root(document, findings)
        key, team_id = document["signature"]["public_key"], document["statement"]["team"]
        if key not in [ours.public_key for ours in signing_keys()]:
            team_id = signed_elsewhere.get((team_id, key))
        if team_id is None:
            findings.faults.append("the root: it was signed with a key that is not in EVIDENCE_KEYS.")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{path} is no root file: {error}") from error
    if findings.faults:
        raise CommandError("\n".join(f"{path}: {fault}" for fault in findings.faults))
    return team_id, RootCopy.read(document)
