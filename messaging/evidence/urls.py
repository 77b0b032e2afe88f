"""URLs of evidence, below a team's address."""

from django.urls import path

from messaging.evidence import root_views, views

urlpatterns = [
    path("numbers/<number:number>/evidence/", views.number_evidence, name="number_evidence"),
    path("numbers/<number:number>/evidence/export/", views.export_evidence, name="export_evidence"),
    path("settings/evidence/", views.evidence, name="evidence"),
    path("settings/evidence/export/", views.export_period_evidence, name="export_period_evidence"),
    path("settings/evidence/roots/", root_views.ledger_roots, name="ledger_roots"),
    path("settings/evidence/roots/email/", root_views.root_email, name="root_email"),
    path("settings/evidence/roots/<int:id>/file/", root_views.ledger_root_file, name="ledger_root_file"),
]
