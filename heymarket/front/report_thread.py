"""Report thread: one thread of a process carries out the webhooks that bring no text, between those that do."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Condition

# Seconds for which a report waits for texts that are at work. A text alone takes less; then both share the process.
GIVES_WAY = 0.02
# Reports that may wait, fewer than webhooks of all kinds: no text is refused because of them.
MOST = 300


class ReportThread:
    """Does steps one after the other, in their order. Each waits until no text is at work, or for GIVES_WAY."""

    def __init__(self, most: int = MOST) -> None:
        self.pool = ThreadPoolExecutor(1, "report")
        self.most, self.waiting, self.texts = most, 0, 0
        self.changed = Condition()

    @contextmanager
    def text_at_work(self) -> Iterator[None]:
        """While this is open, a report waits."""
        self._count(texts=1)
        try:
            yield
        finally:
            self._count(texts=-1)

    def add(self, step: Callable[[], None]) -> bool:
        """Do the step later. False if too many wait."""
        if self.waiting >= self.most:
            return False
        self._count(waiting=1)
        self.pool.submit(self._do, step)
        return True

    def _do(self, step: Callable[[], None]) -> None:
        self._count(waiting=-1)
        with self.changed:
            self.changed.wait_for(lambda: not self.texts, GIVES_WAY)
        step()

    def _count(self, texts: int = 0, waiting: int = 0) -> None:
        with self.changed:
            self.texts += texts
            self.waiting += waiting
            self.changed.notify()
