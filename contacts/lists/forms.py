"""FIXME module docstring."""

from django import forms

from contacts.lists.models import ContactList, Tag


class _LabelNameForm(forms.ModelForm):
    """The name of a list or tag: one spelling of it in a team, whatever the case."""

    noun: str

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        others = type(self.instance).objects.filter(team_id=self.instance.team_id, name__iexact=name)
        if others.exclude(id=self.instance.id).exists():
            raise forms.ValidationError(f"There is a {self.noun} of this name already.")
        return name


class ListForm(_LabelNameForm):
    noun = "list"
    prefix = "list"

    class Meta:
        model = ContactList
        fields = ["name"]
        labels = {"name": "Name of the list"}


class TagForm(_LabelNameForm):
    noun = "tag"
    prefix = "tag"

    class Meta:
        model = Tag
        fields = ["name"]
        labels = {"name": "Name of the tag"}
