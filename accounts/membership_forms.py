"""Forms of members and invitations: a role, and the inboxes that a member sees."""

from typing import Any

from django import forms

from accounts.access import Right, may
from accounts.forms import INVALID_EMAIL
from accounts.models import Member, Role
from kernel.revisions import RevisedForm

# What each role may do, where a role is chosen.
ROLES = {
    Role.OWNER: "Owner: all that admins do, and says who the owners are",
    Role.ADMIN: "Admin: every inbox, imports and exports, broadcasts, reports, settings and members",
    Role.MEMBER: "Member: answers texts, opts people out and blocks them, in the inboxes ticked below",
}
NO_INBOX = "A member without an inbox sees no conversations. Tick an inbox above, or tick this to invite all the same."


class MembershipForm(RevisedForm, forms.Form):
    """A role in the team, and the inboxes that a member without further rights sees."""

    role = forms.ChoiceField(widget=forms.RadioSelect, initial=Role.MEMBER)
    inboxes: Any = forms.ModelMultipleChoiceField(
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Owners and admins see every inbox.",
    )

    def __init__(self, by: Member, *args: Any, member: Member | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance = member
        with_owner = may(by, Right.MANAGE_OWNERS) or (member and member.role == Role.OWNER)
        roles = [role for role in Role if role != Role.OWNER or with_owner]
        self.fields["role"].choices = [(role.value, ROLES[role]) for role in roles]  # type: ignore[attr-defined]
        self.fields["inboxes"].queryset = by.team.inboxes.present().order_by("name", "id")  # type: ignore[attr-defined]


class InvitationForm(MembershipForm):
    """An invitation. One as a member without an inbox is confirmed."""

    email = forms.EmailField(label="Email", error_messages={"invalid": INVALID_EMAIL})
    without_inbox = forms.BooleanField(label="Invite without an inbox", required=False)
    field_order = ["email", "role", "inboxes", "without_inbox"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        confirmed = data.pop("without_inbox", False)
        if data.get("role") == Role.MEMBER and not data.get("inboxes") and not confirmed:
            self.add_error("without_inbox", NO_INBOX)
        return data
