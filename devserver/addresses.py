"""Addresses of a clone's own servers, and the folder of their data; uses only the standard library."""

import errno
import hashlib
import json
import os
import stat
import tempfile
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]
VAR = Path(os.environ.get("HEYMARKET_VAR") or ROOT / "var").absolute()
OWNER_ROLE, RUNTIME_ROLE, DATABASE = "heymarket_owner", "heymarket_app", "heymarket"

PORT = 5432

# A Unix socket's path has at most 107 bytes on Linux and 103 on macOS; this leaves room for the name.
LONGEST_SOCKET_FOLDER = 80
# Nothing listens on port 1: before the first start, connections to this address are refused.
NOT_STARTED = "redis://127.0.0.1:1/0"


def default_urls(folder: Path = VAR) -> dict[str, str]:
    """DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL of this clone's own servers, running or not."""
    return {**database_urls(folder), "REDIS_URL": remembered(folder).get("REDIS_URL", NOT_STARTED)}


def database_urls(folder: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url(folder, RUNTIME_ROLE),
        "DATABASE_OWNER_URL": database_url(folder, OWNER_ROLE),
    }


def database_url(folder: Path, role: str, database: str = DATABASE) -> str:
    """A libpq URL of the Unix socket, with special characters of the path escaped."""
    # The port is part of the socket's name; without it, PGPORT of the environment would change the name.
    return f"postgresql://{role}@:{PORT}/{database}?host={quote(str(socket_folder(folder)))}"


def socket_folder(folder: Path) -> Path:
    """The folder's own `run`, or a private folder in /tmp if that path is too long for a socket."""
    own = folder.absolute() / "run"
    if len(os.fsencode(own)) <= LONGEST_SOCKET_FOLDER:
        return own
    digest = hashlib.sha256(os.fsencode(own)).hexdigest()[:16]
    # Not TMPDIR: it may differ in another terminal, which must find the same socket.
    base = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())
    return base / f"heymarket-{os.getuid()}-{digest}"


def private_folder(path: Path, owners: set[int]) -> Path:
    """Make `path` a folder that only its owner may enter. Raises PermissionError if its owner is not in `owners`."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in owners:
        raise PermissionError(errno.EPERM, "belongs to another user", str(path))
    if stat.S_IMODE(status.st_mode) != 0o700:
        path.chmod(0o700)
    return path


def remembered(folder: Path = VAR) -> dict[str, str]:
    """The saved values: Valkey's URL, chosen at the first start, and the last HOST and PORT of the web server."""
    try:
        values = json.loads((folder / "addresses.json").read_text())
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def remember(folder: Path, **values: str) -> None:
    """Save values for other terminals; only this user can read them, and the file is replaced atomically."""
    draft = folder / "addresses.json.new"
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(remembered(folder) | values, file, indent=2)
    draft.replace(folder / "addresses.json")
