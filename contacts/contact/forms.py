"""Forms for a contact: the details beside a conversation, the full form, and a new contact."""

from typing import Any

from django import forms
from django.db.models import TextChoices
from django.urls import reverse

from accounts.access import Right, may
from accounts.models import Member
from contacts.contact.models import Contact
from contacts.custom_fields.forms import CustomValueField
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.set_values import set_values
from contacts.custom_fields.values import FieldValue
from contacts.lists.labels import set_lists, set_tags
from contacts.lists.models import AddedBy, ContactList
from kernel.model_choices import offer_rows
from kernel.number_field import NumberField, number_as_typed
from kernel.revisions import RevisedForm
from optout.reasons import OptOutReason

MAX_TAG_LENGTH = 40  # characters, as in the table


class TagsField(forms.CharField):
    """Tag names, separated by commas. Cleans to a list without duplicates, whatever their case."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=1000, help_text="Separate with commas.")

    def clean(self, value: Any) -> list[str]:
        typed = (" ".join(word.split()) for word in super().clean(value).split(","))
        names = list({name.lower(): name for name in typed if name}.values())
        for name in names:
            if len(name) > MAX_TAG_LENGTH:
                raise forms.ValidationError(
                    f"“{name}” is too long. A tag can have up to {MAX_TAG_LENGTH} characters."
                )
        return names


class ContactDetailsForm(RevisedForm, forms.ModelForm):
    """The details of a contact beside a conversation."""

    revises_new = True  # a text may create the contact while the form is open
    tags = TagsField()
    field_order = ["first_name", "last_name", "display_name", "email", "tags", "note"]

    class Meta:
        model = Contact
        fields = ["first_name", "last_name", "display_name", "email", "note"]
        labels = {"email": "Email"}
        widgets = {"note": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["tags"] = ", ".join(tag.name for tag in self.instance.sorted_tags())

    def save(self, commit: bool = True) -> Contact:
        """Save the form's columns only: a text may change the time of the last message at the same moment."""
        contact: Contact = self.instance
        contact.save(update_fields=[*self.Meta.fields, "updated_at"])
        self.save_related()
        return contact

    def save_related(self) -> None:
        """Save the values that are not columns of this form."""
        set_tags(self.instance, self.cleaned_data["tags"])


class ContactForm(ContactDetailsForm):
    """The full form of a contact, with its number, lists and custom fields."""

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
        self._by, team = by, by.team
        self.fields["number"] = NumberField(team.country, self.instance.number, recipient_of=team)
        preview_url = f"{reverse('number_preview', args=[team.slug])}?of={self.instance.pk or ''}"
        self.fields["number"].widget.attrs |= {
            "hx-get": preview_url,
            "hx-trigger": "input changed delay:400ms, blur changed",
            "hx-target": "#number-preview",
            "hx-sync": "this:replace",
        }
        if self.instance.pk:
            self.fields["number"].help_text = "If you change it, the conversations stay with the old number."
        number = self.initial.get("number") or self.instance.number
        self.initial["number"] = number_as_typed(number, team.country)
        lists = ContactList.objects.with_entries().filter(team_id=team.id).order_by("name")
        offer_rows(self, "lists", lists)
        self.initial["lists"] = [entry.id for entry in self.instance.sorted_lists()]
        members = Member.objects.filter(team_id=team.id).select_related("user").by_name()
        offer_rows(self, "assignee", members, empty_label="Nobody")
        self.order_fields(self.field_order)
        self._custom_fields = list(CustomField.objects.of(team.id))
        for field in self._custom_fields:
            value = self.instance.custom.get(field.key)
            self.fields[field.column] = CustomValueField(field, team.country, value)

    @property
    def custom_fields(self) -> list[forms.BoundField]:
        return [self[field.column] for field in self._custom_fields]

    @property
    def custom_initials(self) -> list[str]:
        """The initial values in hidden fields, for a page that passes the form on."""
        return [field.as_hidden(only_initial=True) for field in self.custom_fields]

    @property
    def changed_custom(self) -> dict[str, FieldValue | None]:
        """The changed values by the fields' keys. A field that was not in the submitted form is unchanged."""
        return {
            field.key: self.cleaned_data[field.column]
            for field in self._custom_fields
            if self[field.column].html_name in self.data and field.column in self.changed_data
        }

    @property
    def number(self) -> str:
        """The canonical number that was entered."""
        return str(self.cleaned_data["number"])

    def save_related(self) -> None:
        super().save_related()
        set_lists(self.instance, self.cleaned_data["lists"], AddedBy.member(str(self._by)))
        set_values(self.instance, self.changed_custom)


class NewContactStatus(TextChoices):
    """The initial status of a new contact's number."""

    ACTIVE = "active", "Active"
    OPT_OUT = "opt_out", "Opted out"
    BLOCK = "block", "Blocked"


class NewContactForm(ContactForm):
    revises_new = False
    status = forms.ChoiceField(
        choices=NewContactStatus,
        initial=NewContactStatus.ACTIVE,
        widget=forms.RadioSelect,
        help_text="Choosing Active does not lift an opt-out or a block.",
    )
    opt_out_reason = forms.TypedChoiceField(
        label="Why opted out?",
        choices=OptOutReason,
        coerce=OptOutReason,
        widget=forms.RadioSelect,
        required=False,
        empty_value=None,
        help_text="What they said themselves is lifted only by START or recorded consent.",
    )
    block_reason = forms.CharField(label="Why blocked?", max_length=150, required=False)
    _reason_fields = {NewContactStatus.OPT_OUT: "opt_out_reason", NewContactStatus.BLOCK: "block_reason"}
    field_order = ["number", "status", "opt_out_reason", "block_reason", *ContactForm.field_order[1:]]

    def __init__(self, by: Member, *args: Any, **options: Any) -> None:
        super().__init__(by, *args, **options)
        rights = {NewContactStatus.OPT_OUT: Right.OPT_OUT, NewContactStatus.BLOCK: Right.BLOCK}
        allowed = [status for status in NewContactStatus if status not in rights or may(by, rights[status])]
        self.fields["status"].choices = [(status.value, status.label) for status in allowed]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        asked = self._reason_fields.get(cleaned.get("status", ""))
        if asked and not cleaned.get(asked):
            self.add_error(asked, "Say why.")
        return cleaned

    @property
    def reason(self) -> OptOutReason | str:
        """Why the number is opted out or blocked; empty for an active one."""
        asked = self._reason_fields.get(self.cleaned_data["status"])
        return self.cleaned_data[asked] if asked else ""
