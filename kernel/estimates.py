"""How many rows the planner expects of a query, which says what is worth doing and never what is answered."""

import json
from typing import Any

from django.db.models import QuerySet

from kernel.distribution.connection import connects_to_citus


def estimated_rows(rows: QuerySet[Any]) -> int:
    """The planner's estimate of the rows of a queryset; 0 on a cluster, whose plan does not say."""
    if connects_to_citus():
        return 0
    (plan,) = json.loads(rows.order_by().explain(format="json"))
    return int(plan["Plan"]["Plan Rows"])
