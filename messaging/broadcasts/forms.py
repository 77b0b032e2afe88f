"""Form of a broadcast: lenient while it is a draft, complete before it is reviewed."""

from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils import timezone

from accounts.access import Right, inboxes_with
from accounts.models import Member
from kernel.model_choices import offer_rows
from kernel.revisions import FieldConflict, RevisedForm
from kernel.unfilled_fields import refuse_fields
from kernel.visible_text import has_visible_characters
from messaging.broadcasts.audience import Audience
from messaging.broadcasts.audience_form import (
    audience_texts,
    describe_audience,
    read_audience,
    tick_audience,
)
from messaging.broadcasts.models import Broadcast, BroadcastCategory
from messaging.broadcasts.senders import closed_to
from messaging.forms import MAX_TEXT_LENGTH, sender_label
from messaging.recipients import RecipientField
from messaging.scheduling.schedule import FURTHEST
from messaging.text_templates.fields import find_mistakes
from messaging.text_templates.values import known_fields

NOW, LATER = "now", "later"
LAST_USED = "The inbox last used with each person"
NOBODY = "nobody"


class AudienceInput(forms.Widget):
    """The audience that a form ticks, as texts. The page renders the boxes itself."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return audience_texts(read_audience(data))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def format_value(self, value: Any) -> Any:
        return value


class BroadcastForm(RevisedForm, forms.Form):
    """The draft of a broadcast. `complete`: it is about to be reviewed, so nothing may miss but the audience."""

    audience = forms.Field(
        required=False, widget=AudienceInput
    )  # for comparisons; read_audience(data) has it

    name = forms.CharField(
        label="Name", max_length=80, required=False, help_text="For your team; recipients do not see it."
    )
    category = forms.ChoiceField(
        label="Category", choices=BroadcastCategory, widget=forms.RadioSelect, required=False
    )
    inbox: Any = forms.ModelChoiceField(label="From", queryset=None, required=False)
    body = forms.CharField(
        label="Text",
        max_length=MAX_TEXT_LENGTH,
        required=False,
        widget=forms.Textarea({"rows": 5, "dir": "auto", "data-takes-templates": True}),
    )
    template = forms.IntegerField(required=False, widget=forms.HiddenInput)  # that it began with
    picture = forms.IntegerField(
        required=False, widget=forms.HiddenInput
    )  # the template whose picture goes along
    picture_file = forms.FileField(
        label="Picture", required=False, widget=forms.FileInput({"accept": "image/*"})
    )
    without_picture = forms.BooleanField(label="Remove the picture", required=False)
    append_words = forms.BooleanField(
        label="End a person’s first text with words that say how", required=False
    )
    opt_out_words = forms.CharField(label="Words", max_length=160, required=False, validators=[refuse_fields])
    when = forms.ChoiceField(
        label="When it is sent",
        choices=[(NOW, "As soon as you confirm it"), (LATER, "Later")],
        widget=forms.RadioSelect,
        required=False,
    )
    send_at = forms.DateTimeField(
        label="Send at",
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(
        self, *args: Any, draft: Broadcast, member: Member, complete: bool = False, **options: Any
    ) -> None:
        options["initial"] = initial_values(draft, member.team.clock.zone)
        super().__init__(*args, **options)
        self.instance, self.member, self.complete = draft, member, complete
        self.must_choose_inbox = bool(closed_to(member))
        empty = "Choose an inbox" if self.must_choose_inbox else LAST_USED
        inboxes = inboxes_with(member, Right.SEND_TEXTS).open()
        offer_rows(self, "inbox", inboxes, empty_label=empty, label=sender_label)

    @property
    def ticked(self) -> Audience:
        """The audience that is ticked, or others' where only they changed it."""
        return read_audience(cast("QueryDict", self.data))

    def _replace(self, name: str) -> None:
        if name == "audience":
            tick_audience(cast("QueryDict", self.data), Audience.from_json(self.instance.audience))
        else:
            super()._replace(name)

    def _conflict(self, name: str, yours: list[str], now: list[str]) -> FieldConflict:
        conflict = super()._conflict(name, yours, now)
        if name != "audience":
            return conflict
        stored = Audience.from_json(self.instance.audience)
        words = [describe_audience(self.member.team, one) or NOBODY for one in (self.ticked, stored)]
        return replace(conflict, yours=words[0], now=words[1])

    def clean_send_at(self) -> datetime | None:
        """The time as a moment; the field gives the member's clock."""
        local: datetime | None = self.cleaned_data["send_at"]
        if local is None or self.cleaned_data.get("when") != LATER:
            return None
        at = local.replace(tzinfo=self.member.team.clock.zone)
        if self.complete and at <= timezone.now():
            raise forms.ValidationError("This time has passed. Choose a later one.")
        if at > timezone.now() + FURTHEST:
            raise forms.ValidationError("Choose a time within a year.")
        return at

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.complete:
            for name, problem in self._missing(data):
                if name not in self.errors:
                    self.add_error(name, problem)
        return data

    def _missing(self, data: dict[str, Any]) -> list[tuple[str, str]]:
        body = data.get("body", "")
        mistakes = find_mistakes(body, known_fields(self.member.team_id))
        inbox, words = data.get("inbox"), data.get("opt_out_words", "")
        invites_nobody = bool(inbox and not inbox.receives and "reply" in words.casefold())
        missing = [
            ("name", "Give it a name.", not has_visible_characters(data.get("name", ""))),
            ("category", "Say which of the two it is.", not data.get("category")),
            ("inbox", "Choose an inbox in which you may send texts.", self.must_choose_inbox and not inbox),
            ("body", "Write a text.", not has_visible_characters(body)),
            *(("body", mistake, True) for mistake in mistakes),
            ("opt_out_words", "Write the words, or untick the box above.",
                bool(data.get("append_words")) and not has_visible_characters(words)),
            ("opt_out_words", "Nobody can reply to this inbox. Name a link, an address or another number.",
                bool(data.get("append_words")) and invites_nobody),
            ("send_at", "Choose a day and time.", data.get("when") == LATER and not data.get("send_at")),
        ]  # fmt: skip
        return [(name, problem) for name, problem, is_missing in missing if is_missing]

    def changes(self) -> dict[str, Any]:
        """The columns of the draft that a valid form sets."""
        data = self.cleaned_data
        names = ("name", "inbox", "body", "append_words", "opt_out_words", "send_at")
        chosen = {name: data[name] for name in names}
        return chosen | ({"category": data["category"]} if data["category"] else {})


def initial_values(draft: Broadcast, zone: ZoneInfo) -> dict[str, Any]:
    """What the form of a draft shows."""
    return {
        "audience": audience_texts(Audience.from_json(draft.audience)),
        "name": draft.name,
        "category": draft.category,
        "inbox": draft.inbox_id,
        "body": draft.body,
        "template": draft.template_id,
        "append_words": draft.append_words,
        "opt_out_words": draft.opt_out_words,
        "when": LATER if draft.send_at else NOW,
        "send_at": draft.send_at and timezone.localtime(draft.send_at, zone).replace(tzinfo=None),
    }


class TestTextForm(forms.Form):
    """A number to which a broadcast is sent as a test: the member's own phone."""

    __test__ = False  # not a test

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["number"] = RecipientField(member.team, label="Send a test to")
        self.fields["number"].widget.attrs.update(
            type="tel", placeholder="Your own number", autocomplete="tel"
        )
