"""Form of a saved view: its name, and whether the whole team sees it."""

from typing import Any

from django import forms

from accounts.access import Right, may
from accounts.models import Member
from messaging.saved_views.access import MAX_VIEWS, visible_views
from messaging.saved_views.models import SavedView


class SavedViewForm(forms.ModelForm):
    for_team = forms.BooleanField(label="For the whole team", required=False)

    class Meta:
        model = SavedView
        fields = ("name",)
        labels = {"name": "Name"}
        error_messages = {"name": {"required": "Give the view a name."}}

    def __init__(self, data: Any = None, *, instance: SavedView, member: Member) -> None:
        super().__init__(data, instance=instance, initial={"for_team": instance.member_id is None})
        self.member = member
        if not may(member, Right.MANAGE_TEAM):
            del self.fields["for_team"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        self.instance.member = None if data.get("for_team") else self.member
        others = visible_views(self.member).exclude(id=self.instance.id)
        same = others.filter(member_id=self.instance.member_id, name__iexact=data.get("name", ""))
        if same.exists():
            self.add_error("name", "There is already a view with this name.")
        if self.instance._state.adding and others.count() >= MAX_VIEWS:
            self.add_error(None, f"There are {MAX_VIEWS} views already. Delete one first.")
        return data
