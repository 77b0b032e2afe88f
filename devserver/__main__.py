"""Commands of a clone: `python -m devserver run | with -- COMMAND | browser | restore-drill | clean`."""

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
from devserver.restore_drill import drill
from devserver.run import run


def main() -> int:
    options = arguments()
    try:
        match options.command:
            case "run":
                return run(options.tied)
            case "with":
                return with_servers(options.words, options.temporary)
            case "browser":
                return print_browser()
            case "restore-drill":
                return drill()
            case _:
                return clean()
    except NotStarted as error:
        print(error, file=sys.stderr)
        return 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m devserver", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run_parser = commands.add_parser("run", help="servers, web server, worker and scheduler, until stopped")
    run_parser.add_argument(
        "--tied", action="store_true", help="end when the caller ends, even if it is killed"
    )
    with_parser = commands.add_parser("with", help="run a command while PostgreSQL and Valkey are up")
    with_parser.add_argument(
        "--temporary", action="store_true", help="with new, empty servers, deleted afterwards"
    )
    with_parser.add_argument("words", nargs="+", metavar="COMMAND")
    commands.add_parser("browser", help="find or install a Chromium for the tests, and print its path")
    commands.add_parser("restore-drill", help="back up the demo, restore it beside, and use it there")
    commands.add_parser("clean", help="remove var/ with the data of this clone's servers")
    return parser.parse_args()


def with_servers(words: list[str], temporary: bool) -> int:
    """Run a command with this clone's servers, or with those of a running `make run`; returns its exit code."""
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
        # Ctrl-C is for the command; we only wait for it.
        signal.signal(signal.SIGINT, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        environment = {"DEVELOPMENT": "1", **os.environ, **urls}
        return subprocess.run(tied_to_parent(words, os.getpid()), env=environment, check=False).returncode


def print_browser() -> int:
    """Print the path of a Chromium, or a sentence without one; in CI, where no test is skipped, that is a failure."""
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
