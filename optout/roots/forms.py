"""Form of the place to which the daily root of the ledger is sent."""

from django import forms

from accounts.models import Team
from kernel.revisions import RevisedForm


class RootEmailForm(RevisedForm, forms.ModelForm):
    class Meta:
        model = Team
        fields = ["root_email"]
        labels = {"root_email": "Send each root to this email address"}
        help_texts = {"root_email": "Best one that people who could change the database cannot reach."}
