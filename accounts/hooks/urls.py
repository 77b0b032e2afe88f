"""Addresses of webhooks to others, below a team's settings."""

from django.urls import path

from accounts.hooks import delivery_views, views

urlpatterns = [
    path("", views.endpoints, name="endpoints"),
    path("new/", views.new_endpoint, name="new_endpoint"),
    path("<int:id>/", views.endpoint, name="endpoint"),
    path("<int:id>/edit/", views.edit_endpoint, name="edit_endpoint"),
    path("<int:id>/secret/", views.endpoint_secret, name="endpoint_secret"),
    path("<int:id>/old-secret/removal/", views.old_secret_removal, name="old_secret_removal"),
    path("<int:id>/activation/", views.endpoint_activation, name="endpoint_activation"),
    path("<int:id>/deactivation/", views.endpoint_deactivation, name="endpoint_deactivation"),
    path("<int:id>/deletion/", views.endpoint_deletion, name="endpoint_deletion"),
    path("<int:id>/test/", delivery_views.endpoint_test, name="endpoint_test"),
    path("<int:id>/replay/", delivery_views.endpoint_replay, name="endpoint_replay"),
    path("deliveries/<int:id>/", delivery_views.delivery, name="delivery"),
    path("deliveries/<int:id>/replay/", delivery_views.delivery_replay, name="delivery_replay"),
]
