"""How many rows the planner expects of a query, which says what is worth doing and never what is answered."""

from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import mogrify
from django.db.models import QuerySet

from kernel.sql import fetch


def estimated_rows(rows: QuerySet[Any]) -> int:
    """The planner's estimate of the rows of a queryset, all of the team in scope."""
    query = mogrify(*rows.order_by().query.sql_with_params(), connection)
    ((estimate,),) = fetch("SELECT kernel_estimated_rows($1::text)", query)
    return int(estimate)
