"""Settings page of an inbox's automatic replies to STOP, START and HELP."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from accounts.access import Right, TeamRequest, team_view
from accounts.models import Inbox
from accounts.settings_page import render_settings_page
from kernel.revisions import RevisedForm, locked_for_post
from optout.auto_replies import AutoReply, default_reply_text


class AutoReplyForm(RevisedForm, forms.ModelForm):
    """An empty field means the default text, which the field shows as its placeholder."""

    class Meta:
        model = Inbox
        fields = ["stop_reply", "start_reply", "help_reply"]
        labels = {
            "stop_reply": "Reply to STOP",
            "start_reply": "Reply to START",
            "help_reply": "Reply to HELP",
        }
        widgets = dict.fromkeys(fields, forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for reply in AutoReply:
            default = default_reply_text(self.instance, reply)
            self.fields[f"{reply}_reply"].widget.attrs["placeholder"] = default


@require_http_methods(["GET", "HEAD", "POST"])
@team_view(Right.MANAGE_INBOXES)
def inbox_auto_replies(request: TeamRequest, id: int) -> HttpResponse:
    inboxes = locked_for_post(request, request.team.inboxes.present().select_related("team"))
    inbox = get_object_or_404(inboxes, id=id)
    form = AutoReplyForm(request.POST or None, instance=inbox)
    if form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("inbox_auto_replies", request.team.slug, id)
    return render_settings_page(
        request, "optout/inbox_auto_replies.html", "inboxes", {"form": form, "inbox": inbox}
    )
