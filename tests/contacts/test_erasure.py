"""Erasure of a person: no table keeps the name, note, email address, number or custom value, except the evidence."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from typing import cast as typed

import psycopg
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from contacts.bulk.models import BulkActionRun
from contacts.contact import deletion
from contacts.contact.erasure import ErasedPerson, RowPatterns
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from contacts.imports.models import Import, RefusedRow
from contacts.imports.refused_rows import refused_rows_csv
from contacts.runs import worker
from contacts.runs.models import RunState
from contacts.vendor_lists.models import VendorListImport
from kernel.phone_numbers import display
from kernel.tenancy import scope
from messaging.compose import compose_text
from messaging.media import fetching
from messaging.scope_lookups import attachments_due
from messaging.simulator.models import SimulatedText
from optout import consent
from optout.consent_types import Actor
from reports.schedules.models import ReportSchedule
from tests.cast import TOM, Cast
from tests.contacts.test_import_contacts import checked, contact, draft, imported
from tests.messaging.fake_twilio import FakeTwilio, FileAnswer
from webhooks.models import SUBSCRIBABLE_TYPES, Endpoint

NUMBER = "+14155550147"
FIRST, LAST, EMAIL = "Zuleika", "Quackenbush", "zuleika@kumquat.example"
NOTE, HOBBY = "Asks for the xylophone room", "wurlitzer organs"
TRACES = ["zuleika", "quackenbush", "kumquat", "xylophone", "wurlitzer", "4155550147"]

# The evidence, and files that are deleted after a day unless somebody confirms their import.
ALLOWED = {"optout_consentevent", "optout_suppression", "optout_consentrecord"}
ALLOWED |= {"contacts_importchunk", "contacts_vendorlistfile"}

# The tables in which the scenario leaves traces.
EVERYWHERE = {
    "contacts_contact", "contacts_import", "contacts_importchange", "contacts_importrow", "contacts_refusedrow",
    "contacts_vendorlistremark", "contacts_vendorlistrow", "contacts_bulkactionrun", "messaging_message",
    "messaging_conversation", "messaging_simulatedtext", "messaging_attachment", "reports_reportschedule",
    "webhooks_webhookevent", "webhooks_delivery",
}  # fmt: skip

HEADER = "First Name,Last Name,Phone Number,Email,Note,Hobby"
ROW = f"{FIRST},{LAST},(415) 555-0147,{EMAIL},{NOTE},{HOBBY}"


def work_on_attachments() -> None:
    for found in attachments_due(100):
        fetching.work_on(found.team_id, found.id)


def traces_in_files(traces: Sequence[str] = TRACES) -> list[str]:
    """The traces of the person in stored files."""
    folder = Path(settings.STORAGES["media"]["OPTIONS"]["location"])
    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file()).lower()
    return [trace for trace in traces if trace.encode() in content]


def traces_by_table(owner: psycopg.Connection, traces: Sequence[str] = TRACES) -> dict[str, list[str]]:
    """The traces of the person in each table, in columns of every type; binary columns as text and as hexadecimal."""
    tables = owner.execute("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'").fetchall()
    found = {}
    for (table,) in tables:
        rows = owner.execute(typed(Any, f'SELECT lower(t::text) FROM "{table}" t')).fetchall()
        text = "\n".join(row for (row,) in rows)
        digits = "\n".join(re.sub(r"\D", "", row) for (row,) in rows)
        in_table = [
            trace for trace in traces if trace in text or trace in digits or trace.encode().hex() in text
        ]
        if in_table:
            found[table] = in_table
    return found


@pytest.fixture
def everywhere(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], as_client: Callable[[Member], Client]
) -> Client:
    """A browser of the admin, after the person left traces in every part of the product."""
    browser, team, slug = as_client(cast.admin), cast.northside, cast.northside.slug
    with scope(team.id):
        CustomField.objects.create(team=team, name="Hobby", key="hobby", kind="text", position=1)
        crm = Endpoint(team=team, name="CRM", url="http://127.0.0.1:9/", events=list(SUBSCRIBABLE_TYPES))
        crm.save()
    imported(cast, f"{HEADER}\n{FIRST},{LAST},4155550147,,,\n")
    imported(cast, f"{HEADER}\n{ROW}\nSomebody,Else,4155550148,,,\n", replace=True)
    # Refused: with the number, with the email address, and with the name only.
    refused = f"{FIRST},,415.555.0147,nonsense,,\n,,12,{EMAIL.upper()},,\n{LAST},{FIRST},12,,{NOTE},{HOBBY}\n"
    imported(cast, f"{HEADER}\n{refused}Olga,Other,12,,keep me,\nGood,Row,4155550149,,,\n")
    checked(cast, f"{HEADER}\n{ROW}\nPaul,Pending,4155550151,,,\n")
    draft(cast, f"{HEADER}\n{ROW}\n")

    card = f"BEGIN:VCARD\r\nFN:{FIRST} {LAST}\r\nTEL:{NUMBER}\r\nNOTE:{NOTE}\r\nEND:VCARD\r\n"
    carrier.files["/2010-04-01/ME1"] = FileAnswer(card.encode())
    media = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/2010-04-01/ME1"}
    carrier.text(cast.front_desk, NUMBER, f"I am {FIRST} {LAST}, {NOTE}", **media)
    work_on_attachments()
    carrier.text(cast.billing, NUMBER, "Stop please")
    carrier.text(cast.billing, NUMBER, "START")
    with scope(team.id):
        compose_text(cast.front_desk, NUMBER, f"Hello {FIRST}", author=cast.member)
    work()
    with scope(team.id):
        compose_text(cast.front_desk, NUMBER, f"Waiting for {FIRST}", author=cast.member)
        SimulatedText.objects.create(
            team=team, inbox=cast.front_desk, number=NUMBER, from_handset=True, body=NOTE
        )
        consent.opt_out(team.id, NUMBER, Actor.of(cast.admin), reason=f"{FIRST} called")
    vendor = f"{display(NUMBER)},99/99/2020,{FIRST} {LAST}\n555,2020-01-01,{EMAIL}\n"
    text = f"Phone,Date,Source\n{vendor}"
    browser.post(reverse("vendor_lists", args=[slug]), {"source": "Textline", "country": "US", "text": text})
    with scope(team.id):
        (vendor_list,) = VendorListImport.objects.all()
    worker.advance(team.id, vendor_list.id, "vendor_list")
    for q in (f"{FIRST} {LAST}", "(415) 555-0147", EMAIL):
        selection = {"all": "1", "query": f"q={q}&no_name=", "action": "tag", "name": "Organists"}
        browser.post(reverse("bulk_actions", args=[slug]), selection)
        with scope(team.id):  # of an earlier version, which kept searches
            done = BulkActionRun(team=team, action="tag", query=f"q={q}&tag=3")
            done.state = RunState.DONE
            done.save()
        schedule = {"report": "opt_out_report", "query": f"action=opted_out&q={q}", "created_by": "Amir"}
        with scope(team.id):
            made = ReportSchedule(team=team, **schedule)
            made.resume()
            made.save()
    return browser


def test_nothing_of_an_erased_person_remains_except_the_evidence(
    cast: Cast, everywhere: Client, owner: psycopg.Connection
) -> None:
    """Every column of every table is searched, also of tables that are added later."""
    before = traces_by_table(owner)
    assert set(before) >= EVERYWHERE, sorted(before)
    assert traces_in_files()
    page = reverse("contact_deletion", args=[cast.northside.slug, NUMBER])
    assert everywhere.post(page, {"erase": "on"}).status_code == 302
    work_on_attachments()
    assert traces_in_files() == []
    # Opt-outs that are still to be delivered, or to be confirmed, keep the number alone until then.
    pending = {"webhooks_webhookevent", "webhooks_delivery", "contacts_vendorlistrow"}
    after = traces_by_table(owner)
    assert {table: found for table, found in after.items() if table not in ALLOWED | pending} == {}
    for table in pending:
        assert after.get(table, ["4155550147"]) == ["4155550147"]


def test_rows_of_others_stay(cast: Cast, everywhere: Client) -> None:
    """Other rows of the same files, other contacts, and schedules without their search, which are paused."""
    page = reverse("contact_deletion", args=[cast.northside.slug, NUMBER])
    everywhere.post(page, {"erase": "on"})
    with scope(cast.northside.id):
        refused = RefusedRow.objects.exclude(cells=[])
        assert [row.cells[:2] for row in refused] == [["Olga", "Other"]]
        erased = RefusedRow.objects.filter(cells=[])
        assert {(row.line, row.reason) for row in erased} == {
            (line, "Erased at the request of a person.") for line in (2, 3, 4)
        }
        files = [b"".join(refused_rows_csv(run)) for run in Import.objects.order_by("id")]
        assert b"Olga" in files[2] and b"Zuleika" not in files[2]
        waiting = Import.objects.get(state=RunState.CHECKED)
        assert [row.first_name for row in waiting.rows.all()] == ["Paul"]
        assert [sample[0] for sample in waiting.samples] == ["Paul"]
        schedules = list(ReportSchedule.objects.all())
        assert [(row.query, row.due_at, row.error[:6]) for row in schedules] == [
            ("action=opted_out", None, "Paused")
        ] * 3
        assert cast.northside.contacts.filter(number__in=[TOM, "+14155550148"]).count() == 2


def test_an_opt_out_that_waits_for_confirmation_survives_an_erasure(cast: Cast) -> None:
    """Its number alone is kept, and is opted out by the import."""
    run = checked(cast, f"{HEADER},Opt Out\nTom,Becker,{TOM},tom@example.com,Tooth,,yes\n")
    with scope(cast.northside.id):
        deletion.delete_contacts(cast.northside.id, [cast.tom.id], erase=True, by=Actor.of(cast.admin))
        (row,) = run.rows.all()
        assert (row.number, row.opt_out, row.first_name, row.email, row.note) == (TOM, True, "", "", "")
        run.refresh_from_db()
        run.confirm(lift_ours=False)
    from_import = _finish(cast, run)
    assert from_import.state == RunState.DONE
    assert (contact(cast, TOM).standing, contact(cast, TOM).name) == ("opt_out", "")


def _finish(cast: Cast, run: Import) -> Import:
    worker.advance(cast.northside.id, run.id, "import")
    with scope(cast.northside.id):
        return Import.objects.get(id=run.id)


# -- pure functions --------------------------------------------------------------------------------------------------

MARIA = ErasedPerson.of(
    Contact(
        id=1, number="+14155550101", first_name="Maria", last_name="de Lopez", display_name="Mari L.",
        email="m@x.example",
    )
)  # fmt: skip
SHORT = ErasedPerson.of(Contact(id=2, number="US:38438", first_name="Ann"))


@pytest.mark.parametrize(
    ("person", "cells", "matches"),
    [
        (MARIA, ["+1 (415) 555-0101"], True),
        (MARIA, ["415.555.0101"], True),
        (MARIA, ["", "4155550101x"], True),
        (MARIA, ["4155550102"], False),
        (MARIA, ["M@X.EXAMPLE"], True),
        (MARIA, ["Maria", "", "De Lopez"], True),
        (MARIA, ["de Lopez, Maria"], False),  # words in another order than name and reversed name
        (MARIA, ["Lopez", "Maria de"], True),
        (MARIA, ["mari", "l."], True),
        (MARIA, ["Maria", "Smith"], False),
        (SHORT, ["38438"], True),
        (SHORT, ["1384380"], False),
        (SHORT, ["Ann", "Ames"], False),  # a first name alone is not a person
    ],
)
def test_rows_about_a_person(
    person: ErasedPerson, cells: list[str], matches: bool, owner: psycopg.Connection
) -> None:
    patterns = RowPatterns.of([person])
    digits = re.sub(r"\D", "", "".join(cells))
    text = json.dumps(cells, ensure_ascii=False).lower()
    found = owner.execute(
        "SELECT %s::text ~ %s OR %s::text ~ %s", [digits, patterns.digits, text, patterns.words]
    ).fetchone()
    assert found == (matches,)


@pytest.mark.parametrize(
    ("q", "about"),
    [
        ("maria lopez", True),
        ("Lopez", True),
        ("m@x.example", True),
        ("(415) 555-0101", True),
        ("+14155550101", True),
        ("5550101", True),
        ("415", False),  # an area code is no person
        ("ma", False),
        ("Maria Smith", False),
        ("", False),
        ("4155550102", False),
    ],
)
def test_searches_for_a_person(q: str, about: bool) -> None:
    assert MARIA.is_searched_by(q) is about
