"""Views of a draft that is about to be sent: the review, the test text, those who are left out, the confirmation."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, inboxes_with, may, team_view
from contacts.exports.download import download_response
from kernel.form_views import render_form
from kernel.id_parameter import read_id
from kernel.keyset import Cursor
from kernel.phone_numbers import display
from kernel.tenancy import scope
from messaging.broadcasts.audience import Audience
from messaging.broadcasts.audience_form import describe_audience
from messaging.broadcasts.clocks import clocks_at
from messaging.broadcasts.exports import LEFT_OUT_HEADER, left_out_export_rows
from messaging.broadcasts.forms import TestTextForm
from messaging.broadcasts.groups import count_groups, group_page
from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.lifecycle import NotPossible, take_back
from messaging.broadcasts.line_lookups import ask_for_line_types, count_lookups
from messaging.broadcasts.models import Broadcast, BroadcastStatus
from messaging.broadcasts.preview import BroadcastPreview, find_preview
from messaging.broadcasts.review import (
    ChangedMeanwhile,
    confirm_reviewed,
    fingerprint,
    left_out_rows,
    missing_parts,
    planned_duration,
)
from messaging.broadcasts.sample import send_sample

NAMED = 5  # people with an unfilled field whom the review names
PAGE_SIZE = 50
CHANGED = "The draft was changed meanwhile. Look at it again before you confirm it."


@require_GET
@team_view(Right.SEND_BROADCASTS)
def broadcast_review(request: TeamRequest, id: int) -> HttpResponse:
    draft = _find_draft(request, id)
    if draft.status != BroadcastStatus.DRAFT:
        return redirect("broadcast", request.team.slug, id)
    return render(request, "broadcasts/review.html", _review_context(request, draft))


@require_POST
@team_view(Right.SEND_BROADCASTS)
def broadcast_confirmation(request: TeamRequest, id: int) -> HttpResponse:
    """Send the draft now or at its time, unless it was changed since the review was shown."""
    _find_draft(request, id)
    try:
        confirm_reviewed(id, request.member, request.POST.get("seen", ""))
    except ChangedMeanwhile:
        messages.warning(request, CHANGED)
        return redirect("broadcast_review", request.team.slug, id)
    except NotPossible as refusal:
        messages.warning(request, str(refusal))
        return redirect("broadcast_review", request.team.slug, id)
    return redirect("broadcast", request.team.slug, id)


@require_POST
@team_view(Right.SEND_BROADCASTS)
def broadcast_confirmation_deletion(request: TeamRequest, id: int) -> HttpResponse:
    """Make a scheduled broadcast a draft again."""
    _find_draft(request, id)
    try:
        take_back(id, request.team.id)
    except NotPossible as refusal:
        messages.warning(request, str(refusal))
        return redirect("broadcast", request.team.slug, id)
    messages.success(request, "It is a draft again and will not be sent until you confirm it.")
    return redirect("edit_broadcast", request.team.slug, id)


@require_POST
@team_view(Right.SEND_BROADCASTS)
def broadcast_line_lookups(request: TeamRequest, id: int) -> HttpResponse:
    """Let the carrier look up the line types of the draft's people that are not known yet."""
    ask_for_line_types(_find_draft(request, id), request.team)
    return redirect("broadcast_review", request.team.slug, id)


# -- test text ---------------------------------------------------------------------------------------------------


@require_POST
@team_view(Right.SEND_BROADCASTS, whole_request=False)
def broadcast_test_text(request: TeamRequest, id: int) -> HttpResponse:
    """Send the text to the number of the form, as the previewed person would get it."""
    with scope(request.team.id):
        draft = _find_draft(request, id)
        form = TestTextForm(request.POST, member=request.member)
        preview = find_preview(draft, request.member, at=read_id(request.POST.get("as")))
        number = form.cleaned_data["number"] if form.is_valid() else ""
        sendable = inboxes_with(request.member, Right.SEND_TEXTS)
        inbox = sendable.filter(id=draft.inbox_id).first() if draft.inbox_id else sendable.open().first()
        if number and inbox is None:
            form.add_error("number", "There is no open inbox in which you may send texts.")
    if number and inbox:
        inbox.team = request.team
        if problem := send_sample(draft, inbox, number, preview.person, request.member):
            form.add_error("number", problem)
    sent_to = display(number, request.team.country) if number and not form.errors else ""
    return _respond_to_test(request, draft, form, preview, sent_to)


