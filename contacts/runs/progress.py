"""Progress of a run: the response to the poll of an open page."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import TeamRequest
from contacts.runs.models import Run


def progress_response(request: TeamRequest, run: Run, poll_url: str) -> HttpResponse:
    """The progress for templates/contacts/run_progress.html; when the run ends, the page reloads."""
    if not run.at_work:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "contacts/run_progress.html#now", {"run": run, "poll_url": poll_url})
