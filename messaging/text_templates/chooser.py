"""Chooser of templates: what it offers in a conversation or for a new one, filled, as links that fill the composer."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, inboxes_with, team_view
from accounts.models import Inbox
from kernel.id_parameter import read_id
from messaging.page_contexts import find_conversation
from messaging.recipients import RecipientField
from messaging.text_templates.fields import FilledText, fill
from messaging.text_templates.models import TextTemplate
from messaging.text_templates.templates import most_used
from messaging.text_templates.values import field_values

MAX_CHOICES = 50


@dataclass(frozen=True)
class TemplateChoice:
    """A template as it would be sent here, and the address of the page with it in the composer."""

    template: TextTemplate
    filled: FilledText
    url: str


@require_GET
@team_view(in_inbox=Right.SEND_TEXTS)
def conversation_templates(request: TeamRequest, conversation_id: int) -> HttpResponse:
    found = find_conversation(request, conversation_id)
    page = reverse("conversation", args=[request.team.slug, found.id])
    return render_choices(request, found.inbox, found.number, page, {})


@require_GET
@team_view(in_inbox=Right.SEND_TEXTS)
def new_conversation_templates(request: TeamRequest) -> HttpResponse:
    """For a text whose recipient may not be chosen yet: then fields about the person are filled when it is sent."""
    inboxes = inboxes_with(request.member, Right.SEND_TEXTS).open()
    inbox = inboxes.filter(id=read_id(request.GET.get("inbox")) or 0).first() or inboxes.first()
    typed = request.GET.get("number", "").strip()
    page = reverse("new_conversation", args=[request.team.slug])
    kept = {name: request.GET[name] for name in ("number", "inbox") if request.GET.get(name)}
    if inbox:
        inbox.team = request.team
    return render_choices(request, inbox, _read_number(request, typed), page, kept)


def _read_number(request: TeamRequest, typed: str) -> str | None:
    try:
        return RecipientField(request.team).clean(typed) or None
    except ValidationError:
        return None


def render_choices(
    request: TeamRequest, inbox: Inbox | None, number: str | None, page: str, kept: dict[str, str]
) -> HttpResponse:
    """The templates that match, as links to a page. Without a number their fields stay as they are written."""
    typed = request.GET.get("q", "").strip()[:100]
    values = field_values(inbox, number, request.member) if inbox and number else None
    choices = [
        TemplateChoice(
            template,
            FilledText(template.body) if values is None else fill(template.body, values),
            f"{page}?{urlencode({**kept, 'template': str(template.id)})}",
        )
        for template in most_used(request.member, typed, MAX_CHOICES)
    ]
    context: dict[str, Any] = {"choices": choices, "typed": typed, "kept": kept.items(), "page": page}
    part = "#choices" if request.htmx else ""
    return render(request, f"messaging/template_choices.html{part}", context | {"section": "inbox"})
