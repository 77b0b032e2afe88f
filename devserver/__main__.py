"""The commands of a clone: `python -m devserver run | with -- COMMAND | browser | clean`."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from devserver import browser, servers
from devserver.addresses import VAR, default_urls, socket_folder
from devserver.parent_death import tied_to_parent
from devserver.processes import NotStarted


def main() -> int:
    options = arguments()
    try:
        match options.command:
            case "run":
                from devserver.run import run

                return run(options.tied)
            case "with":
                return with_servers(options.words, options.temporary)
            case "browser":
                return see_to_browser()
            case _:
                return clean()
    except NotStarted as error:
        print(error, file=sys.stderr)
        return 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m devserver", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="servers, web server, worker and scheduler, until stopped")
    run.add_argument("--tied", action="store_true", help="end when the caller ends, however it ends")
    inner = commands.add_parser("with", help="run a command while PostgreSQL and Valkey are up")
    inner.add_argument(
        "--temporary", action="store_true", help="with empty ones of its own, thrown away afterwards"
    )
    inner.add_argument("words", nargs="+", metavar="COMMAND")
    commands.add_parser("browser", help="see to a Chromium for the tests, and print where it is")
    commands.add_parser("clean", help="remove var/, the data of this clone's servers included")
    return parser.parse_args()


def with_servers(words: list[str], temporary: bool) -> int:
    """Run `words` with this clone's servers, joining those of a `make run`; its exit code."""
    with ExitStack() as stack:
        if temporary:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="heymarket-")))
        else:
            folder = VAR
        if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL") and not temporary:
            urls: dict[str, str] = {}
        elif not temporary and servers.are_up(folder):
            urls = default_urls(folder)
        else:
            urls = stack.enter_context(servers.running(folder, purpose=f"with {words[0]}"))
        # What is typed at the terminal is for the command; we only wait for it.
        signal.signal(signal.SIGINT, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        environment = {"DEVELOPMENT": "1", **os.environ, **urls}
        return subprocess.run(tied_to_parent(words, os.getpid()), env=environment, check=False).returncode


def see_to_browser() -> int:
    """Print a Chromium's path. Without one: a sentence, and in CI, where nothing is skipped, a failure."""
    if path := browser.find_or_install():
        print(path)
        return 0
    print(browser.missing(), file=sys.stderr)
    return 1 if os.environ.get("CI") else 0


def clean() -> int:
    with servers.exclusive_folder(VAR, "make clean"):
        servers.await_stopped_servers(VAR)
        shutil.rmtree(socket_folder(VAR), ignore_errors=True)
        shutil.rmtree(VAR)
    return 0


if __name__ == "__main__":
    sys.exit(main())
