"""Evidence: a signed sheet that the checker reads, and daily roots that show what was removed or recomputed since."""

import io
import json
import random
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.audit.models import AuditEntry, SettingsSection
from accounts.models import Member
from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from messaging.compose import compose_text
from messaging.evidence.printable import in_font
from optout import consent, tasks, verify
from optout.consent_types import Actor
from optout.ledger import history
from optout.roots import making
from optout.roots.emails import root_json
from optout.roots.models import LedgerRoot
from optout.scope_lookups import teams_without_root
from optout.signing import signing_keys
from optout.verify import Findings, check_file
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio, new_sid

type ClientOf = Callable[[Member], Client]
WORDS = "STOP texting me — سلام 停止 🛑"


@pytest.fixture
def recorded(cast: Cast, carrier: FakeTwilio, work: Callable[[], None]) -> Cast:
    """Maria got a text, stopped, was sent nothing more, and came back; Tom and a stranger opted out."""
    team = cast.northside.id
    with scope(team):
        compose_text(
            cast.front_desk, MARIA, "Your cleaning is due. Reply STOP to opt out", author=cast.member
        )
    work()
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, "STOP"))
    work()
    with scope(team):
        compose_text(cast.front_desk, MARIA, "One more offer", author=cast.member, by_hand=True)
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, "START"))
    with scope(team):
        consent.opt_out(team, MARIA, Actor.of(cast.admin), reason="They asked us", words=WORDS)
    inbound.receive(cast.front_desk, InboundText(new_sid(), TOM, "STOP"))
    inbound.receive(cast.billing, InboundText(new_sid(), STRANGER, "STOP"))
    return cast


@pytest.fixture
def make_sheet(recorded: Cast, as_client: ClientOf) -> Callable[..., bytes]:
    def make(kind: str = "json", number: str = MARIA) -> bytes:
        url = reverse("export_evidence", args=["northside-dental", number])
        answer = as_client(recorded.admin).post(url, {"format": kind})
        assert answer.status_code == 200
        return b"".join(answer)

    return make


def check(folder: Path, sheet: bytes, root: bytes = b"") -> Findings:
    files = [folder / "sheet.json", folder / "root.json"]
    for file, content in zip(files, (sheet, root), strict=True):
        file.write_bytes(content)
    findings = Findings()
    check_file(files[0], findings, root=files[1] if root else None)
    return findings


# -- the sheet ---------------------------------------------------------------------------------------------------


def test_a_sheet_has_everything_on_record_and_checks(
    recorded: Cast, make_sheet: Callable[..., bytes], tmp_path: Path
) -> None:
    making.make_root(recorded.northside.id)
    sheet = make_sheet()
    findings = check(tmp_path, sheet)
    assert findings.faults == []
    assert any("3 entries by their paths" in line for line in findings.checked)
    parts = [record["part"] for record in json.loads(sheet)["parts"]]
    assert [part["kind"] for part in parts] == ["about", "root", "entry", "entry", "entry", "refused_send"]
    about, _, stop, start, told, refused = parts
    assert about["business"]["name"] == "Northside Dental" and about["made"]["by"] == "Amir Adams"
    assert stop["ledger"]["words"] == "STOP"
    assert stop["text_before"]["words"].startswith("Your cleaning is due")
    assert stop["confirmation"]["outcome"] == "Sent" and stop["confirmation"]["carrier_id"]
    assert stop["local_times"][0]["zone"] == "America/Los_Angeles"
    assert start["ledger"]["action"] == "opted_in"
    assert told["ledger"]["words"] == WORDS and told["by"] == "Amir Adams"
    assert (refused["words"], refused["by"], refused["reason"]) == (
        "One more offer", "Maya Chen", "This number has opted out.",
    )  # fmt: skip
    with scope(recorded.northside.id):
        made = AuditEntry.objects.get(team=recorded.northside, section=SettingsSection.EVIDENCE)
    assert (made.setting, made.after, made.actor_name) == (f"Evidence: {MARIA}", "JSON", "Amir Adams")


