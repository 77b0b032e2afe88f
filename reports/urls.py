"""Reports, below a team's address."""

from django.urls import include, path

from reports import consent_views, views

urlpatterns = [
    path("reports/", views.reports, name="reports"),
    path("reports/volume/", views.volume, name="volume"),
    path("reports/volume/export/", views.export_volume, name="export_volume"),
    path("reports/team/", views.team_report, name="team_report"),
    path("reports/team/export/", views.export_team, name="export_team"),
    path("reports/consent/", consent_views.consent_report, name="consent_report"),
    path("reports/consent/export/", consent_views.export_consent, name="export_consent"),
    path("reports/schedules/", include("reports.schedules.urls")),
]
