"""Forms for the arguments of a bulk action: a list, a tag, an assignee, a reason."""

from typing import Any

from django import forms
from django.db.models import Model

from accounts.models import Member
from contacts.bulk.models import BulkAction
from contacts.lists.models import ContactList, Tag
from kernel.model_choices import offer_rows
from optout.reasons import OptOutReason


class BulkActionForm(forms.Form):
    """An action without arguments."""

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        self.member = member

    def details(self) -> dict[str, Any]:
        """The value of BulkActionRun.details. Creates a list or tag that was typed as new."""
        return {}


class _ChooseLabelForm(BulkActionForm):
    """An existing list or tag."""

    model: type[Model]
    key: str
    label: Any = forms.ModelChoiceField(queryset=None)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["label"].label = self.key.capitalize()
        offer_rows(self, "label", self._labels().order_by("name", "id"), empty_label="Choose…")

    def _labels(self) -> Any:
        return self.model._default_manager.filter(team_id=self.member.team_id)

    def details(self) -> dict[str, Any]:
        label = self.cleaned_data["label"]
        return {self.key: label.id, "name": label.name}


class _ChooseOrCreateLabelForm(_ChooseLabelForm):
    """An existing list or tag, or the name of a new label."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["label"].required = False
        length = self.model._meta.get_field("name").max_length  # type: ignore[union-attr]
        self.fields["new"] = forms.CharField(
            label=f"Or name a new {self.key}", max_length=length, required=False, widget=forms.TextInput
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(cleaned.get("label")) == bool(cleaned.get("new")):
            raise forms.ValidationError(f"Choose a {self.key}, or name a new one.")
        return cleaned

    def details(self) -> dict[str, Any]:
        if name := self.cleaned_data["new"]:
            # Names that differ only in case are the same label.
            label, _ = self._labels().get_or_create(
                name__iexact=name, defaults={"team_id": self.member.team_id, "name": name}
            )
            self.cleaned_data["label"] = label
        return super().details()


class BulkRemoveFromListForm(_ChooseLabelForm):
    model, key = ContactList, "list"

    def _labels(self) -> Any:
        return super()._labels().with_entries()


class BulkAddToListForm(_ChooseOrCreateLabelForm):
    model, key = ContactList, "list"

    def _labels(self) -> Any:
        return super()._labels().with_entries()

    def clean_new(self) -> str:
        name = str(self.cleaned_data["new"])
        if super()._labels().filter(name__iexact=name, is_live=True).exists():
            raise forms.ValidationError(f"{name} is a live list: its filter decides who is on it.")
        return name


class BulkUntagForm(_ChooseLabelForm):
    model, key = Tag, "tag"


class BulkTagForm(_ChooseOrCreateLabelForm):
    model, key = Tag, "tag"


class BulkAssignForm(BulkActionForm):
    assignee: Any = forms.ModelChoiceField(
        queryset=None, required=False, empty_label="Nobody", label="Assign to"
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        members = Member.objects.filter(team_id=self.member.team_id).select_related("user")
        offer_rows(self, "assignee", members.by_name())

    def details(self) -> dict[str, Any]:
        assignee = self.cleaned_data["assignee"]
        return {"assignee": assignee.id if assignee else None, "name": str(assignee or "nobody")}


class BulkOptOutForm(BulkActionForm):
    reason = forms.ChoiceField(choices=OptOutReason, widget=forms.RadioSelect, label="Why?")

    def details(self) -> dict[str, Any]:
        reason = OptOutReason(self.cleaned_data["reason"])
        return {"reason": reason.label, "source": reason.source}


class BulkBlockForm(BulkActionForm):
    reason = forms.CharField(label="Why?", max_length=150)

    def details(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}


class BulkDeleteForm(BulkActionForm):
    erase = forms.BooleanField(required=False, label="Also erase the texts with their numbers")

    def details(self) -> dict[str, Any]:
        return {"erase": self.cleaned_data["erase"]}


FORMS: dict[BulkAction, type[BulkActionForm]] = {
    BulkAction.ADD_TO_LIST: BulkAddToListForm,
    BulkAction.REMOVE_FROM_LIST: BulkRemoveFromListForm,
    BulkAction.TAG: BulkTagForm,
    BulkAction.UNTAG: BulkUntagForm,
    BulkAction.ASSIGN: BulkAssignForm,
    BulkAction.OPT_OUT: BulkOptOutForm,
    BulkAction.BLOCK: BulkBlockForm,
    BulkAction.DELETE: BulkDeleteForm,
}
