"""Form of a draft: the words of a composer as they are, also with blanks at the end."""

from django import forms

MAX_DRAFT = 10_000  # characters; more than a text may have, since people shorten before they send


class DraftForm(forms.Form):
    body = forms.CharField(required=False, strip=False, max_length=MAX_DRAFT)
