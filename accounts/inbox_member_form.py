"""Form of an inbox's members: for each member whether they see it, and with which role."""

from typing import Any

from django import forms

from accounts.access import Right, may
from accounts.models import Inbox, Member, Role
from accounts.roles.choices import RoleChoice, own_choices
from accounts.roles.granting import may_give_in
from accounts.roles.inbox_roles import InboxPlace, places_in
from kernel.revisions import RevisedForm

NO_SEAT, AS_IN_TEAM = InboxPlace(seated=False), InboxPlace(seated=True)


class InboxMembersForm(RevisedForm, forms.Form):
    """A field for each member who is no owner or admin: those have the same rights in every inbox."""

    def __init__(self, inbox: Inbox, by: Member, *args: Any) -> None:
        super().__init__(*args)
        self.instance = inbox
        self.present = places_in(inbox)
        self.given = [
            role for role in (RoleChoice(Role.MEMBER), *own_choices(by.team)) if may_give_in(by, role, inbox)
        ]
        members = Member.objects.filter(team_id=inbox.team_id, role=Role.MEMBER)
        self.members = list(members.select_related("user", "custom_role").by_name())
        self.places = {member: self._places(member) for member in self.members}
        for member in self.members:
            self.fields[_name(member)] = self._field(member)

    def rows(self) -> list[tuple[Member, forms.BoundField]]:
        return [(member, self[_name(member)]) for member in self.members]

    def wanted(self) -> dict[Member, InboxPlace]:
        """The places that a valid form asks for."""
        return {member: self.places[member][self.cleaned_data[_name(member)]] for member in self.members}

    def _places(self, member: Member) -> dict[str, InboxPlace]:
        """The places that the member may get, by the value of their choice; always with the present one."""
        places = [NO_SEAT, AS_IN_TEAM, *(InboxPlace(True, role) for role in self.given)]
        present = self._present(member)
        if may(member, Right.SEE_ALL_INBOXES):
            places.remove(NO_SEAT if present == AS_IN_TEAM else AS_IN_TEAM)  # there is no difference
        return {_key(place): place for place in dict.fromkeys([*places, present])}

    def _field(self, member: Member) -> forms.Field:
        sees_all = may(member, Right.SEE_ALL_INBOXES)
        choices = [
            (key, _label(place, member, sees_all=sees_all)) for key, place in self.places[member].items()
        ]
        return forms.ChoiceField(label=str(member), choices=choices, initial=_key(self._present(member)))

    def _present(self, member: Member) -> InboxPlace:
        return self.present.get(member.id, NO_SEAT)


def _name(member: Member) -> str:
    return f"member_{member.id}"


def _key(place: InboxPlace) -> str:
    if place.role:
        return place.role.key
    return "team" if place.seated else "none"


def _label(place: InboxPlace, member: Member, *, sees_all: bool) -> str:
    if place.role:
        return place.role.name
    return f"As in the team: {member.role_name}" if place.seated or sees_all else "No access"
