"""Request bodies: whole, or refused with a sentence when they are too large or take too long."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from heymarket.front.bodies import FORM, UPLOAD, WEBHOOK, BodyLimits, BodyReader
from heymarket.front.refusals import ClientGone, RefusedRequest
from tests.front.clients import FakeClient, run, until

ROOMY = BodyReader(1000, 10**9)
SMALL = BodyLimits(10, 60.0)


def read(
    client: FakeClient, limits: BodyLimits, declared: int | None = None, bodies: BodyReader = ROOMY
) -> bytes:
    async def scenario() -> bytes:
        with await bodies.read(client.receive, limits, declared) as body:
            return body.read()

    return run(scenario)


@pytest.mark.parametrize("parts", [[b""], [b"a=1"], [b"a", b"", b"=1"], [b"0123456789"]])
def test_a_body_is_read_whole(parts: list[bytes]) -> None:
    assert read(FakeClient(parts), SMALL) == b"".join(parts)


def test_a_large_body_is_kept_outside_memory_and_read_whole() -> None:
    parts = [bytes([n]) * 100_000 for n in range(10)]
    assert read(FakeClient(parts), FORM) == b"".join(parts)


def test_a_body_that_is_declared_too_large_is_refused_unread() -> None:
    client = FakeClient([b"0"])
    with pytest.raises(RefusedRequest, match="413") as refused:
        read(client, SMALL, declared=11)
    assert (refused.value.status, client.asked) == (413, 0)


def test_a_body_that_grows_too_large_is_refused() -> None:
    client = FakeClient([b"012345", b"67890", b"never read"])
    with pytest.raises(RefusedRequest) as refused:
        read(client, SMALL)
    assert (refused.value.status, client.asked) == (413, 2)


def test_a_body_that_never_ends_is_refused() -> None:
    with pytest.raises(RefusedRequest) as refused:
        read(FakeClient([b"M", b"e"], stalls=True), replace(SMALL, seconds=0.01))
    assert refused.value.status == 408
    assert refused.value.sentence == "The request took too long to arrive. Send it again."


def test_a_client_that_leaves_gets_no_answer() -> None:
    with pytest.raises(ClientGone):
        read(FakeClient([b"M"], stalls=True, leaves=True), SMALL)


@pytest.mark.parametrize(
    ("limits", "received", "seconds"),
    [
        (WEBHOOK, 0, 10), (WEBHOOK, 60_000, 10),
        (FORM, 0, 30), (FORM, 200_000, 40),
        (UPLOAD, 0, 30), (UPLOAD, 250 * 1024 * 1024, 13137),
    ],
)  # fmt: skip
def test_only_an_upload_that_arrives_has_more_time(limits: BodyLimits, received: int, seconds: float) -> None:
    assert round(limits.seconds_for(received)) == seconds


@pytest.mark.parametrize(
    ("bodies", "newcomer"),
    [
        (BodyReader(2, 10**9), FakeClient([b"whole"])),
        (BodyReader(1000, 10), FakeClient([b"123456", b"7890"])),
    ],
)
def test_of_too_many_bodies_the_slowest_gives_way(bodies: BodyReader, newcomer: FakeClient) -> None:
    """Whoever sends a body at once is served, however many others are slow."""

    async def scenario() -> None:
        slow = [FakeClient([b"1"], stalls=True) for _ in range(2)]
        waiting = [asyncio.ensure_future(bodies.read(client.receive, SMALL, None)) for client in slow]
        await until(lambda: all(client.asked == 2 for client in slow))
        with await bodies.read(newcomer.receive, SMALL, None) as body:
            assert body.read() == b"".join(newcomer.parts)
        outcome: Any = (await asyncio.gather(waiting[0], return_exceptions=True))[0]
        assert outcome.status == 408
        assert not waiting[1].done()
        waiting[1].cancel()

    run(scenario)
