"""What open pages ask for while a run is at work: how far it has come, and which ones there are."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import TeamRequest
from contacts.runs.models import Run


def progress_response(request: TeamRequest, run: Run, here: str) -> HttpResponse:
    """The answer to the poll of templates/contacts/progress.html; at the end the page fetches itself anew."""
    if not run.at_work:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "contacts/run_progress.html#now", {"run": run, "here": here})
