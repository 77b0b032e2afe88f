"""URLs of teams, members and inboxes: those inside a team, and those on the way into a team."""

from django.urls import path

from accounts import (
    inbox_member_views,
    inbox_views,
    invitation_views,
    member_views,
    sign_up_views,
    theme_views,
    views,
)
from accounts.roles import views as role_views
from accounts.sessions import views as session_views
from accounts.single_sign_on import sign_in_views
from accounts.single_sign_on import views as single_sign_on_views
from accounts.two_factor import team_views as two_factor_views

ROLES = "settings/roles/"
INVITATIONS = "settings/invitations/"
INBOXES = "settings/inboxes/"
SINGLE_SIGN_ON = "settings/sign-in/single-sign-on/"

urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("settings/team/", views.team_settings, name="team_settings"),
    path("settings/members/", member_views.members, name="members"),
    path("settings/members/<int:id>/", member_views.member, name="member"),
    path(
        "settings/members/<int:id>/two-factor-reset/",
        two_factor_views.member_two_factor_reset,
        name="member_two_factor_reset",
    ),
    path("settings/members/<int:id>/rights/", role_views.member_rights, name="member_rights"),
    path(ROLES, role_views.roles, name="roles"),
    path(f"{ROLES}new/", role_views.new_role, name="new_role"),
    path(f"{ROLES}<int:id>/", role_views.edit_role, name="edit_role"),
    path(f"{ROLES}<int:id>/deletion/", role_views.role_deletion, name="role_deletion"),
    path("settings/sign-in/", two_factor_views.team_sign_in, name="team_sign_in"),
    path(SINGLE_SIGN_ON, single_sign_on_views.single_sign_on, name="single_sign_on"),
    path(f"{SINGLE_SIGN_ON}test/", single_sign_on_views.single_sign_on_test, name="single_sign_on_test"),
    path(f"{SINGLE_SIGN_ON}rules/", single_sign_on_views.single_sign_on_rules, name="single_sign_on_rules"),
    path(
        f"{SINGLE_SIGN_ON}removal/",
        single_sign_on_views.single_sign_on_removal,
        name="single_sign_on_removal",
    ),
    path(f"{SINGLE_SIGN_ON}domains/", single_sign_on_views.claimed_domains, name="claimed_domains"),
    path(
        f"{SINGLE_SIGN_ON}domains/<int:id>/check/",
        single_sign_on_views.claimed_domain_check,
        name="claimed_domain_check",
    ),
    path(
        f"{SINGLE_SIGN_ON}domains/<int:id>/removal/",
        single_sign_on_views.claimed_domain_removal,
        name="claimed_domain_removal",
    ),
    path(
        "settings/members/<int:id>/identity/removal/",
        single_sign_on_views.member_identity_removal,
        name="member_identity_removal",
    ),
    path(
        "settings/removed-members/<int:id>/return/",
        single_sign_on_views.removed_member_return,
        name="removed_member_return",
    ),
    path(INVITATIONS, member_views.invitations, name="invitations"),
    path(f"{INVITATIONS}<int:id>/email/", member_views.invitation_email, name="invitation_email"),
    path(
        f"{INVITATIONS}<int:id>/revocation/", member_views.invitation_revocation, name="invitation_revocation"
    ),
    path(INBOXES, inbox_views.inboxes, name="inboxes"),
    path(f"{INBOXES}new/", inbox_views.new_inbox, name="new_inbox"),
    path(f"{INBOXES}<int:id>/", inbox_views.edit_inbox, name="edit_inbox"),
    path(f"{INBOXES}<int:id>/members/", inbox_member_views.inbox_members, name="inbox_members"),
    path(f"{INBOXES}<int:id>/connection/", inbox_views.inbox_connection, name="inbox_connection"),
    path(f"{INBOXES}<int:id>/closure/", inbox_views.inbox_closure, name="inbox_closure"),
    path(f"{INBOXES}<int:id>/reopening/", inbox_views.inbox_reopening, name="inbox_reopening"),
    path(f"{INBOXES}<int:id>/deletion/", inbox_views.inbox_deletion, name="inbox_deletion"),
    path(
        f"{INBOXES}<int:id>/incomplete-texts/removal/",
        inbox_views.incomplete_texts_removal,
        name="incomplete_texts_removal",
    ),
    path(f"{INBOXES}<int:id>/old-tokens/removal/", inbox_views.old_tokens_removal, name="old_tokens_removal"),
]

account_urls = [
    path("profile/", views.profile, name="profile"),
    path("profile/theme/", theme_views.theme, name="theme"),
    path("profile/security/", session_views.sign_in_security, name="sign_in_security"),
    path("profile/sessions/end/", session_views.sessions_end, name="sessions_end"),
    path("profile/sessions/<int:id>/end/", session_views.session_end, name="session_end"),
    path(
        "accounts/two-factor-reset/<str:token>/", two_factor_views.two_factor_reset, name="two_factor_reset"
    ),
    path("accounts/single-sign-on/", sign_in_views.company_sign_in, name="company_sign_in"),
    path("accounts/own-sign-in/", sign_in_views.own_sign_in, name="own_sign_in"),
    path(
        "accounts/single-sign-on/<slug:slug>/",
        sign_in_views.single_sign_on_start,
        name="single_sign_on_start",
    ),
    path(
        "accounts/single-sign-on/<slug:slug>/return/",
        sign_in_views.single_sign_on_return,
        name="single_sign_on_return",
    ),
    path("teams/new/", views.new_team, name="new_team"),
    path("accounts/signup/sent/", sign_up_views.sign_up_email_sent, name="sign_up_email_sent"),
    path("accounts/signup/<str:token>/", sign_up_views.sign_up, name="sign_up"),
    path("invitations/copied/<str:token>/", invitation_views.copied_invitation, name="copied_invitation"),
    path("invitations/<str:token>/", invitation_views.invitation, name="invitation"),
    path(
        "invitations/<str:token>/acceptance/",
        invitation_views.invitation_acceptance,
        name="invitation_acceptance",
    ),
]
