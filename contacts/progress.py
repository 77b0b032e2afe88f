"""What open pages ask for while a run is at work: how far it has come, and which ones there are."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import TeamRequest
from accounts.models import Team
from contacts.models import Run, Selection
from contacts.models.run import AT_WORK
from contacts.selection_words import title


def progress(request: TeamRequest, run: Run, here: str) -> HttpResponse:
    """The answer to the poll of templates/contacts/progress.html; at the end the page fetches itself anew."""
    if not run.at_work:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "contacts/progress.html#now", {"run": run, "here": here})


@dataclass(frozen=True)
class AtWork:
    """A run that is at work, with its page."""

    run: Run
    title: str
    address: str


def at_work(team: Team) -> list[AtWork]:
    """For templates/contacts/runs_at_work.html."""
    selections = Selection.objects.filter(team_id=team.id, state__in=AT_WORK).order_by("-id")[:20]
    return [AtWork(run, title(run), reverse("selection", args=[team.slug, run.id])) for run in selections]
