"""Retry after a deadlock: PostgreSQL rolled the whole transaction back, so that doing it again does nothing twice.

Locks are taken in one order: the run, the numbers by their keys, the contacts by ID. Statements over sets cannot always
keep to it (an import updates contacts in the order of its plan), and are repeated.
"""

import time
from collections.abc import Callable

from django.db import OperationalError
from psycopg.errors import DeadlockDetected

TRIES = 4
PAUSE = 0.05  # seconds in which the transaction that was spared takes the lock, before we ask for it again


def retry_deadlocks[T](transaction: Callable[[], T]) -> T:
    """Run a function that opens and ends its own transaction; again if it was the victim of a deadlock."""
    for _ in range(TRIES - 1):
        try:
            return transaction()
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
        time.sleep(PAUSE)
    return transaction()
