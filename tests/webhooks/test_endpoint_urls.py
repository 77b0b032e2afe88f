"""Where we post to, and where not: as an address is written, after DNS, and whatever is answered."""

import gzip
from typing import Any

import pytest
import requests
from django.conf import LazySettings

from tests.webhooks.receiver import Receiver, Reply
from webhooks import endpoint_urls, http_post
from webhooks.endpoint_urls import UrlNotAllowed

PRIVATE, TLS, HOST, WRITTEN = "private network", "https", "host name", "without spaces"
ALLOWED = [
    "https://crm.example.com/hooks?tenant=4",
    "https://crm.example.com:8443/",
    "https://CRM.example.com",
    "https://six.example.com/",
    "https://xn--mnchen-3ya.example/",
    "https://93.184.215.14/hooks",
    "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/hooks",
]
REFUSED = [
    # no https
    ("http://crm.example.com/", TLS),
    ("ftp://crm.example.com/", TLS),
    ("file:///etc/passwd", TLS),
    ("crm.example.com/hooks", TLS),
    ("javascript:alert(1)", TLS),
    ("", TLS),
    # not as an address is written
    ("https://", HOST),
    ("https://crm.example.com:99999/", "web address"),
    ("https://[::1/", "web address"),
    ("https://user:word@crm.example.com/", "name and password"),
    ("https://crm.example.com@10.0.0.1/", "name and password"),
    ("https://crm.example.com\\@10.0.0.1/", "name and password"),
    ("https://crm.example.com\\.intern.example.com/", WRITTEN),
    ("https://crm.example.com/#here", WRITTEN),
    ("https://crm.example.com/a b", WRITTEN),
    ("https://münchen.example/", WRITTEN),
    ("https://-.example/", HOST),
    # addresses in disguise
    ("https://2130706433/", HOST),
    ("https://0x7f000001/", HOST),
    ("https://0x7f.1/", HOST),
    ("https://0177.0.0.1/", HOST),
    ("https://127.1/", HOST),
    ("https://10.0.0.0x1/", HOST),
    # where they lead
    ("https://127.0.0.1/", PRIVATE),
    ("https://127.8.8.8/", PRIVATE),
    ("https://localhost/", PRIVATE),
    ("https://0.0.0.0/", PRIVATE),
    ("https://0.1.2.3/", PRIVATE),
    ("https://10.0.0.1/", PRIVATE),
    ("https://172.16.0.1/", PRIVATE),
    ("https://172.31.255.255/", PRIVATE),
    ("https://192.168.1.1/", PRIVATE),
    ("https://100.64.0.1/", PRIVATE),
    ("https://100.127.255.254/", PRIVATE),
    ("https://169.254.169.254/latest/meta-data/", PRIVATE),
    ("https://192.0.0.8/", PRIVATE),
    ("https://198.18.0.1/", PRIVATE),
    ("https://203.0.113.5/", PRIVATE),
    ("https://224.0.0.1/", PRIVATE),
    ("https://240.0.0.1/", PRIVATE),
    ("https://255.255.255.255/", PRIVATE),
    ("https://[::1]/", PRIVATE),
    ("https://[::]/", PRIVATE),
    ("https://[::ffff:10.0.0.1]/", PRIVATE),
    ("https://[::ffff:127.0.0.1]/", PRIVATE),
    ("https://[::ffff:169.254.169.254]/", PRIVATE),
    ("https://[::127.0.0.1]/", PRIVATE),
    ("https://[64:ff9b::10.0.0.1]/", PRIVATE),
    ("https://[2002:a00:1::]/", PRIVATE),
    ("https://[2001::1]/", PRIVATE),
    ("https://[fc00::1]/", PRIVATE),
    ("https://[fd12:3456::1]/", PRIVATE),
    ("https://[fe80::1]/", PRIVATE),
    ("https://[fec0::1]/", PRIVATE),
    ("https://[ff02::1]/", PRIVATE),
    ("https://intern.example.com/", PRIVATE),
    ("https://loop.example.com/", PRIVATE),
    ("https://metadata.example.com/", PRIVATE),
    ("https://mapped.example.com/", PRIVATE),
    ("https://nowhere.example.com/", "has no address on the internet"),
]


@pytest.mark.parametrize("url", ALLOWED)
def test_public_addresses(names: dict[str, str], settings: LazySettings, url: str) -> None:
    settings.WEBHOOKS_ALLOW_LOOPBACK = False
    endpoint_urls.check_url(url)


