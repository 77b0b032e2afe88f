"""URLs of webhooks in a team's settings."""

from django.urls import path

from webhooks import delivery_views, views

urlpatterns = [
    path("settings/endpoints/", views.endpoints, name="endpoints"),
    path("settings/endpoints/new/", views.new_endpoint, name="new_endpoint"),
    path("settings/endpoints/<int:id>/", views.endpoint, name="endpoint"),
    path("settings/endpoints/<int:id>/edit/", views.edit_endpoint, name="edit_endpoint"),
    path("settings/endpoints/<int:id>/secret/", views.endpoint_secret, name="endpoint_secret"),
    path(
        "settings/endpoints/<int:id>/old-secret/removal/", views.old_secret_removal, name="old_secret_removal"
    ),
    path("settings/endpoints/<int:id>/activation/", views.endpoint_activation, name="endpoint_activation"),
    path(
        "settings/endpoints/<int:id>/deactivation/", views.endpoint_deactivation, name="endpoint_deactivation"
    ),
    path("settings/endpoints/<int:id>/deletion/", views.endpoint_deletion, name="endpoint_deletion"),
    path("settings/endpoints/<int:id>/test/", delivery_views.endpoint_test, name="endpoint_test"),
    path("settings/endpoints/<int:id>/replay/", delivery_views.endpoint_replay, name="endpoint_replay"),
    path("settings/endpoints/deliveries/<int:id>/", delivery_views.delivery, name="delivery"),
    path(
        "settings/endpoints/deliveries/<int:id>/replay/",
        delivery_views.delivery_replay,
        name="delivery_replay",
    ),
]
