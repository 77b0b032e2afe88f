"""Settings: what an inbox answers to STOP, START and HELP. Here, because accounts does not know the answers."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from accounts.access import Right, TeamRequest, team_view
from accounts.models import Inbox
from accounts.settings_page import settings_page
from optout.answers import Answer, default


class AnswersForm(forms.ModelForm):
    """An empty answer means ours, which the field shows."""

    class Meta:
        model = Inbox
        fields = ["stop_answer", "start_answer", "help_answer"]
        labels = {
            "stop_answer": "Answer to STOP",
            "start_answer": "Answer to START",
            "help_answer": "Answer to HELP",
        }
        widgets = dict.fromkeys(fields, forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for answer in Answer:
            self.fields[f"{answer}_answer"].widget.attrs["placeholder"] = default(self.instance, answer)


@require_http_methods(["GET", "HEAD", "POST"])
@team_view(Right.MANAGE_INBOXES)
def inbox_answers(request: TeamRequest, id: int) -> HttpResponse:
    inbox = get_object_or_404(request.team.inboxes.select_related("team"), id=id)
    form = AnswersForm(request.POST or None, instance=inbox)
    if form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("inbox_answers", request.team.slug, id)
    return settings_page(request, "optout/inbox_answers.html", "inboxes", {"form": form, "inbox": inbox})