def test_one_changed_byte_anywhere_is_found_and_named(
    recorded: Cast, make_sheet: Callable[..., bytes], tmp_path: Path
) -> None:
    """Each line is a part; a changed byte in it names this entry, or if nothing can be read, the part before it."""
    making.make_root(recorded.northside.id)
    sheet = make_sheet()
    lines = sheet.splitlines(keepends=True)
    numbers = random.Random(17)
    for place in [*numbers.sample(range(len(sheet)), 120), 0, len(sheet) - 1]:
        changed = bytearray(sheet)
        changed[place] ^= numbers.choice([1, 2, 4, 16, 128])
        try:
            faults = check(tmp_path, bytes(changed)).faults
        except (ValueError, KeyError, TypeError):
            continue  # the beginning of the file: the command says that it is not readable
        assert faults, (place, sheet[place], changed[place])
    for line, name in {3: "entry 1", 4: "entry 2", 5: "entry 3"}.items():
        for word in (b'"words": "', b'"recorded_at": "20', b'"outcome": "' if line == 3 else b'"what": "'):
            start = sum(map(len, lines[:line])) + lines[line].index(word) + len(word)
            changed = bytearray(sheet)
            changed[start] ^= 1
            faults = check(tmp_path, bytes(changed)).faults
            assert any(fault.startswith(name) for fault in faults), (name, word, faults)


