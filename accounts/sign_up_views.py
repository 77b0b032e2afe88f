"""Pages of sign-up after its form: the email is sent, and the page of its link."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET

from accounts.forms import NewAccountForm
from accounts.rate_limits import rate_limited
from accounts.sign_up import InvalidLink, complete, read_link
from kernel.form_views import form_view, render_form


@require_GET
def sign_up_email_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/sign_up_email_sent.html")


@form_view
@rate_limited("open_link")
@never_cache
@sensitive_post_parameters("password")
def sign_up(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a link, which proves the address: it asks for a password and creates the account and its team."""
    try:
        link = read_link(token)
        form = NewAccountForm(link.email, link.name, request.POST or None)
        if not form.is_valid():
            return render_form(request, "accounts/sign_up.html", {"form": form, "link": link})
        user, team = complete(link, form.cleaned_data["password"], form.team_settings)
    except InvalidLink as error:
        return render(request, "accounts/invalid_sign_up.html", {"sentence": error}, status=410)
    get_adapter().login(request, user)
    return redirect("first_steps", team.slug)
