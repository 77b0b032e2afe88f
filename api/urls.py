"""URLs of API keys in a team's settings."""

from django.urls import path

from api import views
from api.member_removal import member_removal

urlpatterns = [
    path("settings/members/<int:id>/removal/", member_removal, name="member_removal"),
    path("settings/api-keys/", views.api_keys, name="api_keys"),
    path("settings/api-keys/new/", views.new_api_key, name="new_api_key"),
    path("settings/api-keys/<int:id>/", views.api_key, name="api_key"),
    path("settings/api-keys/<int:id>/revocation/", views.api_key_revocation, name="api_key_revocation"),
]
