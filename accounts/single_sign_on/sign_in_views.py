"""Pages of signing in by single sign-on: the question for the address, the way to the issuer, and the return."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.forms import INVALID_EMAIL
from accounts.models import Team
from accounts.rate_limits import every_request_limited, rate_limited
from accounts.scope_lookups import single_sign_on_by_slug, single_sign_on_of_domain
from accounts.single_sign_on.arrival import arrive
from accounts.single_sign_on.attempts import begin
from accounts.single_sign_on.domain_names import domain_of
from accounts.single_sign_on.models import SingleSignOn
from accounts.single_sign_on.trouble import SingleSignOnTrouble
from kernel.form_views import form_view, render_form
from kernel.tenancy import scope

_UNKNOWN = "No team here lets people with this address in by single sign-on. Sign in with your password or a passkey."


class CompanySignInForm(forms.Form):
    """The address that leads to a company's sign-in. The button of the sign-in page sends it as `login`."""

    login = forms.EmailField(label="Email", error_messages={"invalid": INVALID_EMAIL})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.slug = single_sign_on_of_domain(domain_of(data["login"])) if "login" in data else None
        if "login" in data and self.slug is None:
            self.add_error("login", _UNKNOWN)
        return data


@form_view
@rate_limited("single_sign_on")
@never_cache
def company_sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for the address, and go on to the issuer of its domain."""
    form = CompanySignInForm(request.POST or None)
    page = _page(request, request.POST.get("next", "")) or ""
    if form.is_valid():
        query = {"next": page} if page else {}
        return redirect(reverse("single_sign_on_start", args=[form.slug], query=query))
    return render_form(request, "accounts/single_sign_on/company_sign_in.html", {"form": form, "next": page})


@require_GET
@every_request_limited("single_sign_on")
@never_cache
def single_sign_on_start(request: HttpRequest, slug: str) -> HttpResponse:
    """The way to the team's issuer. Its address can be a bookmark, or the tile in the issuer's own portal."""
    sign_on = _find(slug)
    page = _page(request, request.GET.get("next", "")) or reverse("inbox", args=[slug])
    address = begin(request.session, sign_on, slug, page)
    # A page, not a redirect: after a form the content security policy lets no redirect leave this site.
    context = {"address": address, "host": urlsplit(address).netloc, "team": sign_on.team}
    return render(request, "accounts/single_sign_on/leaving.html", context)


@require_GET
@every_request_limited("single_sign_on")
@never_cache
def single_sign_on_return(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the issuer sends the person back to."""
    sign_on = _find(slug)
    try:
        return arrive(request, sign_on, request.GET)
    except SingleSignOnTrouble as trouble:
        context = {"sentence": trouble, "team": sign_on.team, "slug": slug}
        return render(request, "accounts/single_sign_on/failed.html", context, status=403)


@require_GET
@never_cache
def own_sign_in(request: HttpRequest) -> HttpResponse:
    """What a session from an issuer does not open, and how to sign in for it."""
    context = {"next": _page(request, request.GET.get("next", ""))}
    return render(request, "accounts/single_sign_on/own_sign_in.html", context)


def _find(slug: str) -> SingleSignOn:
    """The single sign-on of a team, with the team. Raises Http404."""
    found = single_sign_on_by_slug(slug)
    if found is None:
        raise Http404("No such single sign-on.")
    with scope(found.team_id):
        sign_ons = SingleSignOn.objects.select_related("custom_role")
        sign_on = sign_ons.get(team_id=found.team_id, id=found.id)
        sign_on.team = Team.objects.get(id=found.team_id)
    return sign_on


def _page(request: HttpRequest, wanted: str) -> str | None:
    """A page of this site; None for another address."""
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if allowed else None
