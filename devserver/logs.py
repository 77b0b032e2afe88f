"""Follow the programs' logs and pick the lines that somebody at the terminal should see."""

import re
from collections.abc import Iterator
from pathlib import Path

SERIOUS = re.compile(r"\b(WARNING|ERROR|CRITICAL|FATAL|PANIC)\b|^Traceback \(most recent call last\)")
# A statement that fails is the application's to judge; it may have expected it.
SERIOUS_OF_POSTGRES = re.compile(r"\b(FATAL|PANIC)\b")
# Said at every start or stop, and nothing that a developer could or should do about.
HARMLESS = re.compile(
    r"Memory overcommit must be enabled"
    r"|the database system is (starting up|shutting down|in recovery mode|not yet accepting connections)"
    r"|terminating connection due to administrator command"
    r"|superuser privileges"
    r"|CPendingDeprecationWarning"  # at each loss of the connection, about a default of the next Celery
)


class FollowedLog:
    """One log from its present end on."""

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        self.path = path
        self.serious = SERIOUS_OF_POSTGRES if path.stem == "postgres" else SERIOUS
        self.at = path.stat().st_size if path.exists() else 0
        self.rest = ""
        self.in_traceback = False

    def new_lines(self) -> list[str]:
        """The whole lines that have come since; a log that was rotated away is read from its new beginning."""
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            if file.seek(0, 2) < self.at:
                self.at, self.rest = 0, ""
            file.seek(self.at)
            text = self.rest + file.read().decode(errors="replace")
            self.at = file.tell()
        *lines, self.rest = text.split("\n")
        return lines

    def serious_lines(self) -> Iterator[str]:
        """Warnings and worse, each traceback as a whole: its indented lines and the one that ends it."""
        for line in self.new_lines():
            if self.serious.search(line) and not HARMLESS.search(line):
                self.in_traceback = line.startswith("Traceback")
                yield line
            elif self.in_traceback:
                self.in_traceback = line.startswith((" ", "\t")) or not line
                yield line
