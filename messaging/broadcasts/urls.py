"""URLs of broadcasts, below a team's address."""

from django.urls import path

from messaging.broadcasts import draft_views, list_views, preview_views, recipient_views, review_views, views

urlpatterns = [
    path("broadcasts/", list_views.broadcasts, name="broadcasts"),
    path("broadcasts/new/", draft_views.new_broadcast, name="new_broadcast"),
    path("broadcasts/new/templates/", preview_views.broadcast_templates, name="broadcast_templates"),
    path("broadcasts/draft/", draft_views.broadcast_draft, name="broadcast_draft"),
    path("broadcasts/<int:id>/", views.broadcast, name="broadcast"),
    path("broadcasts/<int:id>/edit/", draft_views.edit_broadcast, name="edit_broadcast"),
    path("broadcasts/<int:id>/deletion/", draft_views.broadcast_deletion, name="broadcast_deletion"),
    path("broadcasts/<int:id>/copy/", draft_views.broadcast_copy, name="broadcast_copy"),
    path("broadcasts/<int:id>/picture/", preview_views.broadcast_picture, name="broadcast_picture"),
    path("broadcasts/<int:id>/preview/", preview_views.broadcast_preview, name="broadcast_preview"),
    path("broadcasts/<int:id>/review/", review_views.broadcast_review, name="broadcast_review"),
    path(
        "broadcasts/<int:id>/line-lookups/",
        review_views.broadcast_line_lookups,
        name="broadcast_line_lookups",
    ),
    path("broadcasts/<int:id>/test-text/", review_views.broadcast_test_text, name="broadcast_test_text"),
    path(
        "broadcasts/<int:id>/left-out/<str:reason>/",
        review_views.broadcast_left_out,
        name="broadcast_left_out",
    ),
    path(
        "broadcasts/<int:id>/left-out/<str:reason>/export/",
        review_views.export_broadcast_left_out,
        name="export_broadcast_left_out",
    ),
    path(
        "broadcasts/<int:id>/confirmation/",
        review_views.broadcast_confirmation,
        name="broadcast_confirmation",
    ),
    path(
        "broadcasts/<int:id>/confirmation/delete/",
        review_views.broadcast_confirmation_deletion,
        name="broadcast_confirmation_deletion",
    ),
    path("broadcasts/<int:id>/progress/", views.broadcast_progress, name="broadcast_progress"),
    path("broadcasts/<int:id>/pause/", views.broadcast_pause, name="broadcast_pause"),
    path("broadcasts/<int:id>/resume/", views.broadcast_resume, name="broadcast_resume"),
    path("broadcasts/<int:id>/cancel/", views.broadcast_cancel, name="broadcast_cancel"),
    path(
        "broadcasts/<int:id>/recipients/", recipient_views.broadcast_recipients, name="broadcast_recipients"
    ),
    path(
        "broadcasts/<int:id>/recipients/export/",
        recipient_views.export_broadcast_recipients,
        name="export_broadcast_recipients",
    ),
    path("broadcasts/<int:id>/replies/", recipient_views.broadcast_replies, name="broadcast_replies"),
]
