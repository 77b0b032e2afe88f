"""Settings page of an inbox's automatic texts: the away text, and the first-contact text."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.access import Right, TeamRequest, team_view
from accounts.audit.models import SettingsSection
from accounts.models import Inbox
from accounts.settings_audit import record_form
from accounts.settings_page import render_settings_page
from kernel.form_views import form_view
from kernel.revisions import RevisedForm, locked_for_post
from kernel.segments import describe_segments
from kernel.unfilled_fields import refuse_fields
from messaging.hours.inbox_hours import hours_of
from optout.invited_keywords import PATTERN, invitation_warning

AGAIN_CHOICES = [(1, "1 hour"), (4, "4 hours"), (12, "12 hours"), (24, "24 hours"), (72, "3 days")]


class AutomaticTextForm(RevisedForm, forms.ModelForm):
    """The automatic texts of an inbox. An empty text is not sent."""

    invites = PATTERN  # for the warning while somebody types

    away_again_hours = forms.TypedChoiceField(
        label="Send the away text again after",
        coerce=int,
        choices=AGAIN_CHOICES,
        help_text="Within this time a conversation gets it once.",
    )

    class Meta:
        model = Inbox
        fields = [
            "away_text", "away_again_hours", "first_contact_text", "double_opt_in", "double_opt_in_marketing",
        ]  # fmt: skip
        labels = {"away_text": "Away text", "first_contact_text": "First-contact text"}
        labels |= {
            "double_opt_in": "Ask new people to confirm that they want texts",
            "double_opt_in_marketing": "The prompt asks for marketing texts, too",
        }
        help_texts = {
            "away_text": "To people who write while the inbox is closed.",
            "first_contact_text": "To people who write to this inbox for the first time, and to whom it never wrote.",
        }
        widgets = dict.fromkeys(("away_text", "first_contact_text"), forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("away_text", "first_contact_text"):
            self.fields[name].validators.append(refuse_fields)

    def rows(self) -> list[tuple[forms.BoundField, str, str]]:
        """Each text with its segments, and a warning of invited keywords."""
        texts = [(self[name], str(self[name].value() or "")) for name in ("away_text", "first_contact_text")]
        return [(field, describe_segments(text), invitation_warning(text)) for field, text in texts]


@form_view
@team_view(Right.MANAGE_INBOXES)
def inbox_automatic_texts(request: TeamRequest, id: int) -> HttpResponse:
    inboxes = locked_for_post(request, request.team.inboxes.present().select_related("team"))
    inbox = get_object_or_404(inboxes, id=id)
    before = AutomaticTextForm(instance=inbox)
    form = AutomaticTextForm(request.POST or None, instance=inbox)
    if form.is_valid():
        after = AutomaticTextForm(instance=form.save())
        record_form(request.member, SettingsSection.INBOXES, before, after, inbox=inbox)
        messages.success(request, "Saved.")
        return redirect(request.path)
    context: dict[str, Any] = {"form": form, "inbox": inbox, "never_closed": hours_of(inbox).is_always_open}
    return render_settings_page(request, "messaging/inbox_automatic_texts.html", "inboxes", context)
