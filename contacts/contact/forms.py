"""What a member fills in about a contact, a list or a tag."""

from typing import Any

from django import forms
from django.db.models import TextChoices
from django.urls import reverse

from accounts.access import Right, may
from accounts.models import Member
from contacts.contact.models import Contact
from contacts.custom_fields import set_values
from contacts.custom_fields.forms import CustomValueField
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import FieldValue
from contacts.lists import labels as lists_labels
from contacts.lists.models import ContactList
from kernel.number_field import NumberField, number_as_typed

LONGEST_TAG = 40  # characters, as in the table


class TagsField(forms.CharField):
    """Words with commas between them; cleans to a list of names, one spelling of each."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=1000, help_text="With commas between them.")

    def clean(self, value: Any) -> list[str]:
        typed = (" ".join(word.split()) for word in super().clean(value).split(","))
        names = list({name.lower(): name for name in typed if name}.values())
        for name in names:
            if len(name) > LONGEST_TAG:
                raise forms.ValidationError(
                    f"“{name}” is too long for a tag: {LONGEST_TAG} characters at most."
                )
        return names


class ContactDetailsForm(forms.ModelForm):
    """What stands about a contact beside a conversation; small enough for that place."""

    tags = TagsField()
    field_order = ["first_name", "last_name", "display_name", "email", "tags", "note"]

    class Meta:
        model = Contact
        fields = ["first_name", "last_name", "display_name", "email", "note"]
        labels = {"email": "E-mail"}
        widgets = {"note": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["tags"] = ", ".join(tag.name for tag in self.instance.sorted_tags())

    def save(self, commit: bool = True) -> Contact:
        """Write these columns alone: the time of the newest text may have changed meanwhile."""
        contact: Contact = self.instance
        contact.save(update_fields=[*self.Meta.fields, "updated_at"])
        self.label()
        return contact

    def label(self) -> None:
        """Write what is kept beside the contact's row."""
        lists_labels.set_tags(self.instance, self.cleaned_data["tags"])


class ContactForm(ContactDetailsForm):
    """Everything that is filled in about a contact, with its number and the team's own fields."""

    lists: Any = forms.ModelMultipleChoiceField(
        queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    field_order = [
        "number", "first_name", "last_name", "display_name", "email", "tags", "lists", "assignee", "note",
    ]  # fmt: skip

    class Meta(ContactDetailsForm.Meta):
        fields = [*ContactDetailsForm.Meta.fields, "assignee"]
        labels = {**ContactDetailsForm.Meta.labels, "assignee": "Assigned to"}
        help_texts = {"display_name": "Shown instead of first and last name."}

    def __init__(self, by: Member, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        team = by.team
        self.fields["number"] = NumberField(team.country, self.instance.number)
        check = f"{reverse('number_preview', args=[team.slug])}?of={self.instance.pk or ''}"
        self.fields["number"].widget.attrs |= {
            "hx-get": check,
            "hx-trigger": "input changed delay:400ms, blur changed",
            "hx-target": "#number-preview",
            "hx-sync": "this:replace",
        }
        number = self.initial.get("number") or self.instance.number
        self.initial["number"] = number_as_typed(number, team.country)
        self.fields["lists"].queryset = ContactList.objects.filter(team_id=team.id).order_by("name")  # type: ignore[attr-defined]
        self.initial["lists"] = [entry.id for entry in self.instance.sorted_lists()]
        members = Member.objects.filter(team_id=team.id).select_related("user").order_by("user__name", "id")
        self.fields["assignee"].queryset = members  # type: ignore[attr-defined]
        self.fields["assignee"].empty_label = "Nobody"  # type: ignore[attr-defined]
        self.order_fields(self.field_order)
        self._own = list(CustomField.objects.of(team.id))
        for own in self._own:
            self.fields[own.column] = CustomValueField(own, team.country, self.instance.custom.get(own.key))

    @property
    def own_fields(self) -> list[forms.BoundField]:
        return [self[own.column] for own in self._own]

    @property
    def own_initials(self) -> list[str]:
        """What they showed at first, for a page that only passes them on."""
        return [own.as_hidden(only_initial=True) for own in self.own_fields]

    @property
    def changed_custom(self) -> dict[str, FieldValue | None]:
        """What the member changed in the team's fields, by their keys; a field that was not in the form is not here."""
        mine = [own for own in self._own if self[own.column].html_name in self.data]
        return {own.key: self.cleaned_data[own.column] for own in mine if own.column in self.changed_data}

    @property
    def number(self) -> str:
        """The canonical one that was entered."""
        return str(self.cleaned_data["number"])

    def label(self) -> None:
        super().label()
        lists_labels.set_lists(self.instance, self.cleaned_data["lists"])
        set_values.set_values(self.instance, self.changed_custom)


class NewContactStatus(TextChoices):
    """What a new contact's number is from the start."""

    ACTIVE = "active", "Active"
    OPT_OUT = "opt_out", "Opt Out"
    BLOCK = "block", "Blocked"


class NewContactForm(ContactForm):
    status = forms.ChoiceField(
        choices=NewContactStatus,
        initial=NewContactStatus.ACTIVE,
        widget=forms.RadioSelect,
        help_text="Active lifts nothing: a number that is opted out or blocked stays so.",
    )
    field_order = ["number", "status", *ContactForm.field_order[1:]]

    def __init__(self, by: Member, *args: Any, **options: Any) -> None:
        super().__init__(by, *args, **options)
        needs = {NewContactStatus.OPT_OUT: Right.OPT_OUT, NewContactStatus.BLOCK: Right.BLOCK}
        open_to = [status for status in NewContactStatus if status not in needs or may(by, needs[status])]
        self.fields["status"].choices = [(status.value, status.label) for status in open_to]  # type: ignore[attr-defined]
