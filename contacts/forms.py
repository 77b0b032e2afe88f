"""What a member fills in about a contact."""

from django import forms

from contacts.models import Contact


class ContactForm(forms.ModelForm):
    class Meta:
        model = Contact
        fields = ["first_name", "last_name", "display_name", "email", "note"]
        labels = {"email": "E-mail"}
        widgets = {"note": forms.Textarea({"rows": 3})}
