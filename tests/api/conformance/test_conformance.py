"""Every row of the conformance suite, with a compatible and with a strict key; each changes nothing for the others."""

import json
from typing import Any

import pytest
from django.test import Client

from api import keys
from api.models import KeyKind, KeyMode, KeyScope
from kernel.tenancy import scope
from tests.api.calls import TeamIds
from tests.api.conformance.row import CLIENTS, Row, credentials, filled, read_path
from tests.api.conformance.table import PAGE, ROWS, with_tables
from tests.cast import Cast
from tests.front.clients import FakeClient, FakePages, ask, front_with, run
from tests.held_transactions import held_transaction


@pytest.mark.usefixtures("_unlimited")
def test_every_request_gets_the_response_that_its_client_reads(
    cast: Cast, team_ids: TeamIds, subtests: pytest.Subtests
) -> None:
    for mode in KeyMode:
        secrets = _create_keys(cast, mode)
        for row in ROWS:
            with subtests.test(mode=mode, client=row.client, call=row.call, note=row.note):
                with held_transaction(undone=True):
                    answer = _send(row, team_ids, *secrets)
                _check(row, mode, answer, team_ids)


def _create_keys(cast: Cast, mode: KeyMode) -> tuple[str, tuple[str, str]]:
    """The secret of a key, and the ID and secret of one that signs tokens."""
    with scope(cast.northside.id):
        bearer = keys.create_key("Old app", KeyKind.BEARER, list(KeyScope), cast.owner, mode)
        signing = keys.create_key("Signing app", KeyKind.SIGNING, list(KeyScope), cast.owner, mode)
    return bearer.secret, (signing.key.key_id, signing.secret)


def _send(row: Row, ids: TeamIds, secret: str, signing: tuple[str, str]) -> Any:
    data = "" if row.body is None else json.dumps(filled(row.body, ids))
    headers = {**credentials(row, secret, signing), **row.headers}
    client = Client(raise_request_exception=False)
    return client.generic(row.method, row.path(ids), data, "application/json", headers=headers)


def _check(row: Row, mode: KeyMode, answer: Any, ids: TeamIds) -> None:
    strict = mode == KeyMode.STRICT and row.sign in ("bearer", "token")
    refused = row.strict if strict and row.strict else row.refused
    body = json.loads(answer.content or "null")
    if refused:
        assert answer.status_code >= 400 and body["error_code"] == refused, (row, body)
        return
    assert answer.status_code == 200, (row, body)
    reads = row.strict_reads if strict and row.strict_reads else row.reads
    for path, expected in reads.items():
        found, wanted = read_path(body, path), filled(expected, ids)
        assert isinstance(found, wanted) if isinstance(wanted, type) else found == wanted, (
            row,
            path,
            found,
            body,
        )
    if row.ignored:
        assert row.ignored in answer["X-Heymarket-Ignored"]


def test_the_table_of_the_documentation_is_made_from_the_rows() -> None:
    assert with_tables(PAGE.read_text()) == PAGE.read_text(), "run: make docs"
    assert {row.client for row in ROWS} == set(CLIENTS)


def test_a_body_in_chunks_reaches_the_api_whole(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The front, which talks with clients, passes it on with its length."""
    bodies = [json.dumps(row.body).encode() for row in ROWS if row.client == ".NET"]
    pages = FakePages()

    async def scenario() -> None:
        async with front_with(tmp_path_factory.mktemp("f"), pages) as front:
            for body in bodies:
                client = FakeClient([body[start : start + 7] for start in range(0, len(body), 7)])
                await ask(front, client, "/v1/message/send", "POST", (b"transfer-encoding", b"chunked"))
                assert client.status == 200

    run(scenario)
    assert pages.bodies == bodies != []
