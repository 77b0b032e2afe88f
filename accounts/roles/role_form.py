"""Form of a team's own role: its name, what it is for, and its rights."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget

from accounts.access import rights_of
from accounts.models import Member, Role
from accounts.rights import COMPOSABLE, Right, RightGroup, composable_rights, missing_needs
from accounts.roles.models import TeamRole
from kernel.revisions import RevisedForm


class TeamRoleForm(RevisedForm, forms.ModelForm):
    """A role. Rights that the member who saves does not have are refused."""

    rights = forms.MultipleChoiceField(
        choices=[(right.value, right.label) for right in Right if right in COMPOSABLE],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = TeamRole
        fields = ["name", "description", "rights"]
        help_texts = {"description": "What it is for; shown where a role is chosen."}

    def __init__(self, by: Member, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    @property
    def right_groups(self) -> list[tuple[RightGroup, list[tuple[Right, BoundWidget]]]]:
        """The checkboxes of the rights, by group. Those of rights that the member does not have are disabled."""
        boxes, own = {str(box.data["value"]): box for box in self["rights"]}, rights_of(self.by)
        for right in Right:
            if right.value in boxes and right not in own:
                boxes[right.value].data["attrs"]["disabled"] = True
        pairs = [(right, boxes[right.value]) for right in Right if right.value in boxes]
        return [
            (group, shown)
            for group in RightGroup
            if (shown := [pair for pair in pairs if pair[0].group == group])
        ]

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if name.casefold() in {str(role.label).casefold() for role in Role}:
            raise forms.ValidationError("Every team has a role of this name. Choose another one.")
        return name

    def clean_rights(self) -> list[str]:
        rights = composable_rights(self.cleaned_data["rights"])
        problems = [
            f"You may not {right.sentence}, so you cannot give this right."
            for right in Right
            if right in rights - rights_of(self.by)
        ]
        problems += [
            f"“{right.label}” needs “{'” and “'.join(one.label for one in needed)}”. {reason}"
            for right, needed, reason in missing_needs(rights)
        ]
        if problems:
            raise forms.ValidationError(problems)
        return [right.value for right in Right if right in rights]
