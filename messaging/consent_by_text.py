"""Form of fresh consent, filled in from a text in which the person wishes to be texted again."""

from datetime import timedelta

from django.utils import timezone

from messaging.models import Message
from optout.forms import FreshConsentForm

SECOND = timedelta(seconds=1)


def consent_form_of(message: Message) -> FreshConsentForm:
    """The form with the text's words, inbox and time. `message.inbox.team` is loaded."""
    team = message.inbox.team
    at = timezone.make_naive(message.at, team.clock.zone)
    # In whole seconds, as browsers enter them, and not before the text: an opt-out may be a moment older.
    at = at.replace(microsecond=0) + (SECOND if at.microsecond else timedelta())
    initial = {"words": message.body, "source": f"Text to {message.inbox.name}", "obtained_at": at}
    form = FreshConsentForm(team=team, initial=initial, auto_id=f"text_{message.id}_%s")
    widget = form.fields["obtained_at"].widget
    widget.format, widget.attrs["step"] = "%Y-%m-%dT%H:%M:%S", "1"
    return form
