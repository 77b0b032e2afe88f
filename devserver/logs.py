"""Logs of the programs: picks the new lines that the developer at the terminal should see."""

import re
from collections.abc import Iterator
from pathlib import Path

SERIOUS = re.compile(r"\b(WARNING|ERROR|CRITICAL|FATAL|PANIC)\b|^Traceback \(most recent call last\)")
# The application reports failed statements itself if it did not expect them.
SERIOUS_OF_POSTGRES = re.compile(r"\b(FATAL|PANIC)\b")
# Logged at every start or stop; a developer need not act.
HARMLESS = re.compile(
    r"Memory overcommit must be enabled"
    r"|the database system is (starting up|shutting down|in recovery mode|not yet accepting connections)"
    r"|terminating connection due to administrator command"
    r"|superuser privileges"
    r"|CPendingDeprecationWarning"  # after each lost connection, about a default of the next Celery
)


class FollowedLog:
    """A log, followed from its present end."""

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        self.path = path
        self.serious = SERIOUS_OF_POSTGRES if path.stem == "postgres" else SERIOUS
        self.offset = path.stat().st_size if path.exists() else 0
        self.partial_line = ""
        self.in_traceback = False

    def new_lines(self) -> list[str]:
        """The complete lines since the last call; a rotated log is read from its beginning."""
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            if file.seek(0, 2) < self.offset:
                self.offset, self.partial_line = 0, ""
            file.seek(self.offset)
            text = self.partial_line + file.read().decode(errors="replace")
            self.offset = file.tell()
        *lines, self.partial_line = text.split("\n")
        return lines

    def serious_lines(self) -> Iterator[str]:
        """Warnings and errors, with complete tracebacks: the indented lines and the last line."""
        for line in self.new_lines():
            if self.serious.search(line) and not HARMLESS.search(line):
                self.in_traceback = line.startswith("Traceback")
                yield line
            elif self.in_traceback:
                self.in_traceback = line.startswith((" ", "\t")) or not line
                yield line
