"""Consent in imports: asked for in the form and read from columns; exported; taken back by an undo; lifts nothing."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError
from django.test import Client
from django.urls import reverse

from contacts.imports.consent_columns import consent_widgets
from contacts.imports.headers import match_columns
from contacts.imports.models import Import
from contacts.imports.undo.operation import start_undo
from contacts.runs import worker
from kernel.tenancy import scope
from optout import consent
from optout.consent_records.models import ConsentCategory, ConsentRecord
from optout.consent_records.on_record import numbers_with_consent
from optout.consent_types import Actor
from optout.number_state import standing
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.contacts.test_import_contacts import imported
from tests.contacts.test_import_opt_outs import import_command

FILE = (
    "First Name,Phone Number,Opt Out,Agreed To,Agreed Words,Agreed On\n"
    "Maria,4155550101,,marketing,Send me offers,2026-05-03\n"
    "Tom,4155550102,,,,\n"
    "Nina,4155550199,yes,marketing,,2026-05-03\n"
)
ANSWERED: dict[str, Any] = {
    "consent_method": "form",
    "consent_words": "I agree",
    "consent_source": "Spring fair",
}


def records(cast: Cast) -> list[tuple[Any, ...]]:
    with scope(cast.northside.id):
        rows = ConsentRecord.objects.filter(team_id=cast.northside.id).order_by("id")
        return [
            (row.number, row.category, row.method, row.words, row.source, row.obtained_at) for row in rows
        ]


def with_consent(cast: Cast, category: ConsentCategory = ConsentCategory.INFORMATIONAL) -> set[str]:
    with scope(cast.northside.id):
        return numbers_with_consent(cast.northside.id, [MARIA, TOM, STRANGER], category)


def test_the_form_and_the_columns_say_how_people_agreed(cast: Cast, as_client: Callable[..., Client]) -> None:
    with scope(cast.northside.id):
        word = Actor.of(cast.admin).recording_the_persons_word()
        consent.opt_out(cast.northside.id, MARIA, word, reason="They asked us")
    run = imported(cast, FILE, **ANSWERED)
    midnight = datetime(2026, 5, 3, 4, tzinfo=UTC)  # in the team's zone: an opt-out of that day is newer
    assert records(cast) == [
        (MARIA, "marketing", "form", "Send me offers", "Spring fair", midnight),
        (TOM, "informational", "form", "I agree", "Spring fair", None),
    ]
    assert run.counts["consent_recorded"] == 2
    assert with_consent(cast) == {TOM}, "a person's newer opt-out takes consent back"
    with scope(cast.northside.id):
        assert not standing(cast.northside.id, MARIA).may_text
    imported(cast, FILE, **ANSWERED)
    assert len(records(cast)) == 2, "the same file again is nothing new"

    answer: Any = as_client(cast.admin).get(reverse("export_contacts", args=[cast.northside.slug]))
    exported = b"".join(answer.streaming_content).decode("utf-8-sig")
    tom = next(row for row in csv.DictReader(io.StringIO(exported)) if row["First Name"] == "Tom")
    assert [tom[f"Agreed {name}"] for name in ("To", "By", "Words", "Source", "On")] == [
        "informational", "form", "I agree", "Spring fair", "",
    ]  # fmt: skip
    imported(cast, exported)
    assert len(records(cast)) == 2, "an export brings its own records"


def test_an_undo_takes_back_what_its_import_recorded(cast: Cast) -> None:
    run = imported(cast, "First Name,Phone Number,Agreed By\nNina,4155550199,in person\n")
    imported(cast, "Phone Number,Agreed To\n4155550102,marketing\n")
    assert records(cast)[0][:3] == (STRANGER, "informational", "spoken")
    assert with_consent(cast) == {STRANGER, TOM}
    with scope(cast.northside.id):
        undo = start_undo(Import.objects.get(team_id=cast.northside.id, id=run.id), lift=False, by=cast.admin)
    assert undo
    worker.advance(cast.northside.id, undo.id, "import_undo")
    assert with_consent(cast) == {TOM}
    assert (records(cast)[-1][0], records(cast)[-1][1]) == (STRANGER, "none")


def test_the_question_needs_words(cast: Cast, as_client: Callable[..., Client]) -> None:
    browser = as_client(cast.admin)
    upload = io.BytesIO(b"Phone Number\n4155550102\n")
    upload.name = "people.csv"
    page = browser.post(reverse("imports", args=[cast.northside.slug]), {"file": upload})["Location"]
    form = {"country": "US", "column-0": "number", "consent_method": "spoken"}
    refused = browser.post(page, form)
    assert (
        refused.status_code == 422
        and "Enter the words that these people agreed to" in refused.content.decode()
    )
    assert browser.post(page, {**form, "consent_words": "Text me"}).status_code == 302


@pytest.mark.parametrize(
    ("column", "cell", "read"),
    [
        ("agreed_to", "", ""),
        ("agreed_to", "Marketing", "marketing"),
        ("agreed_to", "informational texts", "informational"),
        ("agreed_to", "maybe", None),
        ("agreed_by", "On a form", None),
        ("agreed_by", "Form", "form"),
        ("agreed_by", "in person", "spoken"),
        ("agreed_by", "none", None),
        ("agreed_on", "2026-05-03T10:42:00Z", "2026-05-03T10:42:00+00:00"),
        ("agreed_on", "5/3/2026", "2026-05-03T00:00:00-04:00"),
        ("agreed_on", "2099-01-01", None),
        ("agreed_on", "soon", None),
    ],
)
def test_cells(column: str, cell: str, read: str | None) -> None:

    widget = consent_widgets("US", ZoneInfo("America/New_York"))[column]
    try:
        assert widget.clean(cell) == read
    except ValueError:
        assert read is None


def test_headers_of_other_systems_stay_opt_out_columns() -> None:
    headers = ["Phone", "Consent Date", "Consent Source", "Agreed On", "Agreed By"]
    assert match_columns(headers) == ["number", "opt_in", "?", "agreed_on", "agreed_by"]


def test_the_command_asks_how_people_agreed(cast: Cast, tmp_path: Path) -> None:
    options = {"consent": "form", "consent_marketing": True, "consent_source": " Spring fair "}
    with pytest.raises(CommandError, match="--consent-words"):
        import_command(cast, tmp_path, "First Name,Phone Number\nMaria,4155550101\n", **options)
    with pytest.raises(CommandError, match="Say with --consent how"):
        import_command(cast, tmp_path, FILE, consent_words="I agree")
    assert records(cast) == []
    import_command(cast, tmp_path, FILE, consent_words="I agree", **options)
    assert [row[:5] for row in records(cast)] == [
        (MARIA, "marketing", "form", "Send me offers", "Spring fair"),
        (TOM, "marketing", "form", "I agree", "Spring fair"),
    ]
