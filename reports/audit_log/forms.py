"""Filter form of the audit log: the address, read into a group of actions, an actor and days.

An invalid value gets an error beside its field; the page ignores it, and an export is refused.
"""

import re
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from accounts.audit.actions import ActionGroup, ActorKind
from accounts.audit.models import AuditEntry
from accounts.models import Team
from kernel.keyset import Cursor
from reports.audit_log.entries import actor_choices
from reports.audit_log.query import AuditQuery, by_actor
from reports.forms import FIRST_DAY, choice_field, day_field, filter_choice_field

LAST_DAY = date(2999, 12, 31)  # times near the limits of datetime overflow in other zones
_WHO = re.compile(rf"({'|'.join(ActorKind.values)})(-[0-9]{{1,18}})?", re.ASCII)


class AuditFilterForm(forms.Form):
    what = filter_choice_field("What", choices=[("", "Everything"), *ActionGroup.choices], required=False)
    who = filter_choice_field("Who", required=False)
    first = day_field("From", required=False)
    last = day_field("Until", required=False)

    def __init__(self, team: Team, query: QueryDict) -> None:
        self.after = Cursor.read(query.get("after", ""))
        super().__init__(
            {name: query.get(name, "").replace("\0", "?") for name in self.base_fields}, auto_id="%s"
        )
        choices = actor_choices(team)
        if _is_former(team, self.data["who"], dict(choices)):
            choices.append((self.data["who"], "Somebody who has left"))
        choice_field(self, "who").choices = [("", "Everybody"), *choices]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        for name in ("first", "last"):
            day = cleaned.get(name)
            if day and not FIRST_DAY <= day <= LAST_DAY:
                self.add_error(name, "Enter a date between 2000 and 2999.")
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "The end date must not be before the start date.")
        return cleaned

    @property
    def query(self) -> AuditQuery:
        """What is shown: without the values that are invalid."""
        self.full_clean()
        filters = {name: value for name, value in self.cleaned_data.items() if value}
        return AuditQuery(**filters, after=self.after if self.after and self.after.value else None)

    def in_words(self, name: str) -> str:
        """The label of what was chosen."""
        chosen = self.cleaned_data[name]
        return next(
            str(option.data["label"]) for option in self[name].subwidgets if option.data["value"] == chosen
        )


def _is_former(team: Team, who: str, current: dict[str, str]) -> bool:
    """Whether it is an actor that cannot be chosen any more, but has entries."""
    if who in current or not _WHO.fullmatch(who):
        return False
    return by_actor(AuditEntry.objects.filter(team=team), who).exists()
