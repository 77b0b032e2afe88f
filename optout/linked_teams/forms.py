"""Form of a request to link teams."""

from django import forms


class LinkRequestForm(forms.Form):
    email = forms.EmailField(
        label="Email of the other team's owner",
        max_length=254,
        help_text="They get an email, and accept or decline under Settings > Linked teams of their own team.",
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()
