"""What a run's page answers while it is open: once a second how far the run has come, and itself anew at the end."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import TeamRequest
from contacts.models import Run


def progress(request: TeamRequest, run: Run, here: str) -> HttpResponse:
    """The answer to the poll of templates/contacts/progress.html."""
    if not run.at_work:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "contacts/progress.html#now", {"run": run, "here": here})
