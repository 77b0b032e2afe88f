"""Messages for tests of reports: rows of one conversation, and up-to-date rollups of a team."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Inbox, Team
from kernel.tenancy import scope
from messaging.models import Conversation, Message
from reports import rollup
from tests.cast import MARIA

NEW_YORK = ZoneInfo("America/New_York")


def create_message(inbox: Inbox, at: datetime, **more: Any) -> Message:
    conversation, _ = Conversation.objects.get_or_create(
        team_id=inbox.team_id, inbox=inbox, number=MARIA, defaults={"last_message_at": at}
    )
    values = {"outbound": False, "status": "received", "segments": 1, **more}
    return Message.objects.create(
        team_id=inbox.team_id, conversation=conversation, inbox=inbox, number=MARIA, at=at, **values
    )


def create_outbound(inbox: Inbox, at: datetime, **more: Any) -> Message:
    return create_message(inbox, at, **{"outbound": True, "status": "delivered", **more})


def update_rollups_of(team: Team) -> int:
    with scope(team.id):
        assert rollup.catch_up(team)
    return team.id
