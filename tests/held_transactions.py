"""A transaction around several calls and scopes: what they write is committed or undone as a whole."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from kernel.distribution.nodes import Address, connected_to, node_addresses
from tests.cluster_database import is_used


@contextmanager
def held_transaction(*, undone: bool = False) -> Iterator[None]:
    """Hold a transaction on the server of this thread's scopes until the end. An exception undoes it.

    On a cluster scopes inside an outer transaction would stay on the coordinating node, which refuses lookups of
    tables that were written before. So there is one on each node, and scopes go to their node as they do otherwise.
    """
    with ExitStack() as held:
        for address in node_addresses() if is_used() else [None]:
            held.enter_context(_held_on(address, undone))
        yield


@contextmanager
def _held_on(address: Address | None, undone: bool) -> Iterator[None]:
    with connected_to(address), ExitStack() as begun:
        server = connections[DEFAULT_DB_ALIAS]
        begun.enter_context(transaction.atomic())
        held = begun.pop_all()
    # Each scope checks its connection first, and would close one that is in a transaction.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(server, "close_if_unusable_or_obsolete", lambda: None)
        try:
            yield
        except BaseException:
            undone = True
            raise
        finally:
            with connected_to(address), held:
                transaction.set_rollback(undone)