@pytest.mark.parametrize(("url", "why"), REFUSED)
def test_addresses_that_are_refused(
    names: dict[str, str], settings: LazySettings, url: str, why: str
) -> None:
    settings.WEBHOOKS_ALLOW_LOOPBACK = False
    with pytest.raises(UrlNotAllowed, match=why):
        endpoint_urls.check_url(url)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8131/hooks", "https://127.0.0.1/", "http://localhost:8131/", "http://[::1]:8131/"],
)
def test_on_a_desk_this_machine_is_fine(names: dict[str, str], settings: LazySettings, url: str) -> None:
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    endpoint_urls.check_url(url)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://crm.example.com/", TLS),
        ("https://10.0.0.1/", PRIVATE),
        ("https://intern.example.com/", PRIVATE),
        ("http://2130706433/", HOST),
    ],
)
def test_on_a_desk_the_rest_holds(names: dict[str, str], settings: LazySettings, url: str, why: str) -> None:
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    with pytest.raises(UrlNotAllowed, match=why):
        endpoint_urls.check_url(url)


# -- at each delivery --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ip",
    ["10.1.2.3", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::ffff:10.0.0.1", "fec0::1", "::127.0.0.1"],
)
def test_a_name_that_leads_elsewhere_since_it_was_saved(names: dict[str, str], ip: str) -> None:
    names["crm.example.com"] = ip
    answer = http_post.post("https://crm.example.com/", {}, b"{}")
    assert (answer.status, answer.error) == (
        None, "The address leads into a private network now, where we do not post to.",
    )  # fmt: skip


def test_this_machine_only_where_the_setting_says_so(receiver: Receiver, settings: LazySettings) -> None:
    settings.WEBHOOKS_ALLOW_LOOPBACK = False
    assert "private network" in http_post.post(receiver.address, {}, b"{}").error
    assert receiver.received == []


def test_a_redirect_is_an_answer_and_not_followed(receiver: Receiver) -> None:
    receiver.replies = [Reply(307, headers={"Location": receiver.address})]
    answer = _post(receiver)
    assert (answer.status, answer.good, answer.outcome) == (307, False, "307 Temporary Redirect")
    assert len(receiver.received) == 1


@pytest.mark.parametrize("location", ["http://[", "\xff", "//", "https://a.example/:x", "{address}"])
def test_what_comes_with_a_redirect_is_not_read(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, location: str
) -> None:
    """Wherever it leads. A few kilobytes of gzip would be megabytes in memory."""
    read: list[str] = []

    def unzip(*_: Any, **__: Any) -> Any:
        read.append("all of it")
        return iter(())

    monkeypatch.setattr(requests.Response, "iter_content", unzip)
    headers = {"Location": location.format(address=receiver.address), "Content-Encoding": "gzip"}
    receiver.replies = [Reply(302, gzip.compress(bytes(20_000_000)), headers=headers)]
    answer = _post(receiver)
    assert (answer.status, answer.outcome, read) == (302, "302 Found", [])
    assert len(answer.text) <= http_post.KEPT_CHARACTERS


def test_no_proxy_and_no_password_of_the_surroundings(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    assert _post(receiver).good
    assert "authorization" not in receiver.received[0].headers


def test_an_answer_that_drips_is_cut_off(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_post, "POST_DEADLINE", 0.6)
    receiver.replies = [Reply(200, drips=True)]
    answer = _post(receiver)
    assert answer.good, "its status was there in time, and that is what counts"
    assert answer.duration < 1500


def test_what_is_kept_of_an_answer(receiver: Receiver) -> None:
    receiver.replies = [Reply(500, b"\x00\xff" + b"long" * 500)]
    answer = _post(receiver)
    assert len(answer.text) == http_post.KEPT_CHARACTERS and "\0" not in answer.text


def test_what_is_said_when_nobody_answers(names: dict[str, str]) -> None:
    assert http_post.post("https://nowhere.example.com/", {}, b"").error == "The host has no address in DNS."
    assert http_post.post("http://127.0.0.1:9/", {}, b"").error == "The connection was refused."


def _post(receiver: Receiver) -> http_post.PostResult:
    from datetime import UTC, datetime

    from webhooks import signing
    from webhooks.models import Endpoint, WebhookEvent

    receiver.secret = Endpoint().rotate_secret()
    now = datetime.now(UTC)
    event = WebhookEvent(uid="evt_1", type="test", data={}, created_at=now)
    content = signing.event_body(event)
    return http_post.post(
        receiver.address, signing.signed_headers(event, content, [receiver.secret], now), content
    )
