"""Form for a new API key."""

from typing import Any

from django import forms

from accounts.access import Right, rights_of
from accounts.models import Member
from api.models import KeyKind, KeyMode, KeyScope

# What a key with the scope may do. A member creates no key that may do what the member may not.
SCOPE_RIGHTS = {
    KeyScope.READ: {Right.SEE_ALL_INBOXES},
    KeyScope.WRITE: {
        Right.ORGANIZE, Right.OPT_OUT, Right.BLOCK, Right.LIFT_RECORDED_BY_US, Right.EDIT_CONTACTS,
        Right.DELETE_CONTACTS, Right.MANAGE_TEMPLATES,
    },
    KeyScope.SEND: {Right.SEND_TEXTS, Right.SEND_BROADCASTS},
    KeyScope.WEBHOOKS: {Right.MANAGE_WEBHOOKS},
    KeyScope.CONSENT: {Right.LIFT_PERSONS_OWN},
    KeyScope.PERSONAL_DATA: {Right.EXPORT, Right.DELETE_CONTACTS},
}  # fmt: skip


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
        initial=[KeyScope.READ, KeyScope.WRITE, KeyScope.SEND],
        widget=forms.CheckboxSelectMultiple,
        help_text="Choose only what the app needs. Scopes cannot be changed later; create another key instead.",
        error_messages={"required": "Choose at least one scope."},
    )

    def __init__(self, by: Member, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [scope for scope in KeyScope if SCOPE_RIGHTS[scope] <= rights_of(by)]
        field: Any = self.fields["scopes"]
        field.choices = [(scope.value, scope.label.capitalize()) for scope in offered]
        if len(offered) < len(KeyScope):
            field.help_text += (
                " Scopes are not offered if you may not do yourself what a key with them may do."
            )

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def chosen(self) -> tuple[str, KeyKind, list[KeyScope], KeyMode]:
        """Name, kind, scopes and mode."""
        data = self.cleaned_data
        scopes = [KeyScope(scope) for scope in data["scopes"]]
        return data["name"], KeyKind(data["kind"]), scopes, KeyMode(data["mode"])
