"""Form for a new API key."""

from django import forms

from api.models import KeyKind, KeyMode, KeyScope


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=60,
        help_text="The app that uses the key. Opt-outs that it records show this name.",
    )
    kind = forms.ChoiceField(label="Type", choices=KeyKind, initial=KeyKind.BEARER, widget=forms.RadioSelect)
    mode = forms.ChoiceField(
        label="Requests", choices=KeyMode, initial=KeyMode.STRICT, widget=forms.RadioSelect
    )
    scopes = forms.MultipleChoiceField(
        label="Scopes",
        choices=[(scope.value, scope.label.capitalize()) for scope in KeyScope],
        initial=[KeyScope.READ, KeyScope.WRITE, KeyScope.SEND],
        widget=forms.CheckboxSelectMultiple,
        help_text="Choose only what the app needs. Scopes cannot be changed later; create another key instead.",
        error_messages={"required": "Choose at least one scope."},
    )

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def chosen(self) -> tuple[str, KeyKind, list[KeyScope], KeyMode]:
        """Name, kind, scopes and mode."""
        data = self.cleaned_data
        scopes = [KeyScope(scope) for scope in data["scopes"]]
        return data["name"], KeyKind(data["kind"]), scopes, KeyMode(data["mode"])
