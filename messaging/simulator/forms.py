"""FIXME module docstring."""

from django import forms

from messaging.forms import MAX_TEXT_LENGTH
from messaging.simulator.models import SimulatorBehavior


class HandsetForm(forms.Form):
    """A text from the simulated handset; unlike a team's, it may be anything that fits into a webhook."""

    body = forms.CharField(max_length=MAX_TEXT_LENGTH, strip=False)


class SimulatorBehaviorForm(forms.ModelForm):
    class Meta:
        model = SimulatorBehavior
        fields = ["keeps_opt_outs", "refuses", "fails", "delay"]
        labels = {
            "keeps_opt_outs": "Keeps opt-outs itself: answers STOP, START and HELP, and refuses with 21610",
            "refuses": "Refuses every text with 21610",
            "fails": "Fails: no text arrives",
            "delay": "Seconds before it takes a text",
        }
        widgets = {"delay": forms.NumberInput({"min": 0, "max": 30})}
