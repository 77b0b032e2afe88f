"""What a member fills in about a contact."""

from django import forms

from contacts.models import Contact


class ContactForm(forms.ModelForm):
    class Meta:
        model = Contact
        fields = ["name", "email", "note"]
        labels = {"email": "E-mail"}
        widgets = {"note": forms.Textarea({"rows": 3}), "name": forms.TextInput({"autocomplete": "off"})}
