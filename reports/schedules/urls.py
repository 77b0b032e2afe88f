"""URLs of report schedules, below a team's reports."""

from django.urls import path

from reports.schedules import views

urlpatterns = [
    path("", views.schedules, name="schedules"),
    path("new/", views.new_schedule, name="new_schedule"),
    path("<int:id>/", views.edit_schedule, name="edit_schedule"),
    path("<int:id>/email/", views.schedule_email, name="schedule_email"),
    path("<int:id>/pause/", views.schedule_pause, name="schedule_pause"),
    path("<int:id>/resumption/", views.schedule_resumption, name="schedule_resumption"),
    path("<int:id>/deletion/", views.schedule_deletion, name="schedule_deletion"),
]
