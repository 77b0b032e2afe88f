"""Custom field filters of the contacts page: conditions on the values of a team's own fields."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import django_filters as df
from django import forms
from django.db.models import Exists, Func, OuterRef, Q, QuerySet, TextField, Value

from contacts.custom_fields.models import CustomField, FilterValue
from contacts.custom_fields.values import FieldKind

PREFIX = "custom."
NO_VALUE = "null"  # in an address: contacts without a value, as with other filters
MAX_WORDS = 200  # characters of a text that are compared
_BOUNDS = {"from": "gte", "to": "lte"}
_TEXT_HELP = 'The beginning of the value, or "all of it".'


class UnknownFieldFilter(df.CharFilter):
    """A filter in an address whose field was deleted, or is none. It is never valid, so nobody matches it."""

    def __init__(self) -> None:
        super().__init__(label="Custom field", validators=[_refuse])


def filters_of(fields: Iterable[CustomField], query: Mapping[str, Any]) -> dict[str, df.Filter]:
    """The filters of these fields by their names in an address, and one for each other custom name in `query`."""
    filters = {name: filter_ for field in fields for name, filter_ in _filters(field).items()}
    unknown = [name for name in query if name.startswith(PREFIX) and name not in filters]
    return filters | {name: UnknownFieldFilter() for name in unknown}


def rows_of(
    field: CustomField, values: Mapping[str, Any]
) -> tuple[tuple[str, ...], QuerySet[FilterValue]] | None:
    """The names of the filters of a field that are set in `values`, and the values that match them all.

    None if there are none, or if contacts without a value are wanted, whom no index lists.
    """
    names = tuple(name for name in _filters(field) if values.get(name) not in (None, ""))
    if not names or any(values[name] == NO_VALUE and _is_chosen(field) for name in names):
        return None
    rows = _values(field)
    for name in names:
        rows = rows.filter(_condition(field, name, values[name]))
    return names, rows


def _filters(field: CustomField) -> dict[str, df.Filter]:
    name, label, method = field.column, field.name, {"method": _method(field)}
    match field.kind:
        case FieldKind.NUMBER:
            decimal = {"widget": forms.TextInput({"inputmode": "decimal"}), **method}
            return {
                f"{name}.from": df.NumberFilter(label=f"{label} at least", **decimal),
                f"{name}.to": df.NumberFilter(label=f"{label} at most", **decimal),
            }
        case FieldKind.DATE:
            day = {"widget": forms.DateInput({"type": "date"}), **method}
            return {
                f"{name}.from": df.DateFilter(label=f"{label} since", **day),
                f"{name}.to": df.DateFilter(label=f"{label} until", **day),
            }
        case FieldKind.YES_NO:
            return {name: _choice(label, {"true": "Yes", "false": "No"}, method)}
        case FieldKind.CHOICE:
            return {name: _choice(label, {option: option for option in field.options}, method)}
    return {name: df.CharFilter(label=label, max_length=MAX_WORDS, help_text=_TEXT_HELP, **method)}


def _choice(label: str, choices: Mapping[str, str], method: dict[str, Any]) -> df.Filter:
    options = {"choices": list(choices.items()), "empty_label": "Any", "null_label": "No value"}
    return df.ChoiceFilter(label=label, null_value=NO_VALUE, **options, **method)


def _method(field: CustomField) -> Callable[[Any, str, Any], Any]:
    """Filters contacts by one filter of the field."""

    def apply(contacts: Any, name: str, value: Any) -> Any:
        rows = _values(field).filter(contact_id=OuterRef("id"))
        if value == NO_VALUE and _is_chosen(field):
            return contacts.filter(~Exists(rows))
        return contacts.filter(Exists(rows.filter(_condition(field, name, value))))

    return apply


def _values(field: CustomField) -> QuerySet[FilterValue]:
    return FilterValue.objects.filter(team_id=field.team_id, key=field.key)


def _is_chosen(field: CustomField) -> bool:
    return field.kind in (FieldKind.YES_NO, FieldKind.CHOICE)


def _condition(field: CustomField, name: str, value: Any) -> Q:
    """The condition of one filter on FilterValue."""
    bound = _BOUNDS.get(name.removeprefix(f"{field.column}."))
    match field.kind:
        case FieldKind.NUMBER:
            return Q(**{f"number__{bound}": float(value)})
        case FieldKind.DATE:
            return Q(**{f"words__{bound}": value.isoformat()})
    return _text(str(value), exactly=_is_chosen(field))


def _text(typed: str, *, exactly: bool) -> Q:
    """Texts that begin as typed; with quotation marks, texts that are exactly so."""
    if not exactly and len(typed) > 2 and typed[0] == typed[-1] == '"':
        typed, exactly = typed[1:-1], True
    words = _FilterWords(Value(" ".join(typed.split())))
    return Q(words=words) if exactly else Q(words__gte=words, words__lt=_Behind(words))


class _FilterWords(Func):
    """A typed text as FilterValue.words has it."""

    function, output_field = "contacts_filter_words", TextField()


class _Behind(Func):
    """The first text behind all that begin with another: none has the last code point of Unicode."""

    template, output_field = "(%(expressions)s || chr(1114111))", TextField()


def _refuse(value: str) -> None:
    raise forms.ValidationError("This field was deleted.")
