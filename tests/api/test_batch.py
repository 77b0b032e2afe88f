"""A batch of contacts: most are saved together, with the results of saving them one by one."""

from typing import Any

import pytest

from contacts.api import contact_batches
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from contacts.lists.models import Tag
from kernel.tenancy import scope
from optout.models import ConsentEvent
from tests.api.conftest import ApiClient
from tests.cast import MARIA, TOM, Cast
from tests.held_transactions import held_transaction
from tests.statements import counted

NEW = [f"1415555{number}" for number in range(2000, 2060)]


def batch_of(cast: Cast, tag: int) -> list[dict[str, Any]]:
    """Contacts that are new and known, plain and not, right and wrong, once and twice."""
    return [
        *({"phone": phone, "first": f"N{phone}", "tags": ["bulk", {"tag_id": tag}]} for phone in NEW[:40]),
        *({"phone": phone, "is_opted_out": True, "email": "a@example.com"} for phone in NEW[40:44]),
        {"phone": NEW[44], "custom": {"level": "Gold"}, "assignee_id": cast.member.id},
        {"phone": NEW[45], "status": "blocked"},
        {"phone": NEW[46], "status": "unsubscribed", "first": "  Ada   B. "},
        {"phone": NEW[47], "email": "no address"},
        {"phone": NEW[48], "tags": [{"tag_id": 2**62}]},
        {"phone": NEW[49], "assignee_id": 2**62},
        {"phone": "911"},
        {"phone": NEW[50], "first": "First"},
        {"phone": NEW[50], "first": "Second", "last": "Twice"},
        {"phone": MARIA, "first": "Mary", "email": "maria@example.com", "tags": ["bulk"]},
        {"phone": TOM, "custom": {"level": "Gold"}, "is_opted_out": True},
        {"first": "No number"},
    ]


def outcome(cast: Cast, answers: list[dict[str, Any]]) -> Any:
    """What was saved and answered, without IDs and times."""
    with scope(cast.northside.id):
        contacts = [
            (c.number, c.first_name, c.last_name, c.email, c.custom, c.rev, bool(c.assignee_id),
             [tag.name for tag in c.sorted_tags()])
            for c in Contact.objects.filter(team=cast.northside).order_by("number")
        ]  # fmt: skip
        ledger = sorted(
            ConsentEvent.objects.filter(team=cast.northside).values_list(
                "number", "action", "origin", "reason"
            )
        )
    shown = [
        (
            answer["index"],
            answer["phone"],
            answer["rev"],
            answer["created"],
            (answer["error"] or {}).get("error_code"),
        )
        for answer in answers
    ]
    return contacts, ledger, shown


@pytest.mark.parametrize("overwrite", ["false", "true"])
def test_contacts_that_are_saved_together_are_saved_as_one_by_one(
    cast: Cast, crm: ApiClient, monkeypatch: pytest.MonkeyPatch, overwrite: str
) -> None:
    with scope(cast.northside.id):
        CustomField.objects.create(team=cast.northside, name="Level", key="level")
        tag = Tag.objects.create(team=cast.northside, name="vip").id
    body, path = batch_of(cast, tag), f"batch/contacts?overwrite={overwrite}"
    dry = crm.post(path, body, **{"X-Heymarket-Dry-Run": "true"})["response"]
    with scope(cast.northside.id):
        assert Contact.objects.filter(team=cast.northside).count() == 2, "a dry run saves nothing"

    def saved() -> Any:
        with held_transaction(undone=True):
            answers = crm.post(path, body)
            found = outcome(cast, answers)
        assert [(row["index"], row["created"]) for row in dry] == [
            (row["index"], row["created"]) for row in answers
        ]
        return found

    together = saved()
    assert sum(row[3] is True for row in together[2]) == 48
    monkeypatch.setattr(contact_batches, "save_many", lambda request, bodies, overwrite: {})
    assert saved() == together


def test_many_contacts_cost_few_statements(
    cast: Cast, crm: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = [
        {"phone": phone, "first": "Ada", "tags": ["bulk"], "is_opted_out": n < 3}
        for n, phone in enumerate(NEW)
    ]
    crm.post("batch/contacts", body[:1])
    with counted(monkeypatch) as statements:
        answers = crm.post("batch/contacts", body)
    assert [answer["error"] for answer in answers] == [None] * len(NEW)
    assert len(statements) <= 50, statements
