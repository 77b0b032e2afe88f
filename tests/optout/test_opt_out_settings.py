"""Settings > Opt-out: reading of an inbox, extra words, and the audit of their changes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse

from accounts.audit.models import AuditEntry
from accounts.models import Inbox, Member, Team
from kernel.tenancy import scope
from optout.reader.outcome import Outcome, ReadingMode
from optout.reader_settings import reader_settings
from tests.cast import Cast

AsClient = Callable[[Member], Client]


def url_of(name: str, cast: Cast, *args: object) -> str:
    return reverse(name, args=[cast.northside.slug, *args])


def front_desk(cast: Cast) -> Inbox:
    with scope(cast.northside.id):
        return Inbox.objects.select_related("team").get(team=cast.northside, id=cast.front_desk.id)


def changes(cast: Cast) -> list[tuple[str, ...]]:
    with scope(cast.northside.id):
        rows = AuditEntry.objects.filter(team=cast.northside).order_by("id")
        return [(row.actor_name, row.setting, row.before, row.after) for row in rows]


def test_an_inbox_reads_in_the_languages_of_the_country_until_the_team_chooses(
    cast: Cast, as_client: AsClient
) -> None:
    assert reader_settings(front_desk(cast)).languages == ("en", "es")
    page = url_of("inbox_reading", cast, cast.front_desk.id)
    assert as_client(cast.admin).post(page, {"opt_out_reading": "act"}).status_code == 302
    assert reader_settings(front_desk(cast)).languages == ("en",)
    form = {"opt_out_reading": "hold", "languages": ["it", "fr"]}
    assert as_client(cast.admin).post(page, form).status_code == 302
    settings = reader_settings(front_desk(cast))
    assert (settings.languages, settings.mode) == (("en", "fr", "it"), ReadingMode.HOLD)


def test_keywords_only_is_warned_about_and_audited(cast: Cast, as_client: AsClient) -> None:
    browser, page = as_client(cast.admin), url_of("inbox_reading", cast, cast.front_desk.id)
    assert "47 CFR 64.1200(a)(10)" in browser.get(page).content.decode()
    browser.post(page, {"opt_out_reading": "keywords", "languages": ["es"]})
    assert changes(cast) == [
        (
            "Amir Adams",
            "Front Desk: opt-outs in own words",
            "Opt out or hold for review",
            "Act on keywords only",
        )
    ]
    shown = browser.get(url_of("opt_out_settings", cast)).content.decode()
    assert "Front Desk: opt-outs in own words" in shown
    assert "Amir Adams" in shown


@pytest.mark.parametrize(
    "form", [{"opt_out_reading": "never"}, {}, {"opt_out_reading": "act", "languages": ["xx"]}]
)
def test_unknown_choices_are_refused(cast: Cast, as_client: AsClient, form: dict[str, Any]) -> None:
    page = url_of("inbox_reading", cast, cast.front_desk.id)
    assert as_client(cast.owner).post(page, form).status_code == 422
    assert (front_desk(cast).opt_out_reading, changes(cast)) == ("act", [])


def test_extra_words_reach_the_reader_and_the_audit(cast: Cast, as_client: AsClient) -> None:
    browser, page = as_client(cast.owner), url_of("opt_out_settings", cast)
    words = {"stop": "parada\nadios avisos", "start": "Join", "help": ""}
    assert browser.post(page, words).status_code == 302
    assert reader_settings(front_desk(cast)).extra_words == {
        "PARADA": Outcome.OPT_OUT,
        "ADIOSAVISOS": Outcome.OPT_OUT,
        "JOIN": Outcome.OPT_IN,
    }
    assert browser.post(page, {**words, "start": ""}).status_code == 302
    assert changes(cast)[-1] == ("Olivia Owens", "Words for opting in", "JOIN", "")
    assert len(changes(cast)) == 3


def test_a_refused_word_changes_nothing_and_is_shown_again(cast: Cast, as_client: AsClient) -> None:
    answer = as_client(cast.owner).post(url_of("opt_out_settings", cast), {"stop": "parada", "start": "STOP"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "always means opting out" in page
    assert "parada" in page
    with scope(cast.northside.id):
        assert Team.objects.get(pk=cast.northside.pk).extra_keywords == {}
    assert changes(cast) == []


def test_two_admins_do_not_overwrite_each_other(cast: Cast, as_client: AsClient) -> None:
    browser, page = as_client(cast.owner), url_of("opt_out_settings", cast)
    revision = browser.get(page).context["words"].revision_input.split('value="')[1].split('"')[0]
    as_client(cast.admin).post(page, {"stop": "leave", "start": "", "help": ""})
    answer = browser.post(page, {"stop": "parada", "start": "", "help": "", "revision": revision})
    assert answer.status_code == 422
    assert "Somebody else changed this" in answer.content.decode()


@pytest.mark.parametrize("statement", ["update", "delete"])
def test_the_audit_is_written_once(cast: Cast, as_client: AsClient, statement: str) -> None:
    as_client(cast.owner).post(url_of("opt_out_settings", cast), {"stop": "parada"})
    with (
        scope(cast.northside.id),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        rows = AuditEntry.objects.filter(team=cast.northside)
        rows.update(after="") if statement == "update" else rows.delete()
    assert len(changes(cast)) == 1


def test_members_may_not_open_it(cast: Cast, as_client: AsClient) -> None:
    for name, args in (
        ("opt_out_settings", []),
        ("opt_out_effects", []),
        ("inbox_reading", [cast.front_desk.id]),
    ):
        assert as_client(cast.member).get(url_of(name, cast, *args)).status_code == 403, name
        assert as_client(cast.outsider).get(url_of(name, cast, *args)).status_code == 404, name
