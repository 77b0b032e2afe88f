"""Querysets with their SQL, and queries whose SQL is kept: each use puts its own values into it.

To make the SQL of a page's largest queries takes Django longer than PostgreSQL needs to run them.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

KEPT = 200  # queries
_STAND_IN = -(2**62)  # the first of the numbers that stand for values; no row has such an ID
_DIGITS = str(_STAND_IN)[:12]  # with which all of them begin
_SAME_EACH_TIME = (int, str, timedelta)


class CompiledQuery:
    """A queryset with its SQL and the SQL's parameters; both are empty if no row can match."""

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        self._rows = rows
        self._compiler: Any = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql: str = ""
        self.parameters: Sequence[Any] = ()
        try:
            self.sql, self.parameters = self._compiler.as_sql()
        except EmptyResultSet:
            pass

    def evaluate(self, found: list[tuple[Any, ...]]) -> list[Any]:
        """What the queryset makes of the rows that its SQL found: model instances, tuples, values."""
        evaluated: Any = self._rows.all()
        compiler = copy(self._compiler)
        compiler.execute_sql = lambda *args, **options: [found]
        evaluated.query.get_compiler = lambda *args, **options: compiler
        return list(evaluated)


@dataclass(frozen=True)
class KeptQuery:
    """The query that `build` makes of a shape and of values, which are IDs; a loader asks for it like for a queryset.

    Its SQL is made once for each shape and number of values. So `build` must depend on nothing else, such as the time,
    and it gets other numbers in the place of the values. Raises TypeError if the SQL has parameters of other types, or
    one of these numbers where no parameter is.
    """

    build: Callable[[Any, Sequence[int]], QuerySet[Any, Any]]
    shape: Hashable
    values: Sequence[int]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.build(self.shape, self.values))

    def compiled(self) -> tuple[CompiledQuery, list[Any]]:
        """The query with stand-ins as its parameters, and the parameters of this use."""
        query = _kept(self.build, self.shape, len(self.values))
        return query, [self._value(parameter) for parameter in query.parameters]

    def _value(self, parameter: Any) -> Any:
        is_stand_in = isinstance(parameter, int) and parameter < _STAND_IN + len(self.values)
        return self.values[parameter - _STAND_IN] if is_stand_in else parameter


@lru_cache(KEPT)
def _kept(build: Any, shape: Hashable, count: int) -> CompiledQuery:
    query = CompiledQuery(build(shape, range(_STAND_IN, _STAND_IN + count)))
    for fixed in (query.sql, *query.parameters):
        if not isinstance(fixed, _SAME_EACH_TIME) or (isinstance(fixed, str) and _DIGITS in fixed):
            raise TypeError(f"The SQL of {build.__name__} cannot be kept: {fixed!r}")
    return query
