"""Settings > Team > Export everything: for owners alone, recorded in the audit log, sent while it is made."""

import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse

from accounts.audit.models import AuditEntry
from accounts.models import Member
from heymarket.front.application import DOWNLOAD
from kernel.tenancy import scope
from portability.exporting import export
from tests.cast import Cast

AsClient = Callable[[Member], Client]
NAMES = ("whole_team", "export_whole_team", "team_deletion", "team_deletion_cancellation")


def url_of(name: str, cast: Cast) -> str:
    return reverse(name, args=[cast.northside.slug])


def download(browser: Client, cast: Cast) -> bytes:
    response = browser.post(url_of("export_whole_team", cast))
    assert response.status_code == 200 and response.streaming
    content = b"".join(response)
    response.close()
    return content


def test_only_owners_export_and_delete(cast: Cast, as_client: AsClient) -> None:
    assert DOWNLOAD.fullmatch(url_of("export_whole_team", cast))
    for name in NAMES:
        method = "get" if name in ("whole_team", "team_deletion") else "post"
        for member, status in ((cast.admin, 403), (cast.member, 403), (cast.outsider, 404)):
            assert getattr(as_client(member), method)(url_of(name, cast)).status_code == status, name
    team_settings = reverse("team_settings", args=[cast.northside.slug])
    assert url_of("whole_team", cast) in as_client(cast.owner).get(team_settings).content.decode()
    assert url_of("whole_team", cast) not in as_client(cast.admin).get(team_settings).content.decode()


def test_export_of_a_page(cast: Cast, as_client: AsClient, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = as_client(cast.owner)
    assert "No secrets" in browser.get(url_of("whole_team", cast)).content.decode()
    with zipfile.ZipFile(BytesIO(download(browser, cast))) as file:
        assert file.testzip() is None
        assert b'"export_started"' in file.read("rows/accounts.AuditEntry.jsonl")
    busy = browser.post(url_of("export_whole_team", cast))
    assert browser.post(url_of("export_whole_team", cast)).status_code == 503
    busy.close()

    def fails(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(export, "_file_names", fails)
    assert not zipfile.is_zipfile(BytesIO(download(browser, cast)))  # nobody takes it for complete
    with scope(cast.northside.id):
        ends = AuditEntry.objects.filter(action="export_ended", target_name="everything").order_by("id")
        assert [entry.details["complete"] for entry in ends] == [True, False, False]
        assert ends[0].details["rows"] > 10 and ends[0].actor_name == "Olivia Owens"