def _respond_to_test(
    request: TeamRequest, draft: Broadcast, form: TestTextForm, preview: BroadcastPreview, sent_to: str
) -> HttpResponse:
    context = {"broadcast": draft, "test_form": form, "test_sent_to": sent_to, "preview": preview}
    if request.htmx:
        template = "broadcasts/test_text.html#form"
        return render(request, template, context) if sent_to else render_form(request, template, context)
    if sent_to:
        messages.success(request, f"The test was sent to {sent_to}.")
        return redirect("broadcast_review", request.team.slug, draft.id)
    with scope(request.team.id):
        return render_form(request, "broadcasts/review.html", _review_context(request, draft) | context)


# -- left out ----------------------------------------------------------------------------------------------------


@require_GET
@team_view(Right.SEND_BROADCASTS)
def broadcast_left_out(request: TeamRequest, id: int, reason: str) -> HttpResponse:
    """Those whom the draft would leave out now for this reason."""
    draft, after = _find_draft(request, id), Cursor.read(request.GET.get("after", ""), None)
    _require_reason(reason)
    people = group_page(draft, request.team, reason, after=after.id if after else 0, limit=PAGE_SIZE + 1)
    for contact in people:
        contact.shown_number = display(contact.number, request.team.country)  # type: ignore[attr-defined]
    context = {
        "section": "broadcasts",
        "broadcast": draft,
        "reason": reason,
        "label": LeftOut(reason).label,
        "is_stopped": reason in (LeftOut.OPTED_OUT, LeftOut.ONE_INBOX, LeftOut.BLOCKED),
        "people": people[:PAGE_SIZE],
        "next": people[PAGE_SIZE - 1].id if len(people) > PAGE_SIZE else "",
        "may_export": may(request.member, Right.EXPORT),
    }
    return render(request, "broadcasts/left_out.html", context)


@require_GET
@team_view(Right.SEND_BROADCASTS, Right.EXPORT)
def export_broadcast_left_out(request: TeamRequest, id: int, reason: str) -> HttpResponseBase:
    """The same people, all of them."""
    draft = _find_draft(request, id)
    _require_reason(reason)
    inboxes = dict(request.team.inboxes.values_list("id", "name"))
    rows = left_out_export_rows(draft, request.team, LeftOut(reason), inboxes)
    return download_response(request, f"left-out-{reason}", LEFT_OUT_HEADER, rows)


def _require_reason(reason: str) -> None:
    if reason not in LeftOut.values:
        raise Http404("There is no such reason.")


# -- the page ----------------------------------------------------------------------------------------------------


def _find_draft(request: TeamRequest, id: int) -> Broadcast:
    rows = Broadcast.objects.filter(team_id=request.team.id).select_related("inbox", "picture")
    found: Broadcast = get_object_or_404(rows, id=id)
    found.team = request.team
    return found


def _review_context(request: TeamRequest, draft: Broadcast) -> dict[str, Any]:
    now = timezone.now()
    preview = find_preview(draft, request.member)
    audience = Audience.from_json(draft.audience)
    count = count_groups(draft, request.team)
    unfilled = count.left_out.get(LeftOut.UNFILLED, 0)
    named = group_page(draft, request.team, LeftOut.UNFILLED, limit=NAMED) if unfilled else []
    text = preview.person.filled.text if preview.person else draft.body
    duration, rate_words = planned_duration(draft, count.recipients, text)
    return {
        "section": "broadcasts",
        "broadcast": draft,
        "preview": preview,
        "problems": missing_parts(draft, now),
        "count": count,
        "left_out": left_out_rows(count.left_out),
        "unfilled": named,
        "more_unfilled": unfilled - len(named),
        "audience_words": describe_audience(request.team, audience),
        "lookups": count_lookups(draft, request.team),
        "clocks": clocks_at(draft, request.team, draft.send_at or now),
        "duration": duration,
        "rate_words": rate_words,
        "zone_name": request.team.clock.zone_name,
        "test_form": TestTextForm(member=request.member),
        "seen": fingerprint(draft),
    }
