"""URLs of the product."""

from django.urls import include, path

from accounts.urls import account_urls
from heymarket import installed_app
from heymarket.api import api
from heymarket.health import views as health
from heymarket.metrics.views import metrics
from heymarket.postman import postman
from messaging import carrier_webhooks
from messaging.evidence.root_views import evidence_checker, evidence_keys, root_email_confirmation
from messaging.media.views import shared_attachment
from messaging.views import home

handler400 = "heymarket.error_pages.bad_request"
handler403 = "heymarket.error_pages.forbidden"
handler429 = "heymarket.error_pages.too_many_requests"  # of allauth's rate limits
handler404 = "heymarket.error_pages.not_found"
handler500 = "heymarket.error_pages.server_error"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("status", health.status, name="status"),
    path("metrics", metrics, name="metrics"),
    path("service-worker.js", installed_app.service_worker, name="service_worker"),
    path("manifest.webmanifest", installed_app.manifest, name="manifest"),
    path("favicon.ico", installed_app.favicon, name="favicon"),
    path("webhooks/twilio/messages", carrier_webhooks.twilio_messages, name="twilio_messages"),
    path("webhooks/twilio/status", carrier_webhooks.twilio_status, name="twilio_status"),
    path("webhooks/<str:carrier>/<str:account>", carrier_webhooks.carrier_webhook, name="carrier_webhook"),
    path("media/<str:token>", shared_attachment, name="shared_attachment"),
    path("evidence/address/<str:token>/", root_email_confirmation, name="root_email_confirmation"),
    path("evidence/keys", evidence_keys, name="evidence_keys"),
    path("evidence/verify.py", evidence_checker, name="evidence_checker"),
    path("v1/postman.json", postman, name="postman"),
    path("accounts/", include("accounts.allauth_urls")),
    path("", home, name="home"),
    path("", include(account_urls)),
    path("t/<slug:team_slug>/", include("accounts.urls")),
    path("t/<slug:team_slug>/", include("api.urls")),
    path("t/<slug:team_slug>/", include("webhooks.urls")),
    path("t/<slug:team_slug>/", include("optout.urls")),
    path("t/<slug:team_slug>/", include("contacts.urls")),
    path("t/<slug:team_slug>/", include("messaging.urls")),
    path("t/<slug:team_slug>/", include("reports.urls")),
    path("t/<slug:team_slug>/", include("portability.urls")),
    path("", api.urls),
]
