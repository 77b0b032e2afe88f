"""Fields that a PUT repeats because GET returned them, and that the call cannot change."""

from collections.abc import Iterable

from pydantic import BaseModel

from api.errors import ApiError, ErrorCode

AS_RETURNED = "As GET returned it: this call cannot change it."


def require_unchanged(sent: BaseModel, current: BaseModel, names: Iterable[str]) -> None:
    """Refuse a change that would otherwise seem to be made. Raises ApiError(NOT_POSSIBLE)."""
    for name in names:
        value = getattr(sent, name)
        if value is not None and value != getattr(current, name):
            message = f"This call cannot change {name}: leave it out, or send it as GET returned it."
            raise ApiError(ErrorCode.NOT_POSSIBLE, message, field=name)
