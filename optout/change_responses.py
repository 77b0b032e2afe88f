"""Responses of the views that change a standing: the form as a page or for a dialog, and the toast that ends it."""

from dataclasses import dataclass, field

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import TeamRequest
from kernel import change_tokens
from kernel.form_views import render_form
from kernel.phone_numbers import display
from optout.models import ConsentEvent, StandingState
from optout.views import render_standing, requested_inbox, requested_panel, return_to_page, return_url
from optout.wording import remaining_state


@dataclass(frozen=True)
class Toast:
    """What was done, and the URL whose POST undoes it, if that is possible."""

    words: str
    undo: str = ""
    fields: dict[str, str] = field(default_factory=dict)  # of that POST


def render_change(request: TeamRequest, number: str, template: str, form: forms.Form) -> HttpResponse:
    """The form of a change: a page, or the content of the dialog for htmx. 422 after a POST."""
    context = {
        "frame": "optout/change_dialog.html" if request.htmx else "optout/change_page.html",
        "section": "contacts",
        "number": number,
        "shown_number": display(number, request.team.country),
        "panel": requested_panel(request, number),
        "form": form,
        "next": return_url(request),
    }
    response = render_form(request, template, context)
    if request.htmx:
        response["Cache-Control"] = "no-store"  # Back must not show it as the page of this address
        response["HX-Retarget"], response["HX-Reswap"] = "#dialog-content", "innerHTML"
    return response


def respond_changed(
    request: TeamRequest, number: str, toast: Toast, event: ConsentEvent | None = None
) -> HttpResponse:
    """Let every open page fetch its parts again, and say what was done.

    A browser without JavaScript returns to the page it came from.
    """
    change_tokens.renew_on_commit(request.team.id)
    words = f"{toast.words}{remaining_state(event) if event else ''}."
    if not request.htmx:
        messages.success(request, words)
        return return_to_page(request, number)
    stopped = event is not None and event.after != StandingState.ACTIVE
    response = _render_toast(request, number, words, toast, stopped=stopped)
    response["HX-Trigger"] = "changed"
    return response


def refuse(request: TeamRequest, number: str, problem: str) -> HttpResponse:
    """Say why a change that has no form was not made."""
    if not request.htmx:
        return render_standing(request, number, problem)
    return _render_toast(request, number, problem, Toast(problem), status=422)


def _render_toast(
    request: TeamRequest, number: str, words: str, toast: Toast, *, stopped: bool = False, status: int = 200
) -> HttpResponse:
    context = {
        "number": number,
        "words": words,
        "toast": toast,
        "inbox": requested_inbox(request),
        "stopped": stopped,
        "refused": status != 200,
    }
    return render(request, "optout/toast.html", context, status=status)
