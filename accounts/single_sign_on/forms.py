"""Forms of Settings > Sign-in > Single sign-on: the issuer, a domain, and what single sign-on counts for."""

from typing import Any

from django import forms
from django.conf import settings

from accounts.membership_forms import MembershipForm
from accounts.models import Member, Role, Team
from accounts.rights import Right
from accounts.roles.choices import RoleChoice, role_choices
from accounts.roles.role_field import RoleField, role_field_of
from accounts.single_sign_on.discovery import IssuerConfiguration
from accounts.single_sign_on.issuers import Provider, issuer_of, provider_of
from accounts.single_sign_on.models import SingleSignOn
from kernel.model_choices import offer_rows
from kernel.revisions import RevisedForm

_STORED = "Stored encrypted, and never shown again."
_KEEP = "Leave it empty to keep the secret that is stored."
_NOT_PROVED = "Nobody has signed in by single sign-on yet. Do it once yourself, so that nobody is locked out."


class IssuerForm(RevisedForm, forms.ModelForm):
    """The team's issuer. What the owner enters for it depends on the provider."""

    provider = forms.ChoiceField(label="Provider", choices=Provider)
    issuer = forms.CharField(
        label="Tenant ID, domain or issuer", required=False, max_length=300,
        help_text=(
            "Google: leave it empty. Microsoft: the Directory (tenant) ID. Okta: your domain, such as acme.okta.com. "
            "Others: the issuer's address."
        ),
    )  # fmt: skip
    client_id = forms.CharField(label="Client ID", max_length=300)
    new_secret = forms.CharField(
        label="Client secret", required=False, max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}), help_text=_STORED,
    )  # fmt: skip

    class Meta:
        model = SingleSignOn
        fields = ["issuer", "client_id"]

    field_order = ["provider", "issuer", "client_id", "new_secret"]
    revises_new = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance.issuer
        self._before = stored, self.instance.client_id
        self.initial["provider"] = provider_of(stored) if stored else Provider.GOOGLE
        self.fields["new_secret"].required = not (stored and self.instance.has_secret)
        if not self.fields["new_secret"].required:
            self.fields["new_secret"].help_text = f"{_STORED} {_KEEP}"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            http = settings.SINGLE_SIGN_ON_ALLOW_LOOPBACK
            data["issuer"] = issuer_of(data.get("provider", ""), data.get("issuer", ""), allow_http=http)
        except ValueError as error:
            self.add_error("issuer", str(error))
        return data

    def save_found(self, found: IssuerConfiguration) -> SingleSignOn:
        """Save the issuer as it was found. Another one, or another client ID, must be proved anew by a sign-in."""
        sign_on: SingleSignOn = super().save(commit=False)
        sign_on.issuer, sign_on.configuration = found.issuer, found.as_json()
        if (sign_on.issuer, sign_on.client_id) != self._before:
            sign_on.proved_at = None
        if secret := self.cleaned_data["new_secret"]:
            sign_on.client_secret = secret
        sign_on.save()
        return sign_on


class DomainForm(forms.Form):
    domain = forms.CharField(
        label="Domain", max_length=300, help_text="Such as example.com: what stands after the @."
    )


class SingleSignOnRulesForm(RevisedForm, forms.Form):
    """What single sign-on counts for, and how people become members by it."""

    creates_members = forms.BooleanField(
        label="People of our domains become members when they sign in", required=False,
        help_text="Otherwise they are invited first. Whoever was removed from the team stays out.",
    )  # fmt: skip
    role = RoleField(label="Their role")
    inboxes: Any = forms.ModelMultipleChoiceField(
        label="Their inboxes", queryset=None, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=MembershipForm.base_fields["inboxes"].help_text,
    )  # fmt: skip
    issuer_asks_second_factor = forms.BooleanField(
        label="Our issuer asks for a second factor", required=False,
        help_text="Then Heymarket asks for none after single sign-on, also where the team requires two-factor sign-in.",
    )  # fmt: skip
    required = forms.BooleanField(
        label="Members must use single sign-on", required=False,
        help_text=(
            "Passwords and passkeys then open this team to owners alone, with a second factor, so that a broken issuer "
            "locks nobody out for ever. API keys stay as they are."
        ),
    )  # fmt: skip

    def __init__(self, team: Team, sign_on: SingleSignOn, *args: Any, **kwargs: Any) -> None:
        self.team, self.instance = team, sign_on
        super().__init__(*args, **kwargs)
        self.initial.update(_stored_rules(team, sign_on))
        roles = [role for role in role_choices(team) if Right.MANAGE_SIGN_IN not in role.rights]
        role_field_of(self).offer(roles)
        offer_rows(self, "inboxes", team.inboxes.present().order_by("name", "id"))

    def clean_required(self) -> bool:
        required = bool(self.cleaned_data["required"])
        if required and not self.team.single_sign_on_required and self.instance.proved_at is None:
            raise forms.ValidationError(_NOT_PROVED)
        return required

    def save(self) -> None:
        """Save both. Raises RoleGone."""
        data = self.cleaned_data
        self.team.single_sign_on_required = data["required"]
        self.team.issuer_asks_second_factor = data["issuer_asks_second_factor"]
        self.team.save(update_fields=["single_sign_on_required", "issuer_asks_second_factor"])
        role = data["role"].locked()
        self.instance.role, self.instance.custom_role = role.role, role.own
        self.instance.creates_members = data["creates_members"]
        self.instance.inbox_ids = [inbox.id for inbox in data["inboxes"]]
        self.instance.save(update_fields=["creates_members", "role", "custom_role", "inbox_ids"])


def _stored_rules(team: Team, sign_on: SingleSignOn) -> dict[str, Any]:
    return {
        "required": team.single_sign_on_required,
        "issuer_asks_second_factor": team.issuer_asks_second_factor,
        "creates_members": sign_on.creates_members,
        "role": RoleChoice(sign_on.role, sign_on.custom_role).key,
        "inboxes": sign_on.inbox_ids,
    }


def without_claimed_address(team: Team) -> list[Member]:
    """Members whom single sign-on cannot let in, since no address of theirs is of a claimed domain."""
    domains = set(team.claimeddomains.exclude(verified_at=None).values_list("domain", flat=True))
    members = team.members.exclude(role=Role.OWNER).select_related("user").order_by("id")
    return [member for member in members if member.user.email.rpartition("@")[2].lower() not in domains]
