"""Settings > Retention: the team's rule, what it would erase, and its runs."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import Right, TeamRequest, team_view
from accounts.audit.models import SettingsSection
from accounts.settings_audit import record_changes, settings_changes
from accounts.settings_page import render_settings_page, settings_context
from kernel.form_views import form_view
from kernel.revisions import locked_for_post
from messaging.retention.forecast import Forecast
from messaging.retention.forms import CONFIRMATION, RetentionForm, is_confirmed, shown_rule
from messaging.retention.models import RetentionRule, RetentionRun
from messaging.retention.operation import stop_runs

SHOWN_RUNS = 10


@form_view
@team_view(Right.MANAGE_TEAM)
def retention(request: TeamRequest) -> HttpResponse:
    rule = _find_rule(request)
    before = shown_rule(rule)
    form = RetentionForm(request.POST or None, instance=rule)
    if not form.is_valid():
        return _page(request, form)
    forecast = Forecast.of(rule, request.team)
    is_new = before != shown_rule(rule)
    if is_new and forecast.erases and not _is_confirmed(request, forecast):
        return _confirmation(request, form, forecast)
    if is_new:
        stop_runs(request.team.id)
        form.save()
        record_changes(request.member, SettingsSection.RETENTION, before, shown_rule(rule))
    messages.success(request, "Saved.")
    return redirect(request.path)


def _find_rule(request: TeamRequest) -> RetentionRule:
    """The team's rule, locked for a POST, so that no batch of a run is at work meanwhile."""
    rows = locked_for_post(request, RetentionRule.objects.filter(team_id=request.team.id))
    rule = rows.first() or RetentionRule(team=request.team)
    rule.team = request.team
    return rule


def _is_confirmed(request: TeamRequest, forecast: Forecast) -> bool:
    return request.POST.get("forecast") == forecast.key and is_confirmed(request.POST.get("typed", ""))


def _confirmation(request: TeamRequest, form: RetentionForm, forecast: Forecast) -> HttpResponse:
    """What the rule would erase; with what is wrong, if it was shown before."""
    asked = request.POST.get("forecast", "")
    wrong = ""
    if asked:
        changed = "The counts have changed since. " if asked != forecast.key else ""
        wrong = f"{changed}Type “{CONFIRMATION}” to confirm."
    context = {
        **settings_context(request, "retention"),
        "form": form,
        "forecast": forecast,
        "confirmation": CONFIRMATION,
        "wrong": wrong,
    }
    return render(request, "messaging/retention_confirmation.html", context, status=422 if wrong else 200)


def _page(request: TeamRequest, form: RetentionForm) -> HttpResponse:
    runs = RetentionRun.objects.filter(team_id=request.team.id).order_by("-day")[:SHOWN_RUNS]
    context = {
        "form": form,
        "rule": _find_rule(request),
        "runs": runs,
        "changes": settings_changes(request.team, SettingsSection.RETENTION),
    }
    return render_settings_page(request, "messaging/retention.html", "retention", context)
