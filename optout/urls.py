"""URLs of a number's standing and of an inbox's automatic replies, below a team's URL."""

from django.urls import path

from kernel import converters  # noqa: F401  (registers <number:…>)
from optout import auto_reply_settings, change_views, opt_out_settings, views
from optout.consent_records import views as consent_record_views
from optout.linked_teams import views as linked_team_views

urlpatterns = [
    path("numbers/<number:number>/standing/", views.standing, name="standing"),
    path("numbers/<number:number>/opt-out/", change_views.opt_out, name="opt_out"),
    path("numbers/<number:number>/opt-out/retraction/", change_views.retract_opt_out, name="retract_opt_out"),
    path("numbers/<number:number>/opt-out/lifting/", change_views.opt_out_lifting, name="opt_out_lifting"),
    path("numbers/<number:number>/opt-in/", change_views.opt_in, name="opt_in"),
    path("numbers/<number:number>/block/", change_views.block, name="block"),
    path("numbers/<number:number>/unblock/", change_views.unblock, name="unblock"),
    path("numbers/<number:number>/consent/", consent_record_views.consent_records, name="consent_records"),
    path("settings/opt-out/", opt_out_settings.opt_out_settings, name="opt_out_settings"),
    path("settings/opt-out/effects/", opt_out_settings.opt_out_effects, name="opt_out_effects"),
    path("settings/opt-out/scope/", opt_out_settings.opt_out_scope, name="opt_out_scope"),
    path("settings/opt-out/consent/", opt_out_settings.marketing_consent, name="marketing_consent"),
    path("settings/linked-teams/", linked_team_views.linked_teams, name="linked_teams"),
    path(
        "settings/linked-teams/requests/<int:id>/withdrawal/",
        linked_team_views.withdrawal,
        name="link_withdrawal",
    ),
    path(
        "settings/linked-teams/requests/<int:asking>/<int:id>/answer/",
        linked_team_views.answer,
        name="link_answer",
    ),
    path("settings/linked-teams/<int:id>/unlinking/", linked_team_views.unlinking, name="unlinking"),
    path("settings/opt-out/inboxes/<int:id>/", opt_out_settings.inbox_reading, name="inbox_reading"),
    path(
        "settings/inboxes/<int:id>/auto-replies/",
        auto_reply_settings.inbox_auto_replies,
        name="inbox_auto_replies",
    ),
    path(
        "settings/inboxes/<int:id>/auto-replies/<slug:language>/",
        auto_reply_settings.inbox_auto_replies,
        name="inbox_reply_wordings",
    ),
]
