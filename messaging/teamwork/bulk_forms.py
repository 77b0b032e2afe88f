"""Form of bulk work: the ticked conversations, and the button that was pressed."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Member
from contacts.lists.models import Tag
from kernel.id_parameter import read_id
from messaging.snoozing.choices import snooze_choices
from messaging.teamwork.bulk_work import BulkWork, WorkOrder


class BulkWorkForm(forms.Form):
    """A button sends the work (`action`) or the member to assign to (`assignee`); a list beside two of them the tag."""

    action = forms.ChoiceField(
        choices=[work for work in BulkWork.choices if work[0] not in (BulkWork.ASSIGN, BulkWork.SNOOZE)],
        required=False,
    )

    def __init__(self, data: QueryDict, member: Member) -> None:
        super().__init__(data)
        self.member = member
        self.tag: Tag | None = None
        self.assignee: Member | None = None
        self.until: datetime | None = None

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.conversation_ids:
            raise forms.ValidationError("Select conversations first.")
        if assignee := self._posted("assignee"):
            data["action"] = BulkWork.ASSIGN
            members = Member.objects.filter(team_id=self.member.team_id).select_related("user", "team")
            self.assignee = members.filter(id=assignee).first()
            if self.assignee is None:
                raise forms.ValidationError("This member has left the team.")
        if name := self.data.get("snooze"):
            data["action"] = BulkWork.SNOOZE
            choices = snooze_choices(timezone.now(), self.member.team.clock.zone)
            self.until = next((choice.until for choice in choices if choice.name == name), None)
            if self.until is None:
                raise forms.ValidationError("Choose one of the times.")
        if not data.get("action"):
            raise forms.ValidationError("Choose what to do with the ticked conversations.")
        if data["action"] in (BulkWork.TAG, BulkWork.UNTAG):
            self.tag = Tag.objects.filter(team_id=self.member.team_id, id=self._posted("tag") or 0).first()
            if self.tag is None:
                raise forms.ValidationError("Choose a tag first.")
        return data

    @property
    def order(self) -> WorkOrder:
        return WorkOrder(
            BulkWork(self.cleaned_data["action"]),
            self.conversation_ids,
            self.assignee,
            self.tag,
            self.until,
        )

    @property
    def conversation_ids(self) -> list[int]:
        values = self.data.getlist("conversation")  # type: ignore[attr-defined]
        return [id for id in map(read_id, values) if id is not None]

    def _posted(self, name: str) -> int | None:
        return read_id(self.data.get(name))
