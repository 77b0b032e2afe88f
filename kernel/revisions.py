"""Revisions of forms: a save keeps what others changed since the form was shown, and asks where both changed a field.

A form carries a short hash of each field as it was shown. When it is sent, a field that only others changed gets their
value; a field that only the sender changed is saved; a field that both changed to different values is a conflict.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.choices import flatten_choices
from django.utils.html import format_html
from django.utils.safestring import SafeString

CONFLICT = "Somebody else changed this while you edited it. Choose what to keep."
_OBJECT = "object"  # the name under which a revision has the object's ID
_NO_VALUE = "–"


class ObjectGone(Exception):
    """The object of a form was deleted, or has another address, since the form was shown. A text is shown to people."""


def locked_for_post[Q: QuerySet[Any]](request: HttpRequest, rows: Q) -> Q:
    """The rows, locked for a POST: between loading and saving nobody changes or deletes them."""
    return rows.select_for_update(no_key=True, of=("self",)) if request.method == "POST" else rows


@dataclass(frozen=True)
class FieldConflict:
    """Two values of one field, for field.html. Each choice is valid only for the value that it showed."""

    name: str  # of the choice in the form
    yours: str
    now: str
    version: str  # hash of the value that is stored now


class RevisedForm(forms.BaseForm):
    """Mixin for a ModelForm that several people may edit. Its template has {{ form.revision_input }} in the form.

    Cleaning raises ObjectGone if the form was shown for another object than its instance. A form that was sent without
    a revision is saved as it is.
    """

    instance: Any = None
    revises_new = False  # whether others may create the same object meanwhile
    others_changes: dict[
        str, str
    ]  # fields whose stored value is not what was sent, with the revision that was
    stored_revision: dict[str, str] | None = None  # where the form shows other values than are stored

    @property
    def revision_input(self) -> SafeString:
        """The hidden field with the revision. A form that is shown again keeps the revision that it was sent with."""
        if self.instance and self.instance._state.adding and not self.revises_new:
            return SafeString()
        sent = self._sent_revision() if self.is_bound else {}
        return self._revision_input(sent or self.stored_revision or self._revision())

    def show(self, initial: dict[str, Any]) -> None:
        """Show other values than are stored, which are saved when the form is."""
        self.stored_revision, self.initial = self._revision(), initial

    def saved_revision_input(self, initial: dict[str, Any]) -> SafeString:
        """The same for a page that stays after a save. `initial`: the values that are stored now.

        The page does not show what others changed, so these fields keep the revision that they were sent with.
        """
        self.initial = initial
        return self._revision_input(self._revision() | self.others_changes)

    def _revision_input(self, revision: dict[str, str]) -> SafeString:
        value = " ".join(f"{name}={version}" for name, version in revision.items())
        return format_html('<input type="hidden" name="{}" value="{}">', self.add_prefix("revision"), value)

    def shown_values(self) -> dict[str, str]:
        """The values that the form began with, as people read them, by the labels of their fields; no secrets."""
        return {
            str(self[name].label): _shown(field, self._stored(name))
            for name, field in self.fields.items()
            if not isinstance(field.widget, forms.PasswordInput)
        }

    def full_clean(self) -> None:
        conflicts = list(self._merge()) if self.is_bound else []
        super().full_clean()
        for name, conflict in conflicts:
            self.fields[name].conflict = conflict  # type: ignore[attr-defined]
            self.add_error(name, CONFLICT)

    def _merge(self) -> Iterator[tuple[str, FieldConflict]]:
        """Put the values of others into the data; the conflicts that remain."""
        self.others_changes = {}
        sent = self._sent_revision()
        if sent.get(_OBJECT) and sent[_OBJECT] != self._object_id():
            raise ObjectGone
        self.data = cast("QueryDict", self.data).copy()
        merged = dict(sent)
        for name in [name for name in self.fields if name in sent]:
            now, yours = self._stored(name), self._submitted(name)
            if yours is None or _version(now) in (sent[name], _version(yours)):
                continue
            choice = self.data.get(self._choice_name(name), "")
            if choice != f"yours-{_version(now)}":
                self.others_changes[name] = sent[name]
            if _version(yours) == sent[name] or choice == f"now-{_version(now)}":
                self._replace(name)
            elif choice != f"yours-{_version(now)}":
                yield name, self._conflict(name, yours, now)
                continue
            merged[name] = _version(now)
        if sent:
            self.data[self.add_prefix("revision")] = " ".join(
                f"{name}={value}" for name, value in merged.items()
            )

    def _conflict(self, name: str, yours: list[str], now: list[str]) -> FieldConflict:
        field = self.fields[name]
        return FieldConflict(self._choice_name(name), _shown(field, yours), _shown(field, now), _version(now))

    def _replace(self, name: str) -> None:
        """Replace the submitted value by the stored value."""
        field, key = self.fields[name], self.add_prefix(name)
        values = self._stored(name)
        if isinstance(field.widget, forms.CheckboxInput):
            values = values if values == ["True"] else []
        data = cast("QueryDict", self.data)
        data.setlist(key, values)
        if field.show_hidden_initial:
            data.setlist(self.add_initial_prefix(name), values)

    # -- values as lists of strings --------------------------------------------------------------------------------

    def _stored(self, name: str) -> list[str]:
        field = self.fields[name]
        return _texts(field, field.prepare_value(self.get_initial_for_field(field, name)))

    def _submitted(self, name: str) -> list[str] | None:
        field, key = self.fields[name], self.add_prefix(name)
        if field.widget.value_omitted_from_data(self.data, self.files, key):
            return None
        return _texts(field, field.widget.value_from_datadict(self.data, self.files, key))

    # -- the revision ----------------------------------------------------------------------------------------------

    def _revision(self) -> dict[str, str]:
        return {_OBJECT: self._object_id(), **{name: _version(self._stored(name)) for name in self.fields}}

    def _sent_revision(self) -> dict[str, str]:
        pairs = (word.partition("=") for word in self.data.get(self.add_prefix("revision"), "").split())
        return {name: version for name, _, version in pairs}

    def _object_id(self) -> str:
        return str((self.instance and self.instance.pk) or "")

    def _choice_name(self, name: str) -> str:
        return self.add_prefix(f"keep-{name}")


def _texts(field: forms.Field, value: Any) -> list[str]:
    """A value as its control sends it."""
    if isinstance(field.widget, forms.CheckboxInput):
        return [str(value in (True, "True", "on"))]
    shown = field.widget.format_value(value)
    values = shown if isinstance(shown, list | tuple) else [shown]
    texts = ["" if value is None else str(value).replace("\r\n", "\n").strip() for value in values]
    return sorted(filter(None, texts))


def _version(values: list[str]) -> str:
    return hashlib.blake2b("\0".join(values).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _shown(field: forms.Field, values: list[str]) -> str:
    """The values for people: the labels of choices, Yes and No."""
    if isinstance(field.widget, forms.CheckboxInput):
        return "Yes" if values == ["True"] else "No"
    choices: list[tuple[Any, Any]] = list(flatten_choices(getattr(field, "choices", ())))
    labels = {str(value): str(label) for value, label in choices}
    return ", ".join(labels.get(value, value) for value in values) or _NO_VALUE
