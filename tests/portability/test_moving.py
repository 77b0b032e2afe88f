"""A whole team is exported, imported into another installation, and exported again: equal."""

import json
import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.audit.models import AuditEntry
from accounts.models import Inbox, Member, Team
from accounts.scope_lookups import team_ids_by_slug
from accounts.single_sign_on.models import ClaimedDomain, SingleSignOn
from contacts.contact.models import Contact
from kernel.tenancy import scope
from messaging.compose import compose_text
from messaging.media.models import Attachment, AttachmentState
from messaging.media.storage import open_file
from messaging.models import Message, MessageStatus
from optout.consent_types import Refusal
from optout.models import ConsentEvent, FeedEntry
from optout.roots.making import make_root
from optout.roots.models import LedgerRoot
from optout.roots.tree import root_file
from reports import rollup
from tests.accounts.test_addresses import reset
from tests.cast import MARIA, STRANGER, Cast
from tests.portability.conftest import SECRETS, Archive, archive_of
from tests.saved_rows import empty_tables
from webhooks.models import Endpoint

Tamper = Callable[..., None]


def run(*arguments: object) -> str:
    out = StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue()


def test_a_team_moves_to_an_empty_installation(
    whole: Cast,
    archive: Archive,
    owner: psycopg.Connection,
    resets: psycopg.Connection,
    tmp_path: Path,
    settings: object,
) -> None:
    with scope(whole.northside.id):
        kept_root = tmp_path / "root.json"
        kept_root.write_text(json.dumps(root_file(LedgerRoot.objects.get(team_id=whole.northside.id))))
    empty_tables(resets)

    said = run("import_team", archive.path, "--owner-email", "new.owner@northside.example")
    assert "northside-dental" in said and "Its ledger of 2 entries is whole." in said
    team_id = team_ids_by_slug()["northside-dental"]
    assert team_id != whole.northside.id
    assert {email.to[0] for email in mail.outbox} >= {
        "olivia@northside.example",
        "new.owner@northside.example",
    }
    with scope(team_id):
        Member.objects.get(user__email="new.owner@northside.example").delete()  # came with the command alone
    run("export_team", "northside-dental", "--output", tmp_path / "second.zip")
    assert (tmp_path / "second.zip").read_bytes() == archive.path.read_bytes()
    run("export_team", "northside-dental", "--output", tmp_path / "third.zip")
    with zipfile.ZipFile(tmp_path / "third.zip") as third:  # the second export is in the audit log by now
        assert b'"format":"zip"' in third.read("rows/accounts.AuditEntry.jsonl")

    # The ledger is whole, and still what a root says that somebody kept from before.
    assert "The ledger is whole: 2 lines" in run("verify_ledger")
    settings.EVIDENCE_KEYS = ["another installation has other keys"]  # type: ignore[attr-defined]
    assert "It has the 2 entries of the root" in run("verify_ledger", "--root", kept_root)
    make_root(team_id)  # today's is there already
    with scope(team_id):
        assert not FeedEntry.objects.filter(team_id=team_id, position=None).exists()
        entry = ConsentEvent.objects.filter(team_id=team_id).latest("id")
        assert entry.hashed_team_id == whole.northside.id and entry.hash == entry.digest()
        with pytest.raises(psycopg.errors.InsufficientPrivilege), owner.transaction():
            owner.execute("UPDATE optout_consentevent SET words = 'x'")

    # Opt-outs are in force at once; nothing is sent that was at work; new rows get new IDs.
    with scope(team_id):
        team, inbox = Team.objects.get(id=team_id), Inbox.objects.get(team_id=team_id, name="Front Desk")
        inbox.team = team
        text = compose_text(inbox, STRANGER, "Hello", author=None)
        assert (text.status, text.reason) == (MessageStatus.REFUSED, Refusal.OPTED_OUT)
        assert text.id > archive.export.highest_id
        assert not Message.objects.filter(status__in=["queued", "claimed", "sending"]).exists()
        assert (inbox.auth_tokens, inbox.credentials, inbox.verified_at) == ([], None, None)
        assert (Endpoint.objects.get(team_id=team_id).active, Endpoint.objects.get().secrets) == (False, [])
        assert not SingleSignOn.objects.get().has_secret and not ClaimedDomain.objects.get().is_in_force
        picture = Attachment.objects.get(team_id=team_id, state=AttachmentState.STORED)
        assert picture.file.startswith(f"{team_id}/")
        with open_file(picture.file) as file:
            assert file.read()
        assert Message.objects.get(attachments=picture).media[0]["file"] == picture.file
        assert AuditEntry.objects.filter(action="team_imported", team_id=team_id).count() == 1
        assert rollup.catch_up(team)  # counted from the rows
        olivia = Member.objects.select_related("user").get(user__email="olivia@northside.example")
        assert olivia.role == "owner" and not olivia.user.has_usable_password()
        sam = Member.objects.select_related("user").get(name="Dr. Silva")
        assert sam.user.name == "Sam Silva"
    assert authenticate(None, username="olivia@northside.example", password="") is None
    assert reset("olivia@northside.example", "a new password here")
    browser = Client()
    assert browser.login(username="olivia@northside.example", password="a new password here")
    inboxes = browser.get(reverse("inboxes", args=["northside-dental"])).content.decode()
    assert "No credentials. Connect it" in inboxes


def test_a_team_moves_beside_another_that_has_the_same_ids(
    whole: Cast, archive: Archive, tamper: Tamper, rows: Callable[..., dict[str, list[str]]], tmp_path: Path
) -> None:
    assert "northside-dental' already" in refusal(archive.path)
    tamper("UPDATE accounts_team SET slug = 'first' WHERE id = %s", whole.northside.id)
    of_first, of_harbor = rows(whole.northside), rows(whole.harbor)
    run("import_team", archive.path, "--no-emails")
    assert not mail.outbox
    team_id = team_ids_by_slug()["northside-dental"]
    second = archive_of(team_id, tmp_path / "second.zip")
    assert second.path.read_bytes() == archive.path.read_bytes()
    with scope(team_id):
        assert Contact.objects.get(number=MARIA).id == whole.maria.id
        assert Contact.objects.create(team_id=team_id, number="+14155550188").id > archive.export.highest_id
    assert (rows(whole.northside), rows(whole.harbor)) == (of_first, of_harbor)


def refusal(path: Path) -> str:
    with pytest.raises(CommandError) as problem:
        run("import_team", path, "--no-emails")
    assert str(problem.value).startswith("Nothing was imported. ")
    return str(problem.value)


def test_no_secret_is_in_the_file(archive: Archive) -> None:
    with zipfile.ZipFile(archive.path) as file:
        everything = b"\n".join(file.read(name) for name in file.namelist())
        manifest = json.loads(file.read("manifest.json"))
    for secret in (*SECRETS, "whsec_", "gAAAA", "pbkdf2", "md5$", "https://push.example"):
        assert secret.encode() not in everything, secret
    assert {"what": "api.ApiKey", "why": "Secrets stay where they are."} in manifest["left_out"]
    assert b"Harbor" not in everything and b"harriet" not in everything
