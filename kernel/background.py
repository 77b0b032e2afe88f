"""Background batches: small jobs that no response should wait for, done a moment later in one thread.

Only for jobs that may be lost when the process dies, since nothing stores them, and for jobs that may hang, such as a
call of an unavailable cache.
"""

import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, Queue

from kernel.distribution.nodes import close_connections
from kernel.request_id import current_request_id, request_id, together

log = logging.getLogger(__name__)

BATCH_WINDOW = 0.1  # seconds in which items are collected


class BatchQueue[T]:
    """Calls `do` with all items that were put within `window` seconds; logs exceptions of `do`."""

    def __init__(self, do: Callable[[list[T]], None], window: float = BATCH_WINDOW) -> None:
        self._do, self._window = do, window
        self._queue: Queue[tuple[str, T]] = Queue()  # with the ID of the request
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(self, item: T) -> None:
        self._queue.put((current_request_id(), item))
        with self._lock:
            # A forked process inherits the queue but no thread, so it starts its own.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()

    def flush(self) -> None:
        """Wait until all items are done."""
        self._queue.join()

    def _run(self) -> None:
        while True:
            items = [self._queue.get()]
            time.sleep(self._window)
            try:
                while True:
                    items.append(self._queue.get_nowait())
            except Empty:
                pass
            with request_id(together(id for id, _ in items)):
                self._do_logged([item for _, item in items])
            close_connections()  # this thread's own connections, if it used one
            for _ in items:
                self._queue.task_done()

    def _do_logged(self, items: list[T]) -> None:
        try:
            self._do(items)
        except Exception:
            log.exception("background batch failed")
