"""What is filled in about custom fields: their definitions, and what a contact has in them."""

from typing import Any

from django import forms

from contacts import defining, fields
from contacts.defining import NameTaken
from contacts.fields import BadValue, Kind
from contacts.imports.columns import known_as, word_of
from contacts.models import CustomField

LONGEST_OPTION = 60  # characters
MOST_OPTIONS = 50


# -- what a contact has there ------------------------------------------------------------------------------------


class ValueField(forms.CharField):
    """What a contact has in a custom field; cleans to its value, None where it is left empty.

    What it showed goes along, hidden: a value that the member did not change is not written over a newer one.
    """

    def __init__(self, field: CustomField, country: str, now: fields.Value | None) -> None:
        self.field, self.country = field, country
        super().__init__(
            label=field.name, required=False, initial=fields.cell(now), widget=_control(field, now),
            show_hidden_initial=True,
        )  # fmt: skip

    def clean(self, value: Any) -> fields.Value | None:
        try:
            return fields.read(self.field, super().clean(value), self.country)
        except BadValue as wrong:
            raise forms.ValidationError(str(wrong)) from None


def _control(field: CustomField, now: fields.Value | None) -> forms.Widget:
    match field.kind:
        case Kind.TEXT:
            return forms.TextInput({"maxlength": fields.LONGEST})
        case Kind.NUMBER:
            return forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        case Kind.DATE:
            return forms.DateInput({"type": "date"})
        case Kind.YES_NO:
            return forms.Select(choices=[("", "–"), ("yes", "Yes"), ("no", "No")])
    # An option that was taken away at the moment when it was chosen stays what it is.
    options = [*field.options, *({fields.cell(now)} - {"", *field.options})]
    return forms.Select(choices=[("", "–"), *((option, option) for option in options)])


# -- definitions -------------------------------------------------------------------------------------------------


class OptionsField(forms.CharField):
    """A line for each option; cleans to a list, of each the first spelling."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            max_length=MOST_OPTIONS * (LONGEST_OPTION + 20),
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
        if len(options) > MOST_OPTIONS:
            raise forms.ValidationError(f"A choice has {MOST_OPTIONS} options at most.")
        for option in options:
            if len(option) > LONGEST_OPTION:
                raise forms.ValidationError(
                    f"“{option[:40]}…” is too long for an option: {LONGEST_OPTION} characters at most."
                )
        return options


class FieldForm(forms.ModelForm):
    """A field's name, and of a choice its options."""

    options = OptionsField()

    class Meta:
        model = CustomField
        fields = ["name", "options"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk and self.instance.kind != Kind.CHOICE:
            del self.fields["options"]

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if not word_of(name):
            raise forms.ValidationError("A name has a letter or a digit in it.")
        if known := known_as(name):
            raise forms.ValidationError(
                f"Files have a column “{known}” already, which “{name}” would be taken for. Choose another name."
            )
        try:
            defining.no_other_named(self.instance.team_id, name, but=self.instance.id or 0)
        except NameTaken as why:
            raise forms.ValidationError(str(why)) from None
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self._kind(data) == Kind.CHOICE and "options" in data and not data["options"]:
            self.add_error(
                "options", "Write the options that one can choose from, each on a line of its own."
            )
        return data

    def _kind(self, data: dict[str, Any]) -> str:
        return self.instance.kind

    def save(self, commit: bool = True) -> CustomField:
        """Raises InUse, BeingImported or NameTaken, and then nothing is written."""
        field: CustomField = self.instance
        with defining.one_after_the_other(field.team_id):
            defining.no_other_named(field.team_id, field.name, but=field.id)
            if "options" in self.fields:
                field.options = self.initial["options"]
                defining.change_options(field, self.cleaned_data["options"])
            field.save(update_fields=["name", "options"])
        return field


class NewFieldForm(FieldForm):
    class Meta(FieldForm.Meta):
        fields = ["name", "kind", "options"]
        widgets = {"kind": forms.RadioSelect}
        help_texts = {"kind": "The kind of a field stays for good."}

    def _kind(self, data: dict[str, Any]) -> str:
        return str(data.get("kind", ""))

    def save(self, commit: bool = True) -> CustomField:
        """Raises TooMany or NameTaken."""
        data = self.cleaned_data
        kind = Kind(data["kind"])
        options = data["options"] if kind == Kind.CHOICE else []
        return defining.define(self.instance.team, data["name"], kind, options)
