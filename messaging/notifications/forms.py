"""Forms of notifications: a member's choices, and the subscription that a browser brings."""

import hashlib
from typing import Any

from django import forms
from django.utils import timezone

from accounts.access import visible_inboxes
from accounts.models import Inbox, Member
from kernel.model_choices import offer_rows
from messaging.notifications.finding import skip_all
from messaging.notifications.models import CHOSEN_EVENTS, NotificationSettings, PushSubscription
from webhooks.endpoint_urls import UrlNotAllowed, check_url

DELAYS = {5: "5 minutes", 15: "15 minutes", 30: "30 minutes", 60: "an hour", 240: "4 hours"}
_EVENTS = [(event.value, event.label) for event in CHOSEN_EVENTS]
WAYS = {"push": "In my browsers", "sound": "With sound", "email": "By email"}


class NotificationsForm(forms.Form):
    """What the member wants to be told, and how."""

    push, sound, email = (forms.MultipleChoiceField(choices=_EVENTS, required=False) for _ in WAYS)
    inboxes = forms.ModelMultipleChoiceField(
        Inbox.objects.none(), label="Inboxes", required=False, widget=forms.CheckboxSelectMultiple
    )
    email_minutes = forms.TypedChoiceField(
        label="Email if I have not opened the conversation after", choices=list(DELAYS.items()), coerce=int
    )

    def __init__(self, data: Any, member: Member) -> None:
        self.member = member
        rows = NotificationSettings.objects.filter(team_id=member.team_id, member_id=member.id)
        self.settings = rows.select_for_update(no_key=True).first() or NotificationSettings(
            team_id=member.team_id, member=member
        )
        self.is_new = self.settings.id is None
        chosen = self.settings
        initial = {way: getattr(chosen, way) for way in WAYS}
        super().__init__(
            data, initial=initial | {"inboxes": chosen.inbox_ids, "email_minutes": chosen.email_minutes}
        )
        offer_rows(self, "inboxes", visible_inboxes(member))

    @property
    def matrix(self) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
        """The value and label of each event, with the ways in which it is told."""
        chosen = {way: self[way].value() or [] for way in WAYS}
        return [
            (
                event.value,
                str(event.label),
                [(way, name, event.value in chosen[way]) for way, name in WAYS.items()],
            )
            for event in CHOSEN_EVENTS
        ]

    def save(self) -> None:
        """What happened before the first choice is not told."""
        data, settings = self.cleaned_data, self.settings
        for way in WAYS:
            setattr(settings, way, data[way])
        settings.inbox_ids = [inbox.id for inbox in data["inboxes"]]
        settings.email_minutes = data["email_minutes"]
        if self.is_new:
            skip_all(settings)
        if settings.events:
            settings.save()
        elif not self.is_new:
            settings.delete()


class SubscriptionForm(forms.Form):
    """A subscription as the browser's PushManager gives it. Raises nothing: a wrong one is refused in words."""

    endpoint = forms.URLField(max_length=1000, assume_scheme="https")
    p256dh = forms.RegexField(r"^[\w-]{80,100}=*$", max_length=120)
    auth = forms.RegexField(r"^[\w-]{20,30}=*$", max_length=60)

    def clean_endpoint(self) -> str:
        endpoint: str = self.cleaned_data["endpoint"]
        try:
            check_url(endpoint)
        except UrlNotAllowed as problem:
            raise forms.ValidationError(str(problem)) from None
        return endpoint

    def save(self, member: Member, session_key: str) -> None:
        """Register the browser for this member; it leaves another member of the team who used it before."""
        data = self.cleaned_data
        PushSubscription.objects.bulk_create(
            [
                PushSubscription(
                    team_id=member.team_id,
                    member=member,
                    endpoint_hash=endpoint_hash(data["endpoint"]),
                    session_key=session_key,
                    created_at=timezone.now(),
                    **data,
                )
            ],
            update_conflicts=True,
            unique_fields=["team", "endpoint_hash"],
            update_fields=["member", "p256dh", "auth", "session_key"],
        )


def endpoint_hash(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()
