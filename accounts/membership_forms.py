"""Forms of members and invitations: a role, and the inboxes that a member sees."""

from typing import Any

from django import forms

from accounts.access import Right
from accounts.forms import INVALID_EMAIL
from accounts.models import Member
from accounts.roles.choices import RoleChoice, role_choices
from accounts.roles.granting import may_give
from accounts.roles.role_field import RoleField, role_field_of
from kernel.model_choices import offer_rows
from kernel.revisions import RevisedForm

NO_INBOX = "A member without an inbox sees no conversations. Tick an inbox above, or tick this to invite all the same."


class MembershipForm(RevisedForm, forms.Form):
    """A role in the team, and the inboxes that a member without further rights sees."""

    role = RoleField()
    inboxes: Any = forms.ModelMultipleChoiceField(
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Roles that see every inbox, such as owner and admin, need none.",
    )

    def __init__(self, by: Member, *args: Any, member: Member | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance = member
        present = RoleChoice.of(member) if member else None
        offered = [role for role in role_choices(by.team) if role == present or may_give(by, role)]
        role_field_of(self).offer(offered)
        offer_rows(self, "inboxes", by.team.inboxes.present().order_by("name", "id"))


class InvitationForm(MembershipForm):
    """An invitation. One as a member without an inbox is confirmed."""

    email = forms.EmailField(label="Email", error_messages={"invalid": INVALID_EMAIL})
    without_inbox = forms.BooleanField(label="Invite without an inbox", required=False)
    field_order = ["email", "role", "inboxes", "without_inbox"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        confirmed = data.pop("without_inbox", False)
        role = data.get("role")
        if role and Right.SEE_ALL_INBOXES not in role.rights and not data.get("inboxes") and not confirmed:
            self.add_error("without_inbox", NO_INBOX)
        return data
