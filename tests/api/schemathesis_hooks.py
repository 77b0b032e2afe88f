"""Hooks of the schemathesis command, which test_schemathesis.py names in its environment. Without Django."""

import schemathesis

DRY_RUN = "X-Heymarket-Dry-Run"


@schemathesis.hook
def filter_case(context: schemathesis.HookContext, case: schemathesis.Case) -> bool:
    """Delete for real only: the check for what is used after its deletion takes a dry run for a deletion."""
    value = case.headers.get(DRY_RUN, "") if case.headers else ""
    return case.method.upper() != "DELETE" or str(value).lower() != "true"
