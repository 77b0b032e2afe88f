"""Parts of the installed web app: its manifest, and the service worker that shows notifications."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_GET


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root, since a worker serves the pages below its own address. It is the same for everybody."""
    context = {"static_url": settings.STATIC_URL, "icon": static("img/icon-192.png")}
    response = render(request, "service_worker.js", context, content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@require_GET
def manifest(request: HttpRequest) -> JsonResponse:
    """See https://www.w3.org/TR/appmanifest/."""
    icons = [
        {"src": static("img/icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("img/icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {
            "src": static("img/icon-maskable-512.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
        {"src": static("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
    ]
    content = {
        "id": "/",
        "name": "Heymarket",
        "description": "A shared inbox for business texting.",
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6f7f8",
        "theme_color": "#0b6b70",
        "icons": icons,
    }
    return JsonResponse(content, content_type="application/manifest+json")


@require_GET
def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """For programs that ask for the icon at this address, whatever the page says."""
    return redirect(static("img/icon-192.png"))
