"""Forms of sign-in, sign-up and passwords: allauth's, with this product's labels."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.forms import INVALID_EMAIL, name_field
from accounts.models import Team, User

AGAIN = "New password, again"


def _use_our_words(form: forms.Form, **labels: str) -> None:
    """Give allauth's fields our labels and help, and no placeholders that repeat the labels."""
    for name, label in labels.items():
        form.fields[name].label = label
    for name in ("email", "login"):
        if name in form.fields:
            form.fields[name].error_messages["invalid"] = INVALID_EMAIL
    if "password1" in form.fields:
        form.fields["password1"].help_text = "At least 10 characters."
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class SignInForm(allauth_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _use_our_words(self, login="E-mail")


class NewEmailForm(allauth_forms.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _use_our_words(self, email="E-mail")


class PasswordChangeForm(allauth_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _use_our_words(self, oldpassword="Current password", password1="New password", password2=AGAIN)


class PasswordResetForm(allauth_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _use_our_words(self, email="E-mail")


class NewPasswordForm(allauth_forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _use_our_words(self, password1="New password", password2=AGAIN)


class SignupForm(allauth_forms.SignupForm):
    """Sign-up creates a user and the team that this user owns, both or neither."""

    name = name_field("Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    business = name_field("Business name", widget=forms.TextInput(attrs={"autocomplete": "organization"}))
    field_order = ["name", "business", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _use_our_words(self, email="E-mail", password1="Password")

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:  # the same form was sent twice at once
            messages.info(request, "This e-mail address already has an account. Sign in.")
            return None, redirect("account_login")

    def custom_signup(self, request: HttpRequest, user: Any) -> None:
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
        Team.objects.create_with_owner(self.cleaned_data["business"], user)
