"""Violations of constraints: which one an IntegrityError is about."""

import re

from django.db import IntegrityError


def violates(error: IntegrityError, constraint: str) -> bool:
    """Whether this constraint refused the row.

    A node of a distributed database names its shard's constraint (messaging_message_once_102188), and one that passes
    another node's error on only in the words of the error.
    """
    diagnosis = getattr(error.__cause__, "diag", None)
    words = getattr(diagnosis, "constraint_name", None) or getattr(diagnosis, "message_primary", None) or ""
    return re.search(rf"\b{constraint}(_[0-9]+)?\b", words) is not None