def test_the_command_says_what_it_checked(
    recorded: Cast, make_sheet: Callable[..., bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = make_sheet()
    (tmp_path / "sheet.json").write_bytes(sheet)
    assert verify.main([str(tmp_path / "sheet.json")]) == 0
    assert capsys.readouterr().out.endswith("All is as signed.\n")
    (tmp_path / "sheet.json").write_bytes(sheet.replace(b'"words": "STOP"', b'"words": "STOQ"'))
    assert verify.main([str(tmp_path / "sheet.json")]) == 1
    assert f"FAULT: entry 1 of {MARIA}: it is not what was recorded" in capsys.readouterr().out
    (tmp_path / "sheet.json").write_bytes(sheet)
    assert verify.main([str(tmp_path / "sheet.json"), "--key", "A" * 43 + "="]) == 1
    assert "signed with another key" in capsys.readouterr().out


def test_a_removed_entry_or_a_borrowed_signature_shows(
    recorded: Cast, make_sheet: Callable[..., bytes], tmp_path: Path
) -> None:
    lines = make_sheet().splitlines(keepends=True)
    without_second = b"".join(lines[:3] + lines[4:])
    assert any("position 2 is missing" in fault for fault in check(tmp_path, without_second).faults)
    other = make_sheet(number=TOM).splitlines(keepends=True)
    borrowed = b"".join([*lines[:-1], other[-1]])
    assert check(tmp_path, borrowed).faults == [
        "the sheet: the signature does not fit: something was changed after signing."
    ]
    assert check(tmp_path, b"".join(lines[:-1])).faults[-1] == "the end: the signature is missing."


def test_the_pdf_prints_every_character_and_has_the_signed_file(
    recorded: Cast, make_sheet: Callable[..., bytes]
) -> None:
    assert b"evidence.json" in make_sheet("pdf")
    page = make_sheet("html").decode()
    assert WORDS in page and "Your cleaning is due" in page and "“One more offer”" in page


def test_only_owners_and_admins_make_sheets(recorded: Cast, as_client: ClientOf) -> None:
    url = reverse("export_evidence", args=["northside-dental", MARIA])
    assert as_client(recorded.member).post(url).status_code == 403
    assert as_client(recorded.outsider).post(url).status_code == 404


# -- roots -------------------------------------------------------------------------------------------------------


@pytest.fixture
def yesterday(recorded: Cast, tmp_path: Path) -> Path:
    """The file of yesterday's root."""
    root = making.make_root(recorded.northside.id)
    with scope(recorded.northside.id):
        path = tmp_path / "yesterday.json"
        path.write_text(root_json(root))
    return path


def verify_ledger(*roots: Path) -> str:
    out = io.StringIO()
    call_command("verify_ledger", *(f"--root={root}" for root in roots), stdout=out)
    return out.getvalue().strip()


def faults(root: Path) -> list[str]:
    with pytest.raises(CommandError) as error:
        verify_ledger(root)
    return str(error.value).splitlines()


def test_a_whole_ledger_has_what_yesterdays_root_covers(recorded: Cast, yesterday: Path) -> None:
    inbound.receive(recorded.front_desk, InboundText(new_sid(), TOM, "START"))
    assert "The ledger is whole: 6 lines about 3 numbers." in verify_ledger(yesterday)
    assert "It has the 5 entries of the root of" in verify_ledger(yesterday)


def remove(tamper: Callable[..., None], number: str, position: int, *, renumber: bool = True) -> None:
    """Remove a number's entries from a position on, with all that could tell of them in the database."""
    which = f"number = '{number}' AND position >= {position}"
    tamper(
        f"DELETE FROM optout_feedentry WHERE event_id IN (SELECT id FROM optout_consentevent WHERE {which})"
    )
    tamper(f"DELETE FROM optout_consentevent WHERE {which}")
    tamper(
        f"DELETE FROM optout_suppression WHERE number = '{number}'"
        " AND event_id NOT IN (SELECT id FROM optout_consentevent)"
    )
    if renumber:
        tamper(
            "UPDATE optout_feedentry AS entry SET position = rank.position FROM (SELECT id, row_number() OVER"
            " (PARTITION BY team_id ORDER BY position) AS position FROM optout_feedentry) AS rank"
            " WHERE rank.id = entry.id"
        )
    tamper("DELETE FROM optout_ledgerroot")
    tamper("DELETE FROM optout_ledgerblock")


def test_the_newest_entry_that_was_cut_off_shows(
    recorded: Cast, yesterday: Path, tamper: Callable[..., None]
) -> None:
    remove(tamper, STRANGER, 1)
    assert "The ledger is whole" in verify_ledger(), "alone the ledger cannot tell"
    problem, where = faults(yesterday)
    assert "covers 1 more entries than there are" in problem
    assert "feed position 5: the entry that the root of" in where and "was removed" in where


def test_a_removed_number_shows(recorded: Cast, yesterday: Path, tamper: Callable[..., None]) -> None:
    """Its three entries are named; the entries behind them, which moved up, are not."""
    remove(tamper, MARIA, 1)
    assert "The ledger is whole" in verify_ledger()
    count, *removed = faults(yesterday)
    assert "covers 3 more entries" in count
    assert [line.split(": ")[0].split(", ")[1] for line in removed] == [
        f"feed position {n}" for n in (1, 2, 3)
    ]


def recompute(team_id: int, tamper: Callable[..., None]) -> None:
    """What the database's superuser can do: change Maria's first words, and make all her hashes anew."""
    with scope(team_id):
        chain = history(team_id, MARIA)[::-1]
    previous = ""
    for event in chain:
        event.words = "thanks!" if event.position == 1 else event.words
        event.previous_hash = previous
        previous = event.hash = event.digest()
        values = event.words, event.previous_hash, event.hash
        tamper(
            f"UPDATE optout_consentevent SET words = %s, previous_hash = %s, hash = %s WHERE id = {event.id}",
            *values,
        )


def test_recomputed_hashes_show(recorded: Cast, yesterday: Path, tamper: Callable[..., None]) -> None:
    recompute(recorded.northside.id, tamper)
    tamper("DELETE FROM optout_ledgerroot")
    assert "The ledger is whole" in verify_ledger()
    found = faults(yesterday)
    assert [line.split(": ")[0].split(", ", 1)[1] for line in found] == [
        f"number {MARIA}, position {n}" for n in (1, 2, 3)
    ]
    assert all("changed or recomputed" in line for line in found)


def test_the_stored_roots_show_it_too_unless_they_are_removed(
    recorded: Cast, yesterday: Path, tamper: Callable[..., None]
) -> None:
    recompute(recorded.northside.id, tamper)
    with pytest.raises(CommandError, match="do not lead to the root of"):
        verify_ledger()


def test_a_sheet_of_a_recomputed_chain_fails_against_yesterdays_root(
    recorded: Cast,
    yesterday: Path,
    tamper: Callable[..., None],
    make_sheet: Callable[..., bytes],
    tmp_path: Path,
) -> None:
    recompute(recorded.northside.id, tamper)
    tamper("DELETE FROM optout_ledgerroot")
    making.make_root(recorded.northside.id)
    sheet = make_sheet()
    assert check(tmp_path, sheet).faults == [], "signed after the fact, it is whole in itself"
    found = check(tmp_path, sheet, yesterday.read_bytes()).faults
    assert [fault.split(":")[0] for fault in found] == [f"entry {n} of {MARIA}" for n in (1, 2, 3)]


def test_a_changed_root_file_is_refused(recorded: Cast, yesterday: Path) -> None:
    document = json.loads(yesterday.read_text())
    document["newest"][0] = document["newest"][1]
    yesterday.write_text(json.dumps(document))
    with pytest.raises(CommandError, match="its hashes do not lead to it"):
        verify_ledger(yesterday)
    document["statement"]["entries"] = 4
    yesterday.write_text(json.dumps(document))
    with pytest.raises(CommandError, match="the signature does not fit"):
        verify_ledger(yesterday)


def test_blocks_of_an_old_root_are_compared(
    recorded: Cast, tamper: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With blocks of two entries: an entry in a full block is known by its block."""
    for module in ("optout.verify", "optout.roots.tree", "optout.roots.making", "optout.roots.verification"):
        monkeypatch.setattr(f"{module}.BLOCK_SIZE", 2)
    monkeypatch.setattr("optout.roots.making.BATCH", 2)
    monkeypatch.setattr("optout.roots.making.NUMBERED_AT_ONCE", 2)
    root = making.make_root(recorded.northside.id)
    assert root.entries == 5
    with scope(recorded.northside.id):
        (tmp_path / "root.json").write_text(root_json(root))
    assert "The ledger is whole" in verify_ledger(tmp_path / "root.json")
    recompute(recorded.northside.id, tamper)
    found = "\n".join(faults(tmp_path / "root.json"))
    assert "feed position 1: of this and the next" in found and "feed position 3: of this" in found


def test_a_root_is_made_once_a_day_and_only_added(recorded: Cast, owner: Any) -> None:
    first = making.make_root(recorded.northside.id)
    assert making.make_root(recorded.northside.id).pk == first.pk
    with scope(recorded.northside.id):
        assert LedgerRoot.objects.filter(team=recorded.northside).count() == 1
    for table in ("optout_ledgerroot", "optout_ledgerblock"):
        with pytest.raises(Exception, match="written once"):
            owner.execute(f"DELETE FROM {table}")


def test_what_a_pdf_cannot_print_is_shown_as_code_points() -> None:
    assert in_font("Don’t – “ñ”\n€5") == "Don’t – “ñ”\n€5"
    assert in_font("سلام!") == "[U+0633 U+0644 U+0627 U+0645]!"
    assert in_font("停 🛑\u200b\t") == "[U+505C] [U+1F6D1 U+200B U+0009]"
    assert in_font("\x00\xa0\xad") == "[U+0000 U+00A0 U+00AD]"
    in_font("".join(map(chr, range(0x20, 0x3000)))).encode("cp1252")


def test_each_root_is_sent_once_to_the_named_address(
    recorded: Cast, as_client: ClientOf, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        tasks.make_team_root, "apply_async", lambda values, **options: tasks.make_team_root(*values)
    )
    client = as_client(recorded.admin)
    url = reverse("root_email", args=["northside-dental"])
    assert client.post(url, {"root_email": "no address"}).status_code == 422
    page = reverse("evidence", args=["northside-dental"])
    assert client.post(url, {"root_email": "lawyer@court.example"}).status_code == 302
    tasks.make_due_roots()
    (asked,) = mailoutbox
    assert asked.to == ["lawyer@court.example"] and teams_without_root() == [], (
        "no root before the confirmation"
    )
    assert "is not confirmed yet" in client.get(page).text
    (link,) = re.findall(r"https?://[^/\s]+(/evidence/address/\S+)", asked.body)
    stranger = Client()
    assert "Get the daily root" in stranger.get(link).text
    tasks.make_due_roots()
    assert len(mailoutbox) == 1, "a scanner that follows the link confirms nothing"
    assert "Confirmed" in stranger.post(link).text
    assert "is not confirmed yet" not in client.get(page).text
    assert stranger.post(link.replace("/address/", "/address/x")).status_code == 410
    for _ in range(2):
        tasks.make_due_roots()
    _, email = mailoutbox
    assert email.to == ["lawyer@court.example"]
    with scope(recorded.northside.id):
        root = LedgerRoot.objects.get(team=recorded.northside)
        assert email.attachments[0].content == root_json(root) and root.hash in email.body
    assert teams_without_root() == []
    shown = client.get(page).text
    assert root.hash in shown and "lawyer@court.example" in shown
    client.post(url, {"root_email": "other@court.example"})
    assert stranger.post(link).status_code == 410, "the address that it confirms is not named any more"
    assert mailoutbox[-1].to == ["other@court.example"]


def test_a_period_has_all_changes_of_an_inbox(recorded: Cast, as_client: ClientOf, tmp_path: Path) -> None:
    """Also those that are newer than the newest root."""
    making.make_root(recorded.northside.id)
    inbound.receive(recorded.front_desk, InboundText(new_sid(), TOM, "START"))
    today = timezone.now()
    period = {
        "first": f"{today - timedelta(days=1):%Y-%m-%d}",
        "last": f"{today + timedelta(days=1):%Y-%m-%d}",
    }
    url = reverse("export_period_evidence", args=["northside-dental"])
    client = as_client(recorded.admin)
    answer = client.post(url, {**period, "inbox": recorded.front_desk.id, "format": "json"})
    sheet = b"".join(answer)
    assert check(tmp_path, sheet).faults == []
    parts = [record["part"] for record in json.loads(sheet)["parts"]]
    assert [(part["ledger"]["number"], part["ledger"]["action"]) for part in parts[2:]] == [
        (MARIA, "opted_out"), (MARIA, "opted_in"), (TOM, "opted_out"), (TOM, "opted_in"),
    ]  # fmt: skip
    summary = client.post(url, {**period, "inbox": recorded.front_desk.id, "format": "pdf"})
    assert b"".join(summary).startswith(b"%PDF")
    answer = client.post(url, {**period, "inbox": recorded.shop.id, "format": "json"})
    assert answer.status_code == 422


def test_anybody_reads_the_keys_and_the_checker(recorded: Cast) -> None:
    (key, *_) = signing_keys()
    out = io.StringIO()
    call_command("evidence_keys", stdout=out)
    assert out.getvalue().splitlines()[0] == f"{key.id} {key.public_key}"
    assert key.public_key in Client().get("/evidence/keys").content.decode()
    assert Client().get("/evidence/verify.py").content == Path(verify.__file__).read_bytes()


def test_a_key_that_was_replaced_still_checks(
    recorded: Cast, make_sheet: Callable[..., bytes], tmp_path: Path, settings: Any
) -> None:
    old = signing_keys()[0].id
    sheet, settings.EVIDENCE_KEYS = make_sheet(), ["new", *settings.EVIDENCE_KEYS]
    assert check(tmp_path, sheet).faults == []
    assert [key.id for key in signing_keys()][1] == old
    assert json.loads(make_sheet())["signature"]["key_id"] == signing_keys()[0].id != old
