"""Small things that no answer should wait for: done a moment later, together, in one background thread.

Only for what may be lost when the process dies, since nothing remembers it; and for what may hang, such as a store
that is away.
"""

import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, Queue

from django.db import connection

log = logging.getLogger(__name__)

BATCH_WINDOW = 0.1  # seconds in which what comes up is gathered


class BatchQueue[T]:
    """Calls `do` with everything that was put within TOGETHER; what `do` raises is logged."""

    def __init__(self, do: Callable[[list[T]], None]) -> None:
        self._do = do
        self._queue: Queue[T] = Queue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(self, item: T) -> None:
        self._queue.put(item)
        with self._lock:
            # Started by the first item, and again in a forked process, which inherits the queue but no thread.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()

    def flush(self) -> None:
        """Wait until everything that was put is done."""
        self._queue.join()

    def _run(self) -> None:
        while True:
            items = [self._queue.get()]
            time.sleep(BATCH_WINDOW)
            try:
                while True:
                    items.append(self._queue.get_nowait())
            except Empty:
                pass
            try:
                self._do(items)
            except Exception:
                log.exception("done soon, but not well")
            connection.close()  # this thread's own, if that needed one
            for _ in items:
                self._queue.task_done()
