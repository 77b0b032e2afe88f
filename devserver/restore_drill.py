"""The restore drill, `make restore-drill`: backs up the demo, restores it on a server of its own, and uses it there."""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from devserver import servers
from devserver.addresses import ROOT, VAR, default_urls
from devserver.backup import Backup, RestoreFailed, back_up, restore
from devserver.processes import NotStarted

# The owner of the demo, whose password is publicly known.
EMAIL, PASSWORD = "ruth@alderstreet.example", "alder-street-demo"


def drill() -> int:
    """With the servers of a running `make run`, or with this clone's own. Returns the exit code."""
    with ExitStack() as stack:
        urls = (
            default_urls(VAR)
            if servers.are_up(VAR)
            else stack.enter_context(servers.running(VAR, purpose="a drill"))
        )
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="heymarket-drill-")))
        for words in (["migrate", "--no-input", "-v0"], ["demo"]):
            manage(urls, *words)
        began = time.monotonic()
        try:
            backup = back_up(urls["DATABASE_OWNER_URL"], media_folder(), folder)
            print(
                f"Backed up {sum(backup.counts.values())} rows of {len(backup.counts)} tables in {since(began)}."
            )
            restore_beside(backup, folder / "restored")
        except RestoreFailed as error:
            raise NotStarted(f"The restore drill failed: {error}") from None
        print(newest_state(backup))
        return 0


def media_folder() -> Path:
    return Path(os.environ.get("MEDIA_ROOT") or VAR / "media")


def restore_beside(backup: Backup, folder: Path) -> None:
    """On a new server, which has nothing but the two roles and an empty database."""
    began = time.monotonic()
    with servers.running(folder, purpose="a drill") as urls:
        restore(backup, urls["DATABASE_OWNER_URL"], folder / "media")
        print(f"Restored it on a server of its own in {since(began)}, with equal counts.")
        print(verify({**urls, "MEDIA_ROOT": str(folder / "media")}, EMAIL, PASSWORD))


def verify(urls: dict[str, str], email: str, password: str) -> str:
    """What `manage.py verify_restore` says of an installation at these addresses. Raises RestoreFailed at a fault."""
    return manage({**urls, "VERIFY_PASSWORD": password}, "verify_restore", "--email", email)


def manage(urls: dict[str, str], *words: str) -> str:
    environment = {**os.environ, "DEVELOPMENT": "1", **urls}
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RestoreFailed(f"manage.py {words[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def newest_state(backup: Backup) -> str:
    """How old the newest state is that can be restored, and what would be lost."""
    age = (datetime.now(UTC) - backup.at).total_seconds()
    text = (
        f"Newest restorable state: this backup, of {backup.at:%Y-%m-%d %H:%M:%S} UTC, {age:.0f} seconds old. "
    )
    if not backup.archived_until:
        return (
            text + "No write-ahead log is archived, so everything after it would be lost (docs/backups.md)."
        )
    behind = (datetime.now(UTC) - backup.archived_until).total_seconds()
    return text + f"The write-ahead log is archived up to {behind:.0f} seconds ago."


def since(began: float) -> str:
    return f"{time.monotonic() - began:.1f} seconds"
