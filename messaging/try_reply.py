"""Settings > Opt-out > Try a reply: shows what a text would do, to whom, why, and its reply, without doing it."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import Right, TeamRequest, team_view
from accounts.models import Inbox, Team
from accounts.settings_page import settings_context
from kernel.form_views import form_view
from kernel.model_choices import offer_rows
from kernel.number_field import NumberField
from kernel.phone_numbers import CHANNELS, display
from messaging.forms import MAX_TEXT_LENGTH
from messaging.reply_preview import preview_text

# The number of nobody, for a text without a number: the fictional 555-0100 of North America.
NOBODY = "+12025550100"


class TryReplyForm(forms.Form):
    inbox = forms.ModelChoiceField(label="Inbox", queryset=Inbox.objects.none(), empty_label=None)
    channel = forms.ChoiceField(
        label="Sent by", choices=[("", "Text (SMS or MMS)"), *CHANNELS.items()], required=False
    )
    body = forms.CharField(
        label="Text", max_length=MAX_TEXT_LENGTH, strip=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, team: Team, **options: Any) -> None:
        super().__init__(*args, **options)
        inboxes = team.inboxes.present().select_related("team").order_by("name", "id")
        offer_rows(self, "inbox", inboxes)
        self.fields["number"] = NumberField(team.country, label="From (optional)")
        self.fields["number"].required = False
        self.fields["number"].help_text = "With a number, its opt-outs and blocks count."


@form_view
@team_view(Right.MANAGE_INBOXES)
def try_reply(request: TeamRequest) -> HttpResponse:
    form = TryReplyForm(request.POST if request.method == "POST" else None, team=request.team)
    preview = number = None
    if form.is_valid():
        number = form.cleaned_data["number"] or ""
        inbox, body, channel = (form.cleaned_data[name] for name in ("inbox", "body", "channel"))
        preview = preview_text(inbox, number or NOBODY, body, channel)
    context = {
        "form": form,
        "preview": preview,
        "number": display(number, request.team.country) if number else "",
        **settings_context(request, "opt_out_settings"),
    }
    status = 422 if form.is_bound and preview is None else 200
    return render(request, "messaging/try_reply.html", context, status=status)
