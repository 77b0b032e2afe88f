"""View of the search: the page of its results."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.access import TeamRequest, team_view, visible_inboxes
from messaging.inbox import read_cursor
from messaging.search.forms import SearchForm
from messaging.search.indexing import is_behind
from messaging.search.people import PersonMatches
from messaging.search.text_search import SearchTookTooLong, TextPage, read_query, search_texts


@require_GET
@team_view()
def search(request: TeamRequest) -> HttpResponse:
    context = {"section": "inbox", **_results(request)}
    return render(request, f"messaging/search.html{'#results' if request.htmx else ''}", context)


def _results(request: TeamRequest) -> dict[str, Any]:
    inboxes = visible_inboxes(request.member)
    form = SearchForm(request.GET, inboxes)
    context: dict[str, Any] = {"form": form, "inboxes": inboxes, "page": TextPage([])}
    if not form.is_valid() or not form.asks_for_something:
        return context
    before = read_cursor(request.GET.get("before"))
    context |= {"asked": True, "behind": is_behind(request.team), "first_page": before is None}
    try:
        context["page"] = page = search_texts(form, request.member, list(inboxes), before)
    except SearchTookTooLong:
        return context | {"too_long": True}
    if before is None and (people := PersonMatches.of(request.member, read_query(form.cleaned_data["q"]))):
        context["people"] = people.conversations(request.member, form.cleaned_data["inbox"])
    return context | {"next_url": _next_url(request, page)}


def _next_url(request: TeamRequest, page: TextPage) -> str:
    query = request.GET.copy()
    query["before"] = str(page.last)
    return f"{reverse('search', args=[request.team.slug])}?{query.urlencode()}" if page.more else ""
