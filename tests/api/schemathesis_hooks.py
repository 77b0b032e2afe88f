"""Hooks of the schemathesis command, which test_schemathesis.py names in its environment. Without Django."""

from typing import Any

import schemathesis

DRY_RUN = "X-Heymarket-Dry-Run"


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    """Delete for real: the check for what is used after its deletion takes a dry run for a deletion."""
    if case.method.upper() == "DELETE" and case.headers:
        case.headers.pop(DRY_RUN, None)
