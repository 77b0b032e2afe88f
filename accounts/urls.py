"""Addresses of people and settings: those inside a team, and those on the way into one."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("settings/team/", views.team_settings, name="team_settings"),
    path("settings/members/", views.members, name="members"),
    path("settings/members/<int:id>/", views.member, name="member"),
    path("settings/members/<int:id>/removal/", views.member_removal, name="member_removal"),
    path("settings/invitations/", views.invitations, name="invitations"),
    path("settings/invitations/<int:id>/email/", views.invitation_email, name="invitation_email"),
    path(
        "settings/invitations/<int:id>/revocation/", views.invitation_revocation, name="invitation_revocation"
    ),
    path("settings/inboxes/", views.inboxes, name="inboxes"),
    path("settings/inboxes/new/", views.new_inbox, name="new_inbox"),
    path("settings/inboxes/<int:id>/", views.edit_inbox, name="edit_inbox"),
    path("settings/inboxes/<int:id>/connection/", views.inbox_connection, name="inbox_connection"),
    path(
        "settings/inboxes/<int:id>/old-tokens/removal/", views.old_tokens_removal, name="old_tokens_removal"
    ),
]

account_urls = [
    path("profile/", views.profile, name="profile"),
    path("teams/new/", views.new_team, name="new_team"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("invitations/<str:token>/acceptance/", views.invitation_acceptance, name="invitation_acceptance"),
]
