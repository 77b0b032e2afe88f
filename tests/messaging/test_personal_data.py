"""A person's data: an export of every row about a number, and an erasure that says what stays."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from typing import Any
from typing import cast as typed

import psycopg
import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.audit.actions import AuditAction
from accounts.audit.models import AuditEntry
from accounts.models import Member
from contacts.contact.models import Contact
from kernel.tenancy import TenantModel, scope
from messaging.models import Conversation
from messaging.personal_data.tables import LEFT_OUT, TABLES
from messaging.teamwork.models import Note
from optout.models import ConsentEvent, Suppression
from tests.cast import MARIA, STRANGER, Cast
from tests.contacts.test_erasure import work_on_attachments
from tests.kernel.test_tenancy import populate, tenant_tables
from tests.messaging.fake_twilio import FakeTwilio, FileAnswer

type ClientOf = Callable[[Member], Client]

CARD = b"BEGIN:VCARD\r\nFN:Dr. Marimba\r\nTEL:+14155550170\r\nEND:VCARD\r\n"
# What keeps the number after an erasure. docs/retention.md says why.
KEPT = {
    "optout_suppression", "optout_consentevent", "optout_consentrecord", "optout_doubleoptin", "optout_review",
    "optout_carrieroptout", "optout_suppressednumber", "messaging_pushedoptout", "contacts_importoptout",
    "contacts_vendorlistrow", "webhooks_webhookevent", "webhooks_delivery",
}  # fmt: skip


@pytest.fixture
def known(cast: Cast, carrier: FakeTwilio) -> Conversation:
    """Northside has a row about Maria in every table; both teams have her texts. Her conversation at the front desk."""
    populate(cast.northside, cast.member, cast.front_desk)
    populate(cast.harbor, cast.outsider, cast.shop)
    carrier.files["/2010-04-01/ME1"] = FileAnswer(CARD)
    media = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/2010-04-01/ME1"}
    carrier.text(cast.front_desk, MARIA, "=My dentist", **media)
    carrier.text(cast.front_desk, MARIA, "STOP")
    carrier.text(cast.billing, STRANGER, "Somebody else")
    work_on_attachments()
    with scope(cast.northside.id):
        Contact.objects.filter(number=MARIA).update(custom={"plan": "gold"}, note="Afraid of drills")
        found: Conversation = Conversation.objects.get(
            team=cast.northside, inbox=cast.front_desk, number=MARIA
        )
        return found


def exported(browser: Client, cast: Cast, number: str = MARIA) -> zipfile.ZipFile:
    answer: Any = browser.get(reverse("export_personal_data", args=[cast.northside.slug, number]))
    assert answer.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


# -- the export --------------------------------------------------------------------------------------------------


def test_the_export_has_every_row_about_the_person_and_nobody_else(
    cast: Cast, known: Conversation, as_client: ClientOf
) -> None:
    archive = exported(as_client(cast.admin), cast)
    assert archive.testzip() is None
    names = archive.namelist()
    assert names[:7] == [
        "readme.txt", "details.csv", "lists.csv", "texts.csv", "notes.csv", "consent.csv", "person.json",
    ]  # fmt: skip
    (media,) = names[7:]
    assert archive.read(media) == CARD and media.startswith("media/")
    data = json.loads(archive.read("person.json"))
    assert set(data) == {"about", *(found.name for found in TABLES)}
    empty = {name for name, rows in data.items() if not rows}
    # populate() writes these about other numbers.
    assert empty == {"group_texts_of_others", "changes_by_imports"} & empty, empty
    assert data["about"]["number"] == MARIA and data["about"]["made_by"] == "Amir Adams"
    assert data["contact"][0]["note"] == "Afraid of drills"
    assert {row["team_id"] for rows in data.values() for row in rows if "team_id" in row} == set()

    assert ("Plan", "gold") in {(row["Field"], row["Value"]) for row in table(archive, "details.csv")}
    assert {row["Name"] for row in table(archive, "lists.csv")} == {"Recall", "VIP"}
    texts = table(archive, "texts.csv")
    assert [row["Text"] for row in texts][:3] == ["of Northside Dental", "'=My dentist", "STOP"]
    assert texts[1]["Files"].startswith("Contact card ")
    assert len(table(archive, "notes.csv")) == 1
    kinds = [row["Kind"] for row in table(archive, "consent.csv")]
    assert "Change" in kinds and "Consent on record" in kinds
    whole = b"".join(archive.read(name) for name in names)
    for other in (b"Harbor", b"Brompton", b"Somebody else"):
        assert other not in whole
    assert "(415) 555-0101 at Northside Dental" in archive.read("readme.txt").decode()

    with scope(cast.northside.id):
        entries = list(AuditEntry.objects.filter(action__startswith="export").order_by("id"))
    assert [entry.action for entry in entries] == [AuditAction.EXPORT_STARTED, AuditAction.EXPORT_ENDED]
    assert entries[1].details["complete"] and entries[1].details["rows"] > 20
    assert not any("4155550101" in str(entry.details) + entry.target_name for entry in entries)


def test_a_number_without_a_contact_is_exported_and_one_that_nobody_knows_is_not_found(
    cast: Cast, known: Conversation, as_client: ClientOf
) -> None:
    browser = as_client(cast.owner)
    texts = table(exported(browser, cast, STRANGER), "texts.csv")
    assert [row["Text"] for row in texts][:1] == ["Somebody else"]
    for name in ("personal_data", "export_personal_data", "personal_data_erasure"):
        assert browser.get(reverse(name, args=[cast.northside.slug, "+14155550188"])).status_code == 404


def test_every_table_that_may_be_about_a_person_is_exported_or_left_out_with_a_reason() -> None:
    """A new table with such a column needs an entry in messaging.personal_data.tables."""
    columns = {"number", "contact_id", "conversation_id", "message_id", "cells"}
    own = {"Inbox", "FilterValue"}  # the team's number; a number as a value
    found = {
        model
        for model in apps.get_models()
        if issubclass(model, TenantModel)
        and columns & {field.attname for field in model._meta.concrete_fields}
        and model.__name__ not in own
    }
    listed = {entry.model for entry in TABLES}
    assert found - listed - set(LEFT_OUT) == set()
    assert not listed & set(LEFT_OUT)


# -- the erasure -------------------------------------------------------------------------------------------------


def tables_with(owner: psycopg.Connection, team_id: int, digits: str) -> set[str]:
    """The tables in which a row of the team has these digits, in any column and spelling."""
    found = set()
    for name in tenant_tables(owner):
        if name == "accounts_team":
            continue
        rows = owner.execute(typed(Any, f"SELECT t::text FROM {name} t WHERE team_id = {team_id}")).fetchall()
        if any(digits in re.sub(r"\D", "", row) for (row,) in rows):
            found.add(name)
    return found


def test_an_erasure_says_what_stays_and_leaves_nothing_else(
    cast: Cast, known: Conversation, as_client: ClientOf, owner: psycopg.Connection
) -> None:
    browser = as_client(cast.admin)
    args = [cast.northside.slug, MARIA]
    assert reverse("personal_data", args=args) in browser.get(reverse("contact", args=args)).text
    assert (
        reverse("personal_data_erasure", args=args) in browser.get(reverse("personal_data", args=args)).text
    )
    page = reverse("personal_data_erasure", args=args)
    words = " ".join(re.sub(r"<[^>]+>", " ", browser.get(page).text).split())
    assert "Contact Maria Lopez , with name" in words and "1 private note" in words and "1 file" in words
    assert "stays on the do-not-text list" in words and "Some states ask for it for ten years" in words
    assert browser.post(page, {"typed": "no"}).status_code == 422
    with scope(cast.northside.id):
        kept = [list(model.objects.values()) for model in (ConsentEvent, Suppression)]
    assert browser.post(page, {"typed": "erase"}).status_code == 302
    work_on_attachments()
    assert tables_with(owner, cast.northside.id, "4155550101") <= KEPT
    assert "messaging_message" in tables_with(owner, cast.harbor.id, "4155550101")
    with scope(cast.northside.id):
        assert [list(model.objects.values()) for model in (ConsentEvent, Suppression)] == kept
        assert not Note.objects.exists() and not cast.northside.contacts.filter(number=MARIA).exists()
        entry = AuditEntry.objects.get(action=AuditAction.PERSON_ERASED)
    assert entry.details["contacts"] == 1 and entry.details["texts"] >= 3
    assert "4155550101" not in str(entry.details)

    # Without a contact, by the number alone.
    with scope(cast.northside.id):
        cast.northside.contacts.filter(number=STRANGER).delete()
    page = reverse("personal_data_erasure", args=[cast.northside.slug, STRANGER])
    assert browser.post(page, {"typed": "erase"}).status_code == 302
    assert tables_with(owner, cast.northside.id, "4155550199") <= KEPT
    with scope(cast.northside.id):
        newest = AuditEntry.objects.filter(action=AuditAction.PERSON_ERASED).latest("id")
    assert (newest.details["contacts"], newest.details["texts"]) == (0, 1)
