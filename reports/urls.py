"""URLs of reports, below a team's address."""

from django.urls import include, path

from reports import export_views, views
from reports.audit_log import views as audit_log

urlpatterns = [
    path("reports/", views.reports, name="reports"),
    path("reports/volume/", views.volume, name="volume"),
    path("reports/volume/export/", export_views.export_volume, name="export_volume"),
    path("reports/volume/texts/export/", export_views.export_texts, name="export_texts"),
    path("reports/volume/opt-out/", views.opt_out_report, name="opt_out_report"),
    path("reports/volume/opt-out/export/", export_views.export_opt_outs, name="export_opt_outs"),
    path("reports/team/", views.team_report, name="team_report"),
    path("reports/team/export/", export_views.export_team, name="export_team"),
    path("reports/broadcasts/", views.broadcast_report, name="broadcast_report"),
    path("reports/broadcasts/export/", export_views.export_broadcasts, name="export_broadcasts"),
    path("reports/consent/", views.consent_report, name="consent_report"),
    path("reports/consent/export/", export_views.export_consent, name="export_consent"),
    path("settings/audit-log/", audit_log.audit_log, name="audit_log"),
    path("settings/audit-log/export/", audit_log.export_audit_log, name="export_audit_log"),
    path("reports/schedules/", include("reports.schedules.urls")),
]
