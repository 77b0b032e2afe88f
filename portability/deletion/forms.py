"""Form of the deletion of a team: its name, and the owner's password or a sign-in of a moment ago."""

from typing import Any

from allauth.core import ratelimit
from django import forms
from django.http import HttpRequest

from accounts.models import Member
from accounts.two_factor.confirmation import signed_in_recently


class TeamDeletionForm(forms.Form):
    name = forms.CharField(label="Name of the team", max_length=80)
    password = forms.CharField(
        label="Your password", widget=forms.PasswordInput({"autocomplete": "current-password"}), strip=False
    )

    def __init__(self, data: Any, member: Member, request: HttpRequest) -> None:
        super().__init__(data)
        self.member, self.request = member, request
        self.fields["name"].help_text = f"Type {member.team.name}."
        if not member.user.has_usable_password():  # they sign in by a passkey or elsewhere
            del self.fields["password"]

    def clean(self) -> dict[str, Any]:
        if "password" not in self.fields and not signed_in_recently(self.request):
            raise forms.ValidationError("Sign out and in again first: your last sign-in was too long ago.")
        return super().clean() or {}

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if name.casefold().split() != self.member.team.name.casefold().split():
            raise forms.ValidationError("This is not the name of the team.")
        return name

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not ratelimit.consume(self.request, action="reauthenticate", user=self.member.user):
            raise forms.ValidationError("Too many attempts. Try again in a few minutes.")
        if not self.member.user.check_password(password):
            raise forms.ValidationError("This is not your password.")
        return password
