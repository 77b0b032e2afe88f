"""Twilio's Consent Management API: twilio.com/docs/messaging/features/consent-api.

Twilio gives access on request, and with its Compliance Toolkit. An opt-in there does not override a STOP to a US
toll-free number. A call takes 25 changes; an account may make 100 calls a minute.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from accounts.models import Inbox
from kernel.phone_numbers import dialled
from messaging.carriers.opt_out_lists import ListChange

BATCH = 25


def push_changes(client: Any, inbox: Inbox, changes: Sequence[ListChange]) -> dict[str, str]:
    """Write at most BATCH changes; what was refused, by number."""
    by_id = {uuid.uuid4().hex: change for change in changes}
    items = [_item(inbox, id, change) for id, change in by_id.items()]
    answer = client.accounts.v1.bulk_consents.create(items=items)
    return {
        by_id[result["correlation_id"]].number: "; ".join(result.get("error_messages") or ["Refused."])[:200]
        for result in answer.items or []
        if result.get("error_code") and result.get("correlation_id") in by_id
    }


def _item(inbox: Inbox, id: str, change: ListChange) -> dict[str, str]:
    by_text = "opt-out-message" if change.opted_out else "opt-in-message"
    return {
        "contact_id": change.number,
        "correlation_id": id,
        "sender_id": dialled(inbox.number),
        "status": "opt-out" if change.opted_out else "opt-in",
        "source": by_text if change.by_text else "others",
        "date_of_consent": change.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
