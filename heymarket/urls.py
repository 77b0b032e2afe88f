"""Every address of the product."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from accounts.urls import entrance
from heymarket.api import api
from messaging import webhooks
from messaging.views import home


@csrf_exempt
def healthz(request: HttpRequest) -> HttpResponse:
    """The web server answers; says nothing about the stores behind it."""
    return HttpResponse("ok\n", content_type="text/plain")


handler400 = "heymarket.errors.bad_request"
handler403 = "heymarket.errors.forbidden"
handler404 = "heymarket.errors.not_found"
handler500 = "heymarket.errors.server_error"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("webhooks/twilio/messages", webhooks.twilio_messages, name="twilio_messages"),
    path("webhooks/twilio/status", webhooks.twilio_status, name="twilio_status"),
    path("v1/", api.urls),
    path("accounts/", include("accounts.allauth_pages")),
    path("", home, name="home"),
    path("", include(entrance)),
    path("t/<slug:team_slug>/", include("accounts.urls")),
    path("t/<slug:team_slug>/", include("optout.urls")),
    path("t/<slug:team_slug>/", include("contacts.urls")),
    path("t/<slug:team_slug>/", include("messaging.urls")),
    path("t/<slug:team_slug>/", include("reports.urls")),
]
