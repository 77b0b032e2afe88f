"""Settings page of an inbox's broadcasts: how many segments it sends a minute."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.access import Right, TeamRequest, team_view
from accounts.models import Inbox
from accounts.settings_page import render_settings_page
from kernel.form_views import form_view
from kernel.revisions import RevisedForm, locked_for_post
from messaging.broadcasts.rates import DEFAULT_RATES, FASTEST, kind_of


class BroadcastRateForm(RevisedForm, forms.ModelForm):
    """The rate of an inbox's broadcasts. Empty: the default of its kind of number."""

    broadcast_rate = forms.IntegerField(
        label="Segments a minute", required=False, min_value=1, max_value=FASTEST
    )

    class Meta:
        model = Inbox
        fields = ["broadcast_rate"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = kind_of(self.instance.number)
        self.fields["broadcast_rate"].help_text = f"Empty: {DEFAULT_RATES[kind]:,}, as for a {kind}."


@form_view
@team_view(Right.MANAGE_INBOXES)
def inbox_broadcasts(request: TeamRequest, id: int) -> HttpResponse:
    inbox = get_object_or_404(locked_for_post(request, request.team.inboxes.present()), id=id)
    form = BroadcastRateForm(request.POST or None, instance=inbox)
    if form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect(request.path)
    context: dict[str, Any] = {"form": form, "inbox": inbox, "rates": DEFAULT_RATES.items()}
    return render_settings_page(request, "messaging/inbox_broadcasts.html", "inboxes", context)
