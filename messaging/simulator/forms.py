"""Forms of the simulator page: a text from the simulated phone, and the behavior of the simulated carrier."""

from django import forms

from messaging.forms import MAX_TEXT_LENGTH, FilesField
from messaging.simulator.models import SimulatorBehavior


class HandsetForm(forms.Form):
    """A text from the simulated phone. Unlike a team's text, it may consist of white space."""

    body = forms.CharField(max_length=MAX_TEXT_LENGTH, strip=False, required=False)
    attachments = FilesField(required=False)


class SimulatorBehaviorForm(forms.ModelForm):
    class Meta:
        model = SimulatorBehavior
        fields = ["keeps_opt_outs", "refuses", "fails", "delay"]
        labels = {
            "keeps_opt_outs": "Handles opt-outs itself: replies to STOP, START and HELP, "
            "and rejects further texts with error 21610",
            "refuses": "Rejects every text with error 21610",
            "fails": "Fails: texts are not delivered",
            "delay": "Delay before accepting a text, in seconds",
        }
        widgets = {"delay": forms.NumberInput({"min": 0, "max": 30})}
