"""Settings > Opt-out: how opt-outs are read in each inbox, the team's extra words, what an opt-out also does."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.access import Right, TeamRequest, team_view
from accounts.audit.models import SettingsSection
from accounts.models import Inbox, Team
from accounts.settings_audit import record_changes, settings_changes
from accounts.settings_page import render_settings_page
from kernel.form_views import form_view
from kernel.revisions import locked_for_post
from optout.extra_words import RESERVED_WORDS
from optout.languages import LANGUAGES, inbox_languages
from optout.opt_out_setting_forms import (
    SCOPE_CHOICES,
    ExtraWordsForm,
    MarketingConsentForm,
    OptOutEffectsForm,
    OptOutScopeForm,
    ReadingForm,
)


@form_view
@team_view(Right.MANAGE_INBOXES)
def opt_out_settings(request: TeamRequest) -> HttpResponse:
    """The whole page; its POST saves the team's extra words."""
    team = _team(request)
    before = _words(team)
    form = ExtraWordsForm(request.POST or None, instance=team)
    if form.is_valid():
        team.save(update_fields=["extra_keywords"])
        return _saved(request, before, _words(team))
    return _page(request, words=form)


@form_view
@team_view(Right.MANAGE_INBOXES)
def opt_out_effects(request: TeamRequest) -> HttpResponse:
    """The same page; its POST saves what an opt-out also does."""
    team = _team(request)
    before = _effects(team)
    form = OptOutEffectsForm(request.POST if request.method == "POST" else None, instance=team)
    if form.is_valid():
        form.save()
        return _saved(request, before, _effects(team))
    return _page(request, effects=form)


@form_view
@team_view(Right.MANAGE_INBOXES)
def opt_out_scope(request: TeamRequest) -> HttpResponse:
    """The same page; its POST saves from which inboxes a STOP opts out."""
    team = _team(request)
    before = _scope(team)
    form = OptOutScopeForm(request.POST if request.method == "POST" else None, instance=team)
    if form.is_valid():
        form.save()
        return _saved(request, before, _scope(team))
    return _page(request, scope=form)


@form_view
@team_view(Right.MANAGE_INBOXES)
def marketing_consent(request: TeamRequest) -> HttpResponse:
    """The same page; its POST saves whether marketing needs consent on record."""
    team = _team(request)
    before = _marketing(team)
    form = MarketingConsentForm(request.POST if request.method == "POST" else None, instance=team)
    if form.is_valid():
        form.save()
        return _saved(request, before, _marketing(team))
    return _page(request, marketing=form)


@form_view
@team_view(Right.MANAGE_INBOXES)
def inbox_reading(request: TeamRequest, id: int) -> HttpResponse:
    """How one inbox reads opt-outs in people's own words, and in which languages."""
    inboxes = locked_for_post(request, request.team.inboxes.present().select_related("team"))
    inbox = get_object_or_404(inboxes, id=id)
    before = _reading(inbox)
    form = ReadingForm(request.POST or None, instance=inbox)
    if form.is_valid():
        form.save()
        return _saved(request, before, _reading(inbox))
    context = {"form": form, "inbox": inbox}
    return render_settings_page(request, "optout/inbox_reading.html", "opt_out_settings", context)


def _team(request: TeamRequest) -> Team:
    return locked_for_post(request, Team.objects.filter(pk=request.team.pk)).get()


def _page(request: TeamRequest, **shown_again: Any) -> HttpResponse:
    """The page; forms that are shown again come by their names."""
    words = shown_again.get("words") or ExtraWordsForm(instance=_team(request))
    inboxes = request.team.inboxes.present().order_by("name", "id")
    context = {
        "words": words,
        "scope": shown_again.get("scope") or OptOutScopeForm(instance=_team(request)),
        "effects": shown_again.get("effects") or OptOutEffectsForm(instance=_team(request)),
        "marketing": shown_again.get("marketing") or MarketingConsentForm(instance=_team(request)),
        "inboxes": [(inbox, _language_names(inbox)) for inbox in inboxes],
        "reserved": [(field, ", ".join(RESERVED_WORDS[field.name])) for field in words],  # type: ignore[index]
        "changes": settings_changes(request.team, SettingsSection.OPT_OUT),
    }
    return render_settings_page(request, "optout/opt_out_settings.html", "opt_out_settings", context)


def _saved(request: TeamRequest, before: Mapping[str, str], after: Mapping[str, str]) -> HttpResponse:
    record_changes(request.member, SettingsSection.OPT_OUT, before, after)
    messages.success(request, "Saved.")
    return redirect("opt_out_settings", request.team.slug)


# -- values as the audit shows them ------------------------------------------------------------------------------


def _words(team: Team) -> dict[str, str]:
    labels = {name: str(field.label) for name, field in ExtraWordsForm.base_fields.items()}
    return {label: ", ".join(team.extra_keywords.get(name, [])) for name, label in labels.items()}


def _scope(team: Team) -> dict[str, str]:
    return {"A STOP stops texts from": dict(SCOPE_CHOICES)["inbox" if team.each_inbox_since else "all"]}


def _marketing(team: Team) -> dict[str, str]:
    return {"Marketing broadcasts need consent on record": "yes" if team.marketing_needs_consent else "no"}


def _effects(team: Team) -> dict[str, str]:
    labels = {name: str(field.label) for name, field in OptOutEffectsForm.base_fields.items()}
    return {
        f"An opt-out also: {label}": "yes" if getattr(team, name) else "no" for name, label in labels.items()
    }


def _reading(inbox: Inbox) -> dict[str, str]:
    return {
        f"{inbox}: opt-outs in own words": inbox.get_opt_out_reading_display(),
        f"{inbox}: languages": _language_names(inbox),
    }


def _language_names(inbox: Inbox) -> str:
    return ", ".join(LANGUAGES[code] for code in inbox_languages(inbox.languages, inbox.team.country))
