"""A contact as a piece of a page, and its form."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts import live
from accounts.access import TeamRequest, team_view
from accounts.numbers import display
from contacts.forms import ContactForm
from contacts.models import Contact
from optout.views import came_from, panel_of


@require_GET
@team_view()
def contact(request: TeamRequest, number: str) -> HttpResponse:
    return _show(request, number, "details")


@require_http_methods(["GET", "POST"])
@team_view()
def edit_contact(request: TeamRequest, number: str) -> HttpResponse:
    if request.method == "GET":
        return _show(request, number, "form", form=ContactForm(instance=_find(request, number)))
    Contact.objects.get_or_create(team=request.team, number=number)
    form = ContactForm(request.POST, instance=_find(request, number))
    if not form.is_valid():
        return _show(request, number, "form", form=form, status=422)
    form.save()
    live.changed(request.team.id)
    if request.htmx:
        return _show(request, number, "details")
    return redirect(came_from(request) or reverse("contact", args=[request.team.slug, number]))


def _find(request: TeamRequest, number: str) -> Contact:
    """The team's contact at this number, or one that is not saved yet."""
    return request.team.contacts.filter(number=number).first() or Contact(team=request.team, number=number)


def _show(
    request: TeamRequest, number: str, part: str, *, form: ContactForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "contact": _find(request, number),
        "number": number,
        "shown_number": display(number, request.team.country),
        "panel": panel_of(request, number),
        "form": form,
        "next": came_from(request),
    }
    part = f"#{part}" if request.htmx else ""
    return render(request, f"contacts/contact.html{part}", context, status=status)
