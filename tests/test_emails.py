"""Emails: each has a text and an HTML part of one form, without a tag that was not rendered or the name of a zone."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from kernel.mail import compose_email

TEAM = SimpleNamespace(name="Ann & Bob’s <Bikes>")
LINK = "https://texts.example.com/t/bikes/?a=1&b=2"
ENDPOINT = SimpleNamespace(
    name="CRM", url="https://crm.example.com/", deactivation_reason="It did not respond."
)
SCHEDULE = SimpleNamespace(
    every="week", created_by="Olivia Owens", recurrence_in_words="Every Friday at 9 AM"
)
ROOT = SimpleNamespace(
    day="2026-11-28", hash="ab12", entries=3, signature=SimpleNamespace(key_id="1", public_key="k")
)
INVITATION = SimpleNamespace(team=TEAM.name, invited_by="Olivia Owens")
EMAILS: dict[str, dict[str, Any]] = {
    "account/email/account_already_exists_message.txt": {"email": "ann@example.com"},
    "account/email/email_confirmation_message.txt": {"email": "ann@example.com"},
    "account/email/password_reset_key_message.txt": {},
    "account/email/sign_up_message.txt": {"business": TEAM.name},
    "account/email/unknown_account_message.txt": {"email": "ann@example.com"},
    "accounts/account_email.txt": {
        "heading": "Passkey added", "sentence": "A passkey was added.", "rows": [{"label": "Browser", "value": "?"}],
    },
    "accounts/invitation_email.txt": {"email": INVITATION},
    "portability/moved_email.txt": {"team": TEAM},
    "portability/deletion_asked_email.txt": {"team": TEAM, "day": "Saturday, December 13"},
    "portability/deletion_warning_email.txt": {"team": TEAM, "day": "Saturday, December 13"},
    "portability/deletion_cancelled_email.txt": {"team": TEAM},
    "evidence/root_address_email.txt": {"team": TEAM},
    "evidence/root_email.txt": {"team": TEAM, "root": ROOT, "attached": True},
    "messaging/unseen_email.txt": {"team": TEAM, "titles": ["A text of Maria"], "more": 2, "settings": LINK},
    "optout/link_request_email.txt": {"team": TEAM, "asked_by": "Olivia Owens", "owned": ["Harbor", "Pier"]},
    "broadcasts/pause_email.txt": {
        "team": TEAM, "broadcast": SimpleNamespace(name="Winter", pause_sentence="The inbox is closed."),
    },
    "messaging/due_reviews_email.txt": {"team": TEAM, "count": 2, "due_on": "Monday, November 30"},
    "webhooks/disabled_email.txt": {"team": TEAM, "endpoint": ENDPOINT, "waiting": 3},
    "reports/schedule_email.txt": {
        "schedule": SCHEDULE, "kind": SimpleNamespace(label="Consent"), "description": f"{date(2026, 11, 16):%B %Y}",
        "rows": [{"label": "Not sent", "value": "4", "note": "+100%, 2 before"}], "zone_name": "Eastern time",
        "schedule_link": LINK, "table_note": "The full table is attached as CSV.",
    },
}  # fmt: skip


@pytest.mark.parametrize("template", EMAILS)
def test_both_parts_of_each_email(template: str) -> None:
    email = compose_email(
        "Hello\n there", template, {"link": LINK, **EMAILS[template]}, ["a@example.com"], TEAM.name
    )
    ((content, kind),) = email.alternatives
    html, text = str(content), str(email.body)
    assert (email.subject, kind) == ("Hello there", "text/html")
    assert LINK in text and "https://texts.example.com/t/bikes/?a=1&amp;b=2" in html
    assert html.count("<h1") == html.count("background: #0f6b5c") == 1, "one heading and one button"
    assert "prefers-color-scheme: dark" in html and "{#" not in html
    for part in (text, html):
        assert "You get this because" in part and not any(
            mark in part for mark in ("{{", "{%", "America/", "e-mail")
        )
    assert "Ann & Bob’s <Bikes>" in text and "&amp;" not in text
    assert "Ann &amp; Bob’s &lt;Bikes&gt;" in html and "<Bikes>" not in html
