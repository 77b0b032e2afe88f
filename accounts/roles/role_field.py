"""Form field of a role, with what each role is for."""

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.models import Role
from accounts.roles.choices import RoleChoice

DESCRIPTIONS = {
    Role.OWNER: "all that admins do, and says who the owners are",
    Role.ADMIN: "every inbox, imports and exports, broadcasts, reports, settings and members",
    Role.MEMBER: "answers texts, opts people out and blocks them, in the member’s inboxes",
}


class RoleField(forms.ChoiceField):
    """One of the offered roles; cleans to a RoleChoice."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"widget": forms.RadioSelect, "initial": Role.MEMBER, **options})
        self.offered: dict[str, RoleChoice] = {}

    def offer(self, choices: Iterable[RoleChoice]) -> None:
        self.offered = {choice.key: choice for choice in choices}
        self.choices = [(key, _described(choice)) for key, choice in self.offered.items()]

    def clean(self, value: Any) -> RoleChoice | None:
        return self.offered.get(super().clean(value))


def role_field_of(form: forms.BaseForm) -> RoleField:
    """The field `role` of a form."""
    field = form.fields["role"]
    assert isinstance(field, RoleField)
    return field


def _described(choice: RoleChoice) -> str:
    return ": ".join(filter(None, (choice.name, description_of(choice))))


def description_of(choice: RoleChoice) -> str:
    return choice.own.description if choice.own else DESCRIPTIONS[Role(choice.role)]


class MoveToForm(forms.Form):
    """The role that everybody gets who has a deleted one."""

    role = RoleField(label="They get the role", required=False)

    def __init__(self, choices: Iterable[RoleChoice], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role_field_of(self).offer(choices)
