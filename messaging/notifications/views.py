"""Views of notifications: a member's choices, and the browsers that show them."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import TeamRequest, team_view
from accounts.settings_page import render_settings_page
from kernel.form_views import form_view
from kernel.tenancy import scope
from messaging.notifications import pushing
from messaging.notifications.forms import NotificationsForm, SubscriptionForm, endpoint_hash
from messaging.notifications.models import PushSubscription


@form_view
@team_view()
def notifications(request: TeamRequest) -> HttpResponse:
    form = NotificationsForm(request.POST if request.method == "POST" else None, request.member)
    if form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("notifications", request.team.slug)
    context = {
        "form": form,
        "push_key": pushing.public_key(),
        "browsers": _own(request).order_by("created_at"),
    }
    return render_settings_page(request, "messaging/notifications.html", "notifications", context)


@require_POST
@team_view(whole_request=False)
def push_subscriptions(request: TeamRequest) -> HttpResponse:
    """Register this browser. The address of its push service is looked up outside of any transaction."""
    form = SubscriptionForm(request.POST)
    if not (pushing.is_offered() and form.is_valid()):
        messages.warning(request, "This browser's push service cannot be used here.")
        return redirect("notifications", request.team.slug)
    with scope(request.team.id):
        form.save(request.member, request.session.session_key or "")
    messages.success(request, "This browser shows notifications now.")
    return redirect("notifications", request.team.slug)


@require_POST
@team_view()
def delete_push_subscriptions(request: TeamRequest) -> HttpResponse:
    """Remove one browser, by the address of its push service, or all of the member's."""
    own = _own(request)
    if endpoint := request.POST.get("endpoint"):
        own = own.filter(endpoint_hash=endpoint_hash(endpoint))
    own.delete()
    messages.success(request, "No notifications are shown there any more.")
    return redirect("notifications", request.team.slug)


def _own(request: TeamRequest) -> QuerySet[PushSubscription]:
    return PushSubscription.objects.filter(team_id=request.team.id, member_id=request.member.id)
