"""Views of a confirmed broadcast: progress and result, and pause, resume and cancel."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, may, team_view
from messaging.broadcasts.audience_form import words_for_audience
from messaging.broadcasts.counts import measure_progress
from messaging.broadcasts.figures import FiguresOfBroadcast, figures_of
from messaging.broadcasts.held import find_held
from messaging.broadcasts.lifecycle import NotPossible, cancel, pause, resume
from messaging.broadcasts.models import RUNNING, Broadcast, BroadcastStatus, PauseReason
from messaging.broadcasts.outcomes import RecipientOutcome
from messaging.broadcasts.results import effect_tables, outcome_table, reason_tables
from messaging.broadcasts.wording import describe_share


@dataclass(frozen=True)
class BroadcastAction:
    """A button of the progress."""

    name: str  # of its address
    label: str
    icon: str = ""
    primary: bool = False


@dataclass(frozen=True)
class ResultFigure:
    """A figure in large type."""

    label: str
    count: int
    share: str
    note: str = ""


_PAUSE = BroadcastAction("broadcast_pause", "Pause", "pause")
_RESUME = BroadcastAction("broadcast_resume", "Resume", "play", primary=True)
_CANCEL = BroadcastAction("broadcast_cancel", "Cancel")
_TAKE_BACK = BroadcastAction("broadcast_confirmation_deletion", "Change it", "edit")
ACTIONS = {
    BroadcastStatus.SCHEDULED: (_TAKE_BACK, _CANCEL),
    BroadcastStatus.PREPARING: (_PAUSE, _CANCEL),
    BroadcastStatus.SENDING: (_PAUSE, _CANCEL),
    BroadcastStatus.PAUSED: (_RESUME, _CANCEL),
}


@require_GET
@team_view(Right.SEND_BROADCASTS)
def broadcast(request: TeamRequest, id: int) -> HttpResponse:
    found = _find(request, id)
    if found.status == BroadcastStatus.DRAFT:
        return redirect("edit_broadcast", request.team.slug, id)
    figures = figures_of(found)
    context = {
        **_progress(request, found, figures),
        "main_figures": _main_figures(figures),
        "outcomes": outcome_table(figures),
        "reasons": reason_tables(figures),
        "effects": effect_tables(found, request.team, figures),
        "audience_words": words_for_audience(found, request.team),
        "may_export": may(request.member, Right.EXPORT),
    }
    return render(request, "broadcasts/broadcast.html", context)


@require_GET
@team_view(Right.SEND_BROADCASTS)
def broadcast_progress(request: TeamRequest, id: int) -> HttpResponse:
    """The progress for the page that polls; when nothing more happens by itself, the page reloads."""
    found = _find(request, id)
    if not _is_live(found):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "broadcasts/progress.html#now", _progress(request, found, figures_of(found)))


def _find(request: TeamRequest, id: int) -> Broadcast:
    rows = Broadcast.objects.filter(team_id=request.team.id).select_related("inbox", "picture")
    return get_object_or_404(rows, id=id)


def _is_live(found: Broadcast) -> bool:
    """Whether its progress changes by itself."""
    return found.status in (*RUNNING, BroadcastStatus.SCHEDULED)


def _progress(request: TeamRequest, found: Broadcast, figures: FiguresOfBroadcast) -> dict[str, Any]:
    counts = figures.by_outcome()
    sending = found.status == BroadcastStatus.SENDING
    return {
        "pace": measure_progress(found) if sending else None,
        "held": find_held(found) if counts.get(RecipientOutcome.HELD) else None,
        "section": "broadcasts",
        "broadcast": found,
        "figures": figures,
        "is_live": _is_live(found),
        "actions": ACTIONS.get(BroadcastStatus(found.status), ()),
        "not_sent": counts.get(RecipientOutcome.NOT_SENT, 0),
        "zone_name": request.team.clock.zone_name,
    }


def _main_figures(figures: FiguresOfBroadcast) -> list[ResultFigure]:
    sent = figures.handed_over
    understood = f"{figures.understood:,} understood as opt-out" if figures.understood else ""
    return [
        ResultFigure("Sent", sent, describe_share(sent, figures.recipients) + " of the recipients"),
        ResultFigure("Delivered", figures.delivered, describe_share(figures.delivered, sent)),
        ResultFigure("Replied", figures.replied, describe_share(figures.replied, sent)),
        ResultFigure("Opted out", figures.opted_out, describe_share(figures.opted_out, sent), understood),
    ]


# -- changes -----------------------------------------------------------------------------------------------------


@require_POST
@team_view(Right.SEND_BROADCASTS)
def broadcast_pause(request: TeamRequest, id: int) -> HttpResponse:
    detail = f"By {request.member}."
    return _change(request, id, lambda: pause(id, request.team.id, PauseReason.MEMBER, detail))


@require_POST
@team_view(Right.SEND_BROADCASTS)
def broadcast_resume(request: TeamRequest, id: int) -> HttpResponse:
    return _change(request, id, lambda: resume(id, request.team.id, by=request.member))


@require_POST
@team_view(Right.SEND_BROADCASTS)
def broadcast_cancel(request: TeamRequest, id: int) -> HttpResponse:
    return _change(request, id, lambda: cancel(id, request.team.id))


def _change(request: TeamRequest, id: int, change: Callable[[], Any]) -> HttpResponse:
    """Change it, or say why that is not possible now; then show it."""
    _find(request, id)
    try:
        change()
    except NotPossible as refusal:
        messages.warning(request, str(refusal))
    return redirect("broadcast", request.team.slug, id)
