"""Forms for the name of a list or tag."""

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


class TagForm(_LabelNameForm):
    noun = "tag"
    prefix = "tag"

    class Meta:
        model = Tag
        fields = ["name"]
        labels = {"name": "Tag name"}
