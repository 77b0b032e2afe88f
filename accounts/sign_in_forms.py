"""Forms of sign-in, sign-up and passwords: allauth's, with this product's labels."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.addresses import account_of, hand_over
from accounts.forms import INVALID_EMAIL, name_field
from accounts.models import User
from accounts.reset_tokens import ResetTokens, proved_address
from accounts.sign_up import SignUp, send_link

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
        _use_our_words(self, login="Email")
        self.fields["login"].widget.attrs["autofocus"] = True  # the only thing to do on this page


class NewEmailForm(allauth_forms.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _use_our_words(self, email="Email")


class PasswordChangeForm(allauth_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _use_our_words(self, oldpassword="Current password", password1="New password", password2=AGAIN)


class PasswordConfirmationForm(allauth_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _use_our_words(self, password="Password")  # noqa: S106  (a label)


class PasswordResetForm(allauth_forms.ResetPasswordForm):
    """A reset goes to the account that has proved the address; every other address gets an email that says so."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _use_our_words(self, email="Email")

    def clean_email(self) -> str:
        email: str = get_adapter().clean_email(self.cleaned_data["email"].lower())
        user = account_of(email)
        self.users = [user] if user and user.is_active else []
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        request.session["emailed"] = self.cleaned_data["email"]
        kwargs["token_generator"] = ResetTokens(self.cleaned_data["email"])
        return str(super().save(request, **kwargs))


class NewPasswordForm(allauth_forms.ResetPasswordKeyForm):
    """The page of a reset's link, which proves the address that the link was sent to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _use_our_words(self, password1="New password", password2=AGAIN)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        self.address = proved_address(self.user, self.temp_key)
        if self.address is None:
            raise forms.ValidationError("This link is no longer valid. Request another email.")
        return data

    def save(self) -> None:
        hand_over(self.user, self.address, self.cleaned_data["password1"])  # type: ignore[arg-type]


class SignupForm(allauth_forms.SignupForm):
    """Sign-up asks for a link by email. The answer is the same for every address, and without an email."""

    name = name_field("Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    business = name_field("Business name", widget=forms.TextInput(attrs={"autocomplete": "organization"}))
    field_order = ("name", "business", "email")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password1"]  # the page of the link asks for it
        _use_our_words(self, email="Email")

    def validate_unique_email(self, value: str) -> str:
        return value

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        data = self.cleaned_data
        if ratelimit.consume(request, action="signup_email", key=data["email"].lower()):
            send_link(SignUp(data["name"], data["business"], data["email"]))
        request.session["emailed"] = data["email"]
        return None, redirect("sign_up_email_sent")
