"""Forms for the name of a list or tag."""

from typing import Any

from django import forms

from contacts.lists.models import ContactList, Tag
from kernel.revisions import RevisedForm


class _LabelNameForm(RevisedForm, forms.ModelForm):
    """The name of a label. It is unique in a team, whatever its case."""

    noun: str

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        others = type(self.instance).objects.filter(team_id=self.instance.team_id, name__iexact=name)
        if others.exclude(id=self.instance.id).exists():
            raise forms.ValidationError(f"A {self.noun} with this name already exists.")
        return name


class ListForm(_LabelNameForm):
    noun = "list"
    prefix = "list"

    class Meta:
        model = ContactList
        fields = ["name"]
        labels = {"name": "List name"}


class LiveListForm(ListForm):
    """The name and the filter of a live list. The view puts the filter's fields together as `query`."""

    class Meta(ListForm.Meta):
        fields = ["name", "query"]
        widgets = {"query": forms.HiddenInput}
        labels = {"name": "List name", "query": "Conditions"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["query"].required = False


class TagForm(_LabelNameForm):
    noun = "tag"
    prefix = "tag"

    class Meta:
        model = Tag
        fields = ["name"]
        labels = {"name": "Tag name"}
