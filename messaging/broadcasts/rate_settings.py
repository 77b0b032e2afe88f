"""Settings page of an inbox's broadcasts: how many segments it sends a minute, and lookups of line types."""

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
from messaging.broadcasts.rates import DEFAULT_RATES, FASTEST


class BroadcastRateForm(RevisedForm, forms.ModelForm):
    """The rate of an inbox's broadcasts (empty: the default of its number type), and lookups of line types."""

    broadcast_rate = forms.IntegerField(
        label="Segments per minute", required=False, min_value=1, max_value=FASTEST
    )

    line_lookups = forms.BooleanField(
        label="Look up landlines before a broadcast",
        help_text="The review of a broadcast then offers to ask your carrier which numbers are landlines."
        " Your carrier charges for each lookup. Results are kept for a year, so that no number is paid for twice.",
        required=False,
    )

    class Meta:
        model = Inbox
        fields = ["broadcast_rate", "line_lookups"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        number_type = self.instance.number_type
        rate = f"{DEFAULT_RATES[number_type]:,}"
        self.fields["broadcast_rate"].help_text = f"Empty: {rate}, as for {number_type.noun}."


@form_view
@team_view(Right.MANAGE_INBOXES)
def inbox_broadcasts(request: TeamRequest, id: int) -> HttpResponse:
    inbox = get_object_or_404(locked_for_post(request, request.team.inboxes.present()), id=id)
    before = BroadcastRateForm(instance=inbox)
    form = BroadcastRateForm(request.POST or None, instance=inbox)
    if form.is_valid():
        after = BroadcastRateForm(instance=form.save())
        record_form(request.member, SettingsSection.INBOXES, before, after, inbox=inbox)
        messages.success(request, "Saved.")
        return redirect(request.path)
    context: dict[str, Any] = {
        "form": form,
        "inbox": inbox,
        "rates": [(kind.noun, rate) for kind, rate in DEFAULT_RATES.items()],
    }
    return render_settings_page(request, "messaging/inbox_broadcasts.html", "inboxes", context)
