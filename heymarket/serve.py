"""Web server of the product, `python -m heymarket.serve`: the front and its page servers, each restarted if it ends.

    front       talks with clients, and answers carrier webhooks in threads of its own
    pages       renders pages and answers API calls
    downloads   makes the files of exports

They are processes of their own, so that the work for a page or an export never delays a carrier webhook. The system
prefers the front. Options can also come from the environment, as GRANIAN_WORKERS.
"""

import argparse
import json
import logging
import logging.config
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

from devserver.parent_death import tied_to_parent
from heymarket.front.token_watch import STOPPING
from heymarket.logs.config import server_logging_config

log = logging.getLogger(__name__)

# Seconds in which a client has to send the head of its request.
HEAD_SECONDS = 10
# Open connections of a process of the front.
CONNECTIONS = 8192
LOG_CONFIG = "logging.json"  # in the folder of the sockets
NICE = {"pages": 10, "downloads": 15}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m heymarket.serve", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    cores = os.cpu_count() or 1
    parser.add_argument("--workers", type=int, default=int(os.environ.get("GRANIAN_WORKERS") or cores))
    parser.add_argument("--patience", type=int, default=8, help="seconds that requests have to end at a stop")
    options = parser.parse_args()
    for number in signal.SIGINT, signal.SIGTERM:
        signal.signal(number, _stop)
    lines = server_logging_config(os.environ.get("LOG_FORMAT") or "text")
    logging.config.dictConfig(lines)
    with tempfile.TemporaryDirectory(prefix="heymarket-web-") as folder:
        (Path(folder) / LOG_CONFIG).write_text(json.dumps(lines))
        servers = Servers(commands(options, Path(folder)), Path(folder))
        try:
            servers.watch()
        except KeyboardInterrupt:
            pass
        finally:
            servers.stop(options.patience + 2)
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _environment() -> dict[str, str]:
    """Without granian's variables, which would apply to every server alike."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GRANIAN_")}


def commands(options: argparse.Namespace, folder: Path) -> dict[str, list[str]]:
    """The command line of each server. More than two threads of one Python process mostly wait for each other.

    Webhooks share a transaction only with others of their process, so the front has no more processes than cores.
    """
    common = ["--workers-kill-timeout", str(options.patience), "--respawn-failed-workers"]
    common += ["--log-config", str(folder / LOG_CONFIG)]
    front = [
        "--interface",
        "asginl",
        "--host",
        options.host,
        "--port",
        str(options.port),
        "--no-ws",
        "--http",
        "1",
    ]
    front += ["--workers", str(max(2, options.workers)), "--backlog", str(CONNECTIONS)]
    front += ["--backpressure", str(CONNECTIONS), "--http1-header-read-timeout", str(HEAD_SECONDS * 1000)]
    pages = page_server(folder / "pages.sock", options.workers, threads=2)
    downloads = page_server(folder / "downloads.sock", 1, threads=4)
    return {
        "pages": [*_nice("pages"), *pages, *common, "heymarket.page_wsgi:application"],
        "downloads": [*_nice("downloads"), *downloads, *common, "heymarket.page_wsgi:application"],
        "front": [sys.executable, "-m", "granian", *front, *common, "heymarket.asgi:application"],
    }


def page_server(socket: Path, workers: int, threads: int) -> list[str]:
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--uds", str(socket), "--no-ws"]
    return [*granian, "--http", "1", "--workers", str(workers), "--blocking-threads", str(threads)]


def _nice(name: str) -> list[str]:
    return ["nice", "-n", str(NICE[name])]


def _lower_session(pid: int, nice: int) -> None:
    """Lower the session of a process too: with autogroups, Linux compares only processes of one session by `nice`."""
    for _ in range(5):
        try:
            Path(f"/proc/{pid}/autogroup").write_text(str(nice))
            return
        except BlockingIOError:
            time.sleep(0.1)  # the kernel limits the rate
        except OSError:
            return  # no autogroups


class Servers:
    def __init__(self, commands: dict[str, list[str]], folder: Path) -> None:
        self.commands, self.folder = commands, folder
        self.running = {name: self._start(name) for name in commands}

    def _start(self, name: str) -> "subprocess.Popen[bytes]":
        (self.folder / f"{name}.sock").unlink(missing_ok=True)  # of a killed server
        # Handles stay open: a lock of `make run` lasts as long as one of the servers.
        child = subprocess.Popen(
            tied_to_parent(self.commands[name], os.getpid(), "KILL"),
            env={**_environment(), "PAGE_SOCKETS": str(self.folder)},
            close_fds=False,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        if name in NICE:
            _lower_session(child.pid, NICE[name])
        return child

    def watch(self) -> None:
        while True:
            time.sleep(0.5)
            for name, child in list(self.running.items()):
                if child.poll() is not None:
                    log.warning("%s ended with %s and is started again.", name, child.returncode)
                    self.running[name] = self._start(name)

    def stop(self, patience: float) -> None:
        """End the front before the others, which have to answer its last requests. None of them waits any longer."""
        (self.folder / STOPPING).touch()
        end = time.monotonic() + patience
        for child in reversed(self.running.values()):
            child.terminate()
            try:
                child.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


if __name__ == "__main__":
    sys.exit(main())
