"""URLs of the whole team: its export, and its deletion."""

from django.urls import path

from portability import views

urlpatterns = [
    path("settings/team/everything/", views.whole_team, name="whole_team"),
    path("settings/team/everything/export/", views.export_whole_team, name="export_whole_team"),
    path("settings/team/deletion/", views.team_deletion, name="team_deletion"),
    path(
        "settings/team/deletion/cancellation/",
        views.team_deletion_cancellation,
        name="team_deletion_cancellation",
    ),
]
