"""Custom field forms: definitions of fields, and a contact's value."""

from typing import Any

from django import forms

from contacts.custom_fields import define, values
from contacts.custom_fields.define import FieldNameTaken
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import BadValue, FieldKind
from contacts.imports.headers import normalize_header, reserved_header
from kernel.revisions import RevisedForm

MAX_OPTION_LENGTH = 60  # characters
MAX_OPTIONS = 50


# -- values ------------------------------------------------------------------------------------


class CustomValueField(forms.CharField):
    """A contact's value of a custom field; cleans to the value, or None if empty.

    A hidden control carries the initial value, so that an unchanged value does not overwrite a newer value.
    """

    def __init__(self, field: CustomField, country: str, value: values.FieldValue | None) -> None:
        self.field, self.country = field, country
        super().__init__(
            label=field.name, required=False, initial=values.value_as_cell(value), widget=_control(field, value),
            show_hidden_initial=True,
        )  # fmt: skip

    def clean(self, value: Any) -> values.FieldValue | None:
        try:
            return values.read_value(self.field, super().clean(value), self.country)
        except BadValue as error:
            raise forms.ValidationError(str(error)) from None


def _control(field: CustomField, value: values.FieldValue | None) -> forms.Widget:
    match field.kind:
        case FieldKind.TEXT:
            return forms.TextInput({"maxlength": values.MAX_TEXT})
        case FieldKind.NUMBER:
            return forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        case FieldKind.DATE:
            return forms.DateInput({"type": "date"})
        case FieldKind.YES_NO:
            return forms.Select(choices=[("", "–"), ("yes", "Yes"), ("no", "No")])
    # A contact may have an option that was removed at the same moment.
    options = [*field.options, *({values.value_as_cell(value)} - {"", *field.options})]
    return forms.Select(choices=[("", "–"), *((option, option) for option in options)])


# -- definitions -------------------------------------------------------------------------------------------------


class OptionsField(forms.CharField):
    """One option per line; cleans to a list. Of several spellings the first counts."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            max_length=MAX_OPTIONS * (MAX_OPTION_LENGTH + 20),
            widget=forms.Textarea({"rows": 4}),
            help_text="One per line.",
        )

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = [" ".join(line.split()) for line in super().clean(value).splitlines()]
        first: dict[str, str] = {}
        for line in filter(None, lines):
            first.setdefault(line.casefold(), line)
        options = list(first.values())
        if len(options) > MAX_OPTIONS:
            raise forms.ValidationError(f"A choice can have up to {MAX_OPTIONS} options.")
        for option in options:
            if len(option) > MAX_OPTION_LENGTH:
                raise forms.ValidationError(
                    f"“{option[:40]}…” is too long. An option can have up to {MAX_OPTION_LENGTH} characters."
                )
        return options


class CustomFieldForm(RevisedForm, forms.ModelForm):
    """The name of a field, and the options of a choice."""

    options = OptionsField()

    class Meta:
        model = CustomField
        fields = ["name", "options"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk and self.instance.kind != FieldKind.CHOICE:
            del self.fields["options"]

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if not normalize_header(name):
            raise forms.ValidationError("Use at least one letter or digit.")
        if known := reserved_header(name):
            raise forms.ValidationError(
                f"“{name}” would be confused with the file column “{known}”. Choose another name."
            )
        try:
            define.check_name_is_free(self.instance.team_id, name, but=self.instance.id or 0)
        except FieldNameTaken as error:
            raise forms.ValidationError(str(error)) from None
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self._kind(data) == FieldKind.CHOICE and "options" in data and not data["options"]:
            self.add_error("options", "Enter the options, one per line.")
        return data

    def _kind(self, data: dict[str, Any]) -> str:
        return self.instance.kind

    def save(self, commit: bool = True) -> CustomField:
        """Raises OptionInUse, FieldBeingImported or FieldNameTaken; then nothing is saved."""
        field: CustomField = self.instance
        with define.lock_definitions(field.team_id):
            define.check_name_is_free(field.team_id, field.name, but=field.id)
            if "options" in self.fields:
                field.options = self.initial["options"]
                define.change_options(field, self.cleaned_data["options"])
            field.save(update_fields=["name", "options"])
        return field


class NewCustomFieldForm(CustomFieldForm):
    class Meta(CustomFieldForm.Meta):
        fields = ["name", "kind", "options"]
        widgets = {"kind": forms.RadioSelect}
        labels = {"kind": "Type"}
        help_texts = {"kind": "The type cannot be changed later."}

    def _kind(self, data: dict[str, Any]) -> str:
        return str(data.get("kind", ""))

    def save(self, commit: bool = True) -> CustomField:
        """Raises TooManyFields or FieldNameTaken."""
        data = self.cleaned_data
        kind = FieldKind(data["kind"])
        options = data["options"] if kind == FieldKind.CHOICE else []
        return define.define_field(self.instance.team, data["name"], kind, options)
