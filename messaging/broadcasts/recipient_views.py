"""Views of a broadcast's people: who got it and who did not, as pages and files, and the replies."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, may, team_view
from contacts.exports.download import download_response
from kernel.keyset import Cursor
from messaging.broadcasts.exports import RECIPIENT_HEADER, recipient_rows
from messaging.broadcasts.figures import FiguresOfBroadcast, figures_of
from messaging.broadcasts.models import Broadcast
from messaging.broadcasts.outcomes import RecipientOutcome
from messaging.broadcasts.recipient_list import EFFECTS, RecipientQuery, fetch_page


@require_GET
@team_view(Right.SEND_BROADCASTS)
def broadcast_recipients(request: TeamRequest, id: int) -> HttpResponse:
    found = get_object_or_404(Broadcast, team_id=request.team.id, id=id)
    query = RecipientQuery.read(request.GET)
    after = Cursor.read(request.GET.get("after", ""), None)
    context = {
        "section": "broadcasts",
        "broadcast": found,
        "query": query,
        "page": fetch_page(found, request.team, query, after.id if after else 0),
        "count": count_people(figures_of(found), query),
        "may_export": may(request.member, Right.EXPORT),
    }
    return render(request, "broadcasts/recipients.html", context)


def count_people(figures: FiguresOfBroadcast, query: RecipientQuery) -> int:
    """The number of people that the query lists."""
    if query.reason:
        return figures.left_out.get(query.reason, 0)
    if query.state in EFFECTS:
        return figures.count(lambda group: getattr(group, query.state))
    if query.code is not None:
        failed = RecipientOutcome.FAILED
        return figures.count(lambda group: group.outcome == failed and group.error_code == query.code)
    if query.state:
        return figures.by_outcome().get(RecipientOutcome(query.state), 0)
    return figures.audience


@require_GET
@team_view(Right.SEND_BROADCASTS, Right.EXPORT)
def export_broadcast_recipients(request: TeamRequest, id: int) -> HttpResponseBase:
    """The people that the page lists with this query."""
    found = get_object_or_404(Broadcast, team_id=request.team.id, id=id)
    rows = recipient_rows(found, request.team, RecipientQuery.read(request.GET))
    return download_response(request, f"broadcast-{found.id}", RECIPIENT_HEADER, rows)


@require_GET
@team_view(Right.SEND_BROADCASTS)
def broadcast_replies(request: TeamRequest, id: int) -> HttpResponse:
    """The inbox, narrowed to the conversations of those who replied."""
    found = get_object_or_404(Broadcast, team_id=request.team.id, id=id)
    return redirect(f"{reverse('inbox', args=[request.team.slug])}?folder=replies&broadcast={found.id}")
