"""Retry after a deadlock: PostgreSQL rolled the whole transaction back, so that doing it again does nothing twice.

Locks are taken in one order: the run, the numbers by their keys, the contacts by ID. Statements over sets cannot always
keep to it (an import updates contacts in the order of its plan), and are repeated.
"""

from collections.abc import Callable

from django.db import OperationalError
from psycopg.errors import DeadlockDetected

TRIES = 4


def retry_deadlocks[T](transaction: Callable[[], T]) -> T:
    """Run a function that opens and ends its own transaction; again if it was the victim of a deadlock."""
    for _ in range(TRIES - 1):
        try:
            return transaction()
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
    return transaction()
