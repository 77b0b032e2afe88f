"""Files that are damaged, edited or made to harm are refused with the place; a killed import leaves nothing behind."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages

from accounts.scope_lookups import team_ids_by_slug
from kernel.tenancy import scope
from messaging.models import Message
from portability.contents import ExportedTable
from portability.importing import archive_reader, media, operation, row_writer
from portability.importing.operation import NotImported, import_team
from tests.cast import Cast
from tests.portability.conftest import Archive

Files = dict[str, bytes]
CONTACTS, LEDGER = "rows/contacts.Contact.jsonl", "rows/optout.ConsentEvent.jsonl"
FEED = "rows/optout.FeedEntry.jsonl"


def test_a_file_that_is_missing_or_no_archive_is_named(tmp_path: Path) -> None:
    cut = tmp_path / "cut.zip"
    cut.write_bytes(b"PK\x03\x04 the rest is missing")
    for path, fault in (
        (tmp_path / "none.zip", "cannot be read: No such file or directory."),
        (tmp_path, "cannot be read: Is a directory."),
        (cut, "is not a ZIP file, or its end is missing."),
    ):
        with pytest.raises(archive_reader.BadArchive) as error:
            archive_reader.TeamArchive.open(path)
        assert str(error.value) == f"{path} {fault}"


@pytest.fixture
def moved_away(whole: Cast, archive: Archive, tamper: Callable[..., None]) -> Archive:
    """The archive of a team whose name in addresses is free here."""
    tamper("UPDATE accounts_team SET slug = 'first' WHERE id = %s", whole.northside.id)
    return archive


def rewritten(archive: Archive, change: Callable[[Files], object], *, honest: bool = True) -> Path:
    """A copy with changed files, and with a manifest that fits them if `honest` is not False."""
    with zipfile.ZipFile(archive.path) as source:
        files = {name: source.read(name) for name in source.namelist()}
    change(files)
    if honest and "manifest.json" in files:
        manifest = json.loads(files["manifest.json"])
        for entry in manifest["files"]:
            if content := files.get(entry["name"]):
                entry |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                entry["rows"] = content.count(b"\n")
        files["manifest.json"] = json.dumps(manifest).encode()
    path = archive.path.with_name("changed.zip")
    with zipfile.ZipFile(path, "w") as target:
        for name, content in files.items():
            target.writestr(name, content)
    return path


def edit(name: str, old: str, new: str) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        assert old.encode() in files[name], (name, old)
        files[name] = files[name].replace(old.encode(), new.encode(), 1)

    return change


def drop_line(name: str, at: int) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        lines = files[name].splitlines(keepends=True)
        del lines[at]
        files[name] = b"".join(lines)

    return change


def set_manifest(**values: Any) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        files["manifest.json"] = json.dumps({**json.loads(files["manifest.json"]), **values}).encode()

    return change


def add(name: str, content: bytes) -> Callable[[Files], None]:
    return lambda files: files.update({name: content})


# What was changed; whether the manifest was made to fit; what the refusal says.
DAMAGES: list[tuple[Callable[[Files], object], bool, str]] = [
    (edit(CONTACTS, "Maria", "Marie"), False, f"{CONTACTS}: it was changed: the SHA-256 differs."),
    (edit(LEDGER, "they asked us", "they asked me"), False, f"{LEDGER}, line 1: entry 1 of +14155550199 was changed"),
    (edit(LEDGER, "they asked us", "they asked me"), True, f"{LEDGER}, line 1: entry 1 of +14155550199 was changed"),
    (drop_line(LEDGER, 1), True, "FeedEntry.jsonl, line 2: the feed has no row for an entry."),
    (lambda files: [drop_line(one, 0)(files) for one in (LEDGER, FEED)], True, "is not whole: number +14155"),
    (drop_line("rows/optout.Suppression.jsonl", 0), True, "a suppression that follows from the entries is missing"),
    (edit("rows/optout.LedgerRoot.jsonl", '"entries":2', '"entries":1'), True, "The ledger in the file is not whole"),
    (edit(CONTACTS, '{"', '{"x'), True, f"{CONTACTS}, line 1: it has not the names"),
    (edit(CONTACTS, '{"', '"'), True, f"{CONTACTS}, line 1: it is unreadable"),
    (edit(CONTACTS, '"rev":', '"rev":"a","rev":"b'), True, f"{CONTACTS}, line 1"),
    (edit(CONTACTS, '"rev":1', '"rev":"many"'), True, f"{CONTACTS}, line 1: invalid input syntax"),
    (edit(CONTACTS, '"assignee_id":null', '"assignee_id":1'), True, f"{CONTACTS}, line 1: insert or update"),
    (edit("rows/accounts.Member.jsonl", '"owner"', '"emperor"'), True, "line 1: role cannot be 'emperor'."),
    (edit("rows/accounts.Member.jsonl", '"owner"', '"member"'), True, "No member in the file is an owner."),
    (edit("rows/messaging.Message.jsonl", '"id":', '"id":-'), True, "line 1: its ID -"),
    (edit("rows/messaging.Message.jsonl", '"id":', '"id":9999999999999999'), True, "line 1: its ID 9999999999999999"),
    (set_manifest(format="heymarket team 2"), True, "It is of the format 'heymarket team 2'"),
    (set_manifest(highest_id=2**53), True, "manifest.json is missing or unreadable"),
    (set_manifest(files=[]), True, "manifest.json does not list the files"),
    (lambda files: files.pop("manifest.json"), True, "manifest.json is missing or unreadable"),
    (add("rows/new.Table.jsonl", b"{}\n"), True, "manifest.json does not list the files"),
    (add("media/another", b"x"), True, "media.jsonl does not list the files in media/."),
    (edit("media.jsonl", '"bytes":', '"bytes":1'), True, "the SHA-256 differs"),
]  # fmt: skip


def test_each_damage_is_named_and_nothing_is_stored(
    moved_away: Archive, rows: Callable[..., dict[str, list[str]]], whole: Cast
) -> None:
    before, folders = rows(), set(storages["media"].listdir("")[0])
    for change, honest, sentence in DAMAGES:
        path = rewritten(moved_away, change, honest=honest)
        with pytest.raises(NotImported) as problem:
            import_team(path)
        assert sentence in str(problem.value), f"{sentence!r}: {problem.value}"
    cut = moved_away.path.with_name("cut.zip")
    cut.write_bytes(moved_away.path.read_bytes()[:-100])
    flipped = bytearray(moved_away.path.read_bytes())
    flipped[flipped.index(b"JFIF")] ^= 1  # of the picture
    moved_away.path.with_name("flipped.zip").write_bytes(flipped)
    for name in ("cut.zip", "flipped.zip", "absent.zip"):
        with pytest.raises(NotImported):
            import_team(moved_away.path.with_name(name))
    assert rows() == before
    assert set(storages["media"].listdir("")[0]) == folders | {"unfinished-imports"}


def test_bombs_are_refused_before_they_are_unpacked(
    moved_away: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_reader, "LONGEST_LINE", 5000)
    long = rewritten(moved_away, edit(CONTACTS, "Maria", "M" * 6000))
    with pytest.raises(NotImported, match="line 1: it is too long"):
        import_team(long)
    with pytest.raises(NotImported, match="or more than 0 GB"):
        import_team(moved_away.path, most_bytes=1000)
    monkeypatch.setattr(archive_reader, "MOST_FILES", 20)
    with pytest.raises(NotImported, match="files, or more than"):
        import_team(moved_away.path)


def test_names_of_files_lead_nowhere_else(moved_away: Archive) -> None:
    def climb(files: Files) -> None:
        (name,) = [name for name in files if name.startswith("media/") and not name.endswith("-small")]
        files["media.jsonl"] = files["media.jsonl"].replace(f'"{name}"'.encode(), b'"media/../../evil"')
        files["media/../../evil"] = files.pop(name)

    with pytest.raises(NotImported, match=r"media/\.\./\.\./evil: no stored file has such a name"):
        import_team(rewritten(moved_away, climb))


@contextmanager
def killed_at(table: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process ends while it writes this table: nothing is cleaned up by it."""
    write = row_writer.write_rows

    def dies(one: ExportedTable, *arguments: Any) -> int:
        if one.file == table:
            raise KeyboardInterrupt
        return write(one, *arguments)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(operation, "write_rows", dies)
        patch.setattr(media, "_delete_folder", lambda _: None)
        patch.setattr(type(storages["media"]), "delete", lambda *_: None)
        yield


def test_a_killed_import_leaves_no_row_and_the_next_one_removes_its_files(
    moved_away: Archive, monkeypatch: pytest.MonkeyPatch, rows: Callable[..., dict[str, list[str]]]
) -> None:
    before = rows()
    storage = storages["media"]
    folders = set(storage.listdir("")[0])
    with killed_at("rows/messaging.Message.jsonl", monkeypatch):
        import_team(moved_away.path)
    assert rows() == before and "northside-dental" not in team_ids_by_slug()
    (left,) = set(storage.listdir("")[0]) - folders - {"unfinished-imports"}
    assert storage.listdir(left)[1] and left in storage.listdir("unfinished-imports")[1]
    imported = import_team(moved_away.path)
    assert left not in storage.listdir("")[0] and not storage.listdir("unfinished-imports")[1]
    with scope(imported.team_id):
        assert Message.objects.filter(team_id=imported.team_id).exists()
