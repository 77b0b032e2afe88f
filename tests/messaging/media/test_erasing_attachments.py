"""Erasure of attachments: files are deleted after the transaction, also those that are being stored meanwhile."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection

from contacts.contact import deletion
from kernel.tenancy import scope
from messaging.media import fetching
from messaging.media.models import AttachmentState
from optout.consent_types import Actor
from tests.cast import Cast
from tests.messaging.fake_twilio import FakeTwilio, FileAnswer
from tests.messaging.media import files
from tests.messaging.media.test_fetching import Attachments, Round, path_of, send

type StoredFiles = Callable[[], list[Path]]


@pytest.fixture
def erase(cast: Cast) -> Callable[[], None]:
    """Delete Maria and erase her texts."""

    def delete_maria() -> None:
        deletion.delete_contacts(cast.northside.id, [cast.maria.id], erase=True, by=Actor.of(cast.admin))

    return delete_maria


@pytest.fixture
def stored(cast: Cast, carrier: FakeTwilio, fetch: Round, stored_files: StoredFiles) -> None:
    """A picture and a contact card of Maria."""
    carrier.files[path_of("ME1")] = FileAnswer(files.picture())
    carrier.files[path_of("ME2")] = FileAnswer(files.CARD)
    send(carrier, cast, "ME1", "ME2")
    fetch()
    assert len(stored_files()) == 3, "picture, thumbnail and card"


@pytest.mark.usefixtures("stored")
def test_erasure_deletes_the_files(
    cast: Cast,
    erase: Callable[[], None],
    fetch: Round,
    stored_files: StoredFiles,
    attachments: Attachments,
    rows: Any,
) -> None:
    with scope(cast.northside.id):
        erase()
    assert {file.state for file in attachments()} == {AttachmentState.ERASED}
    assert not any(
        "Ana Lopez" in row or "0177" in row for row in rows(cast.northside)["messaging_attachment"]
    )
    fetch()
    assert (stored_files(), attachments()) == ([], [])


@pytest.mark.usefixtures("stored")
def test_an_erasure_that_rolls_back_deletes_nothing(
    cast: Cast, erase: Callable[[], None], fetch: Round, stored_files: StoredFiles, attachments: Attachments
) -> None:
    with pytest.raises(RuntimeError), scope(cast.northside.id):
        erase()
        raise RuntimeError
    fetch()
    assert len(stored_files()) == 3
    assert {file.state for file in attachments()} == {AttachmentState.STORED}


def test_what_is_fetched_during_the_erasure_is_deleted_at_once(
    cast: Cast, carrier: FakeTwilio, erase: Callable[[], None], attachments: Attachments, stored_files: StoredFiles,
) -> None:  # fmt: skip
    def erase_meanwhile() -> Any:
        with scope(cast.northside.id):
            erase()
        return iter(())

    carrier.files[path_of("ME1")] = FileAnswer(files.PDF, announced=-1, more=_elsewhere(erase_meanwhile))
    send(carrier, cast, "ME1")
    (waiting,) = attachments()
    fetching.work_on(cast.northside.id, waiting.id)
    assert stored_files() == []
    (erased,) = attachments()
    assert (erased.state, erased.message_id, erased.source_url) == (AttachmentState.ERASED, None, "")


def _elsewhere(function: Callable[[], Any]) -> Callable[[], Any]:
    """The function, closing the connection of its thread."""

    def run() -> Any:
        try:
            return function()
        finally:
            connection.close()

    return run


def test_a_worker_that_dies_after_storing_an_erased_file_leaves_it_to_the_sweep(
    cast: Cast, carrier: FakeTwilio, erase: Callable[[], None], fetch: Round, attachments: Attachments,
    stored_files: StoredFiles, owner: Any,
) -> None:  # fmt: skip
    send(carrier, cast, "ME1")
    (waiting,) = attachments()
    claimed = fetching.claim(cast.northside.id, waiting.id)
    assert claimed
    with scope(cast.northside.id):
        erase()
    storages["media"].save(claimed.file, ContentFile(files.PDF))  # and then it is killed
    fetch()
    assert len(stored_files()) == 1, "while the claim holds, it may still be writing"
    owner.execute("UPDATE messaging_attachment SET due_at = now()")
    fetch()
    assert (stored_files(), attachments()) == ([], [])
