"""Writing of rows by writers, side by side: what they write next is one round trip.

A writer is a generator. It yields the INSERTs that it makes next, by a name for each, is sent the IDs of their rows by
these names, and returns what it made of them. Between its steps it may read and write by itself.
"""

from collections.abc import Callable, Generator, Iterable
from functools import wraps
from typing import Any

from kernel.combined_inserts import Inserts, insert_sets

type Writer[T] = Generator[Inserts, dict[str, int], T]


def write[T](writer: Writer[T]) -> T:
    """Run a writer: one round trip for each of its steps."""
    return write_side_by_side([writer])[0]


def write_side_by_side[T](writers: Iterable[Writer[T]]) -> list[T]:
    """Run writers; what they write in the same step is sent together. Returns their results in their order."""
    writers, results = list(writers), dict[int, T]()
    written: dict[int, Any] = dict.fromkeys(range(len(writers)))
    while written:
        steps: dict[int, Inserts] = {}
        for n, ids in written.items():
            try:
                steps[n] = writers[n].send(ids)
            except StopIteration as end:
                results[n] = end.value
        written = dict(zip(steps, insert_sets(list(steps.values())), strict=True))
    return [results[n] for n in range(len(writers))]


def at_once[**P, T](writer: Callable[P, Writer[T]]) -> Callable[P, T]:
    """A function that runs the writer that `writer` makes."""

    @wraps(writer)
    def writing(*args: P.args, **kwargs: P.kwargs) -> T:
        return write(writer(*args, **kwargs))

    return writing
