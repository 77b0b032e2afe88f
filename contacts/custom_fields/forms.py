"""What is filled in about custom fields: their definitions, and what a contact has in them."""

from typing import Any

from django import forms

from contacts.custom_fields import define, values
from contacts.custom_fields.define import FieldNameTaken
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import BadValue, FieldKind
from contacts.imports.headers import normalize_header, reserved_header

MAX_OPTION_LENGTH = 60  # characters
MAX_OPTIONS = 50


# -- what a contact has there ------------------------------------------------------------------------------------


class CustomValueField(forms.CharField):
    """What a contact has in a custom field; cleans to its value, None where it is left empty.

    What it showed goes along, hidden: a value that the member did not change is not written over a newer one.
    """

    def __init__(self, field: CustomField, country: str, now: values.FieldValue | None) -> None:
        self.field, self.country = field, country
        super().__init__(
            label=field.name, required=False, initial=values.value_as_cell(now), widget=_control(field, now),
            show_hidden_initial=True,
        )  # fmt: skip

    def clean(self, value: Any) -> values.FieldValue | None:
        try:
            return values.read_value(self.field, super().clean(value), self.country)
        except BadValue as wrong:
            raise forms.ValidationError(str(wrong)) from None


def _control(field: CustomField, now: values.FieldValue | None) -> forms.Widget:
    match field.kind:
        case FieldKind.TEXT:
            return forms.TextInput({"maxlength": values.MAX_TEXT})
        case FieldKind.NUMBER:
            return forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        case FieldKind.DATE:
            return forms.DateInput({"type": "date"})
        case FieldKind.YES_NO:
            return forms.Select(choices=[("", "–"), ("yes", "Yes"), ("no", "No")])
    # An option that was taken away at the moment when it was chosen stays what it is.
    options = [*field.options, *({values.value_as_cell(now)} - {"", *field.options})]
    return forms.Select(choices=[("", "–"), *((option, option) for option in options)])


# -- definitions -------------------------------------------------------------------------------------------------


class OptionsField(forms.CharField):
    """A line for each option; cleans to a list, of each the first spelling."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            max_length=MAX_OPTIONS * (MAX_OPTION_LENGTH + 20),
            widget=forms.Textarea({"rows": 4}),
            help_text="A line for each.",
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
            raise forms.ValidationError(f"A choice has {MAX_OPTIONS} options at most.")
        for option in options:
            if len(option) > MAX_OPTION_LENGTH:
                raise forms.ValidationError(
                    f"“{option[:40]}…” is too long for an option: {MAX_OPTION_LENGTH} characters at most."
                )
        return options


class CustomFieldForm(forms.ModelForm):
    """A field's name, and of a choice its options."""

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
            raise forms.ValidationError("A name has a letter or a digit in it.")
        if known := reserved_header(name):
            raise forms.ValidationError(
                f"Files have a column “{known}” already, which “{name}” would be taken for. Choose another name."
            )
        try:
            define.check_name_is_free(self.instance.team_id, name, but=self.instance.id or 0)
        except FieldNameTaken as why:
            raise forms.ValidationError(str(why)) from None
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self._kind(data) == FieldKind.CHOICE and "options" in data and not data["options"]:
            self.add_error(
                "options", "Write the options that one can choose from, each on a line of its own."
            )
        return data

    def _kind(self, data: dict[str, Any]) -> str:
        return self.instance.kind

    def save(self, commit: bool = True) -> CustomField:
        """Raises InUse, BeingImported or NameTaken, and then nothing is written."""
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
        help_texts = {"kind": "The kind of a field stays for good."}

    def _kind(self, data: dict[str, Any]) -> str:
        return str(data.get("kind", ""))

    def save(self, commit: bool = True) -> CustomField:
        """Raises TooMany or NameTaken."""
        data = self.cleaned_data
        kind = FieldKind(data["kind"])
        options = data["options"] if kind == FieldKind.CHOICE else []
        return define.define_field(self.instance.team, data["name"], kind, options)
