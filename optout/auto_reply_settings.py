"""Settings page of an inbox's automatic replies to STOP, START and HELP, in each language."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.access import Right, TeamRequest, team_view
from accounts.models import Inbox
from accounts.settings_page import render_settings_page
from kernel.form_views import form_view
from kernel.revisions import RevisedForm, locked_for_post
from kernel.segments import describe_segments
from kernel.unfilled_fields import refuse_fields
from optout.auto_replies import AutoReply, default_reply_text, own_wordings
from optout.invited_keywords import PATTERN, invitation_warning
from optout.languages import LANGUAGES
from optout.reply_wordings import ReplyWording

_LABELS = {f"{reply}_reply": f"Reply to {reply.upper()}" for reply in AutoReply}
_LABELS["prompt_reply"] = "Prompt of the double opt-in"


_ANSWER = re.compile(r"\b(YES|START)\b", re.IGNORECASE)


class AutoReplyForm(RevisedForm, forms.ModelForm):
    """The English replies. An empty field means the default text, which the field shows as its placeholder."""

    language = "en"
    invites = PATTERN

    class Meta:
        model = Inbox
        fields = ["stop_reply", "start_reply", "help_reply", "prompt_reply"]
        labels = _LABELS
        widgets = dict.fromkeys(fields, forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for reply in AutoReply:
            default = default_reply_text(self.instance, reply, self.language)
            self.fields[f"{reply}_reply"].widget.attrs["placeholder"] = default
            self.fields[f"{reply}_reply"].validators.append(refuse_fields)

    def clean_prompt_reply(self) -> str:
        """The prompt has to name a word that counts as its answer."""
        text: str = self.cleaned_data["prompt_reply"]
        if text and not _ANSWER.search(text):
            raise forms.ValidationError("Tell people to reply YES: only YES or START confirms.")
        return text

    def rows(self) -> list[tuple[forms.BoundField, str, str]]:
        """Each field with the segments of its text, or of the default text, and a warning of invited keywords."""
        placeholders = [str(field.field.widget.attrs["placeholder"]) for field in self]
        return [
            (
                field,
                describe_segments(str(field.value() or default)),
                "" if field.name == "prompt_reply" else invitation_warning(field.value() or ""),
            )
            for field, default in zip(self, placeholders, strict=True)
        ]


def _wording_field(name: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=_LABELS[name], max_length=320, required=False, widget=widget)


class WordingForm(AutoReplyForm):
    """The replies of an inbox in another language."""

    stop_reply = _wording_field("stop_reply")
    start_reply = _wording_field("start_reply")
    help_reply = _wording_field("help_reply")
    prompt_reply = _wording_field("prompt_reply")

    class Meta:
        model = Inbox
        fields: list[str] = []

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        self.language = language
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["lang"] = language
        own = own_wordings(self.instance, language)
        self.initial.update({f"{reply}_reply": own.get(reply, "") for reply in AutoReply})

    def save(self, commit: bool = True) -> Inbox:
        """Replace the inbox's texts in this language."""
        inbox = self.instance
        key = {"team_id": inbox.team_id, "inbox_id": inbox.id, "language": self.language}
        ReplyWording.objects.filter(**key).delete()
        texts = {reply: self.cleaned_data[f"{reply}_reply"] for reply in AutoReply}
        ReplyWording.objects.bulk_create(
            ReplyWording(**key, reply=reply, text=text) for reply, text in texts.items() if text
        )
        return inbox


@form_view
@team_view(Right.MANAGE_INBOXES)
def inbox_auto_replies(request: TeamRequest, id: int, language: str = "en") -> HttpResponse:
    if language not in LANGUAGES:
        raise Http404("No such language.")
    inboxes = locked_for_post(request, request.team.inboxes.present().select_related("team"))
    inbox = get_object_or_404(inboxes, id=id)
    form = _form(inbox, language, request.POST or None)
    if form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect(request.path)
    context = {"form": form, "inbox": inbox, "language": language, "languages": LANGUAGES.items()}
    return render_settings_page(request, "optout/inbox_auto_replies.html", "inboxes", context)


def _form(inbox: Inbox, language: str, data: Any) -> AutoReplyForm:
    if language == "en":
        return AutoReplyForm(data, instance=inbox)
    return WordingForm(data, instance=inbox, language=language)
