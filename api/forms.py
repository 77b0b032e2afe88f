"""What an admin fills in to make an API key."""

from django import forms

from api.models import KeyKind, KeyScope


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=60,
        help_text="The program that will hold it. The ledger of consent names it.",
    )
    kind = forms.ChoiceField(
        label="How it is used", choices=KeyKind, initial=KeyKind.BEARER, widget=forms.RadioSelect
    )
    scopes = forms.MultipleChoiceField(
        label="It may",
        choices=[(scope.value, scope.label.capitalize()) for scope in KeyScope],
        initial=[KeyScope.READ, KeyScope.WRITE, KeyScope.SEND],
        widget=forms.CheckboxSelectMultiple,
        help_text="Give it no more than it needs; a key is not changed later, but another one is soon made.",
        error_messages={"required": "Choose what it may do."},
    )

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def chosen(self) -> tuple[str, KeyKind, list[KeyScope]]:
        """Name, kind and scopes."""
        data = self.cleaned_data
        return data["name"], KeyKind(data["kind"]), [KeyScope(scope) for scope in data["scopes"]]
