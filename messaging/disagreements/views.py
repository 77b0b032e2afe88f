"""Pages of disagreements: numbers about which a carrier and we disagree, and their export."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, may, team_view
from contacts.exports.download import download_response, invalid_link_page
from kernel.keyset import Cursor
from kernel.unknown_filters import in_a_sentence, unknown_filters
from messaging.disagreements.export import HEADER, export_rows
from messaging.disagreements.listing import Disagreement, count_in_words, fetch_page


@require_GET
@team_view(Right.MANAGE_INBOXES)
def disagreements(request: TeamRequest) -> HttpResponse:
    kind, inbox_id = _filters(request)
    unknown = _unknown(request, kind, inbox_id)
    after = Cursor.read(request.GET.get("after", ""))
    context = {
        "section": "contacts",
        "page": fetch_page(request.team, kind, inbox_id, after if after and after.value else None),
        "count": count_in_words(request.team, kind, inbox_id),
        "kinds": Disagreement.choices,
        "kind": kind,
        "unknown_filters": unknown,
        "inboxes": request.team.inboxes.order_by("name", "id"),
        "inbox_id": inbox_id,
        "query": f"kind={kind}&inbox={inbox_id or ''}",
        "after": after,
        "may_export": may(request.member, Right.EXPORT),
    }
    return render(request, "messaging/disagreements.html", context)


@require_GET
@team_view(Right.EXPORT)
def export_disagreements(request: TeamRequest) -> HttpResponseBase:
    """The list, filtered as its page is."""
    kind, inbox_id = _filters(request)
    if unknown := _unknown(request, kind, inbox_id):
        return invalid_link_page(request, in_a_sentence(unknown))
    batches = export_rows(request.team, kind, inbox_id)
    return download_response(request, "carrier-disagreements", HEADER, batches)


def _filters(request: TeamRequest) -> tuple[str, int | None]:
    """The kind and the inbox in the address. Unknown ones are ignored, but named."""
    kind, inbox = request.GET.get("kind", ""), request.GET.get("inbox", "")
    known = dict(request.team.inboxes.values_list("id", "id"))
    return (
        kind if kind in Disagreement.values else "",
        known.get(int(inbox)) if inbox.isascii() and inbox.isdecimal() and len(inbox) < 19 else None,
    )


def _unknown(request: TeamRequest, kind: str, inbox_id: int | None) -> list[str]:
    return unknown_filters(request.GET, {"kind": ("Disagreement", kind), "inbox": ("Inbox", inbox_id)})
