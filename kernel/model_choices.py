"""Choices of a form among rows: each form shows those of its team or of its member."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet


def offer_rows(
    form: forms.BaseForm,
    name: str,
    rows: QuerySet[Any, Any],
    *,
    empty_label: str | None = None,
    label: Callable[[Any], str] | None = None,
) -> None:
    """Let the field `name` choose among these rows. What is None stays as the field was declared."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
    if empty_label is not None:
        field.empty_label = empty_label
    if label is not None:
        field.label_from_instance = label  # type: ignore[method-assign, assignment]
