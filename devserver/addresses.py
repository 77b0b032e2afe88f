"""Where a clone keeps its own servers, and the addresses that reach them; standard library only."""

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

# A Unix socket's path holds at most 107 bytes on Linux and 103 on macOS; this leaves room for the name.
LONGEST_SOCKET_FOLDER = 80
# Nobody listens on port 1: before the first start, an address that is surely refused.
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
    """A libpq address over the Unix socket, any character of the path escaped."""
    # The port names the socket; given here so that a PGPORT of the environment does not rename it.
    return f"postgresql://{role}@:{PORT}/{database}?host={quote(str(socket_folder(folder)))}"


def socket_folder(folder: Path) -> Path:
    """The folder's own `run`, or where that path is too long for a socket, a private one below /tmp."""
    near = folder.absolute() / "run"
    if len(os.fsencode(near)) <= LONGEST_SOCKET_FOLDER:
        return near
    digest = hashlib.sha256(os.fsencode(near)).hexdigest()[:16]
    # Not TMPDIR: another terminal may have another one, and must find the same socket.
    base = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())
    return base / f"heymarket-{os.getuid()}-{digest}"


def private_folder(path: Path, owners: set[int]) -> Path:
    """Make `path` a folder that only its owner may enter. PermissionError when that is none of `owners`."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
        raise PermissionError(errno.EPERM, "belongs to another user", str(path))
    if stat.S_IMODE(found.st_mode) != 0o700:
        path.chmod(0o700)
    return path


def remembered(folder: Path = VAR) -> dict[str, str]:
    """What `remember` wrote: Valkey's address, chosen at the first start, and where the web server last listened."""
    try:
        kept = json.loads((folder / "addresses.json").read_text())
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def remember(folder: Path, **values: str) -> None:
    """Keep values for other terminals; readable by this user only, replaced in one step."""
    draft = folder / "addresses.json.new"
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(remembered(folder) | values, file, indent=2)
    draft.replace(folder / "addresses.json")
