"""View of the search: the page of its results."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.access import TeamRequest, team_view, visible_inboxes
from kernel.loading import load, nothing_loader, rows_loader, side_by_side
from messaging.inbox import read_cursor
from messaging.search.forms import SearchForm
from messaging.search.indexing import is_behind, progress_loader
from messaging.search.people import PersonMatches
from messaging.search.text_search import SearchTookTooLong, TextPage, read_query, texts_loader


@require_GET
@team_view()
def search(request: TeamRequest) -> HttpResponse:
    context = {"section": "inbox", **_results(request)}
    return render(request, f"messaging/search.html{'#results' if request.htmx else ''}", context)


def _results(request: TeamRequest) -> dict[str, Any]:
    inboxes, indexed = load(
        side_by_side(rows_loader(visible_inboxes(request.member)), progress_loader(request.team))
    )
    form = SearchForm(request.GET, inboxes)
    context: dict[str, Any] = {"form": form, "inboxes": inboxes, "page": TextPage([])}
    if not form.is_valid() or not form.asks_for_something:
        return context
    before = read_cursor(request.GET.get("before"))
    context |= {"asked": True, "behind": is_behind(request.team, indexed), "first_page": before is None}
    typed, inbox = read_query(form.cleaned_data["q"]), form.cleaned_data["inbox"]
    asks_for_people = before is None and not form.cleaned_data["person"]
    people = PersonMatches.of(request.member, typed) if asks_for_people else None
    try:
        page, conversations = load(
            side_by_side(
                texts_loader(form, request.member, inboxes, before),
                people.conversations(request.member, inbox) if people else nothing_loader(),
            )
        )
    except SearchTookTooLong:
        return context | {"too_long": True}
    return context | {"page": page, "people": conversations, "next_url": _next_url(request, page)}


def _next_url(request: TeamRequest, page: TextPage) -> str:
    query = request.GET.copy()
    query["before"] = str(page.last)
    return f"{reverse('search', args=[request.team.slug])}?{query.urlencode()}" if page.more else ""
