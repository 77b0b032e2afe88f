"""Endpoint URLs: allowed and refused by their form and after DNS, and the limits of a response."""

import gzip
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from django.conf import LazySettings

from tests.webhooks.receiver import Receiver, Reply
from webhooks import endpoint_urls, http_post
from webhooks.endpoint_urls import UrlNotAllowed
from webhooks.formats import write_request
from webhooks.models import Endpoint, WebhookEvent

PRIVATE, TLS, HOST, CHARACTERS = "private network", "https", "host name", "without spaces"
ALLOWED = [
    "https://crm.example.com/webhooks?tenant=4",
    "https://crm.example.com:8443/",
    "https://CRM.example.com",
    "https://six.example.com/",
    "https://xn--mnchen-3ya.example/",
    "https://93.184.215.14/webhooks",
    "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/webhooks",
]
REFUSED = [
    # no https
    ("http://crm.example.com/", TLS),
    ("ftp://crm.example.com/", TLS),
    ("file:///etc/passwd", TLS),
    ("crm.example.com/webhooks", TLS),
    ("javascript:alert(1)", TLS),
    ("", TLS),
    # not a valid URL
    ("https://", HOST),
    ("https://crm.example.com:99999/", "not a URL"),
    ("https://[::1/", "not a URL"),
    ("https://user:word@crm.example.com/", "name and password"),
    ("https://crm.example.com@10.0.0.1/", "name and password"),
    ("https://crm.example.com\\@10.0.0.1/", "name and password"),
    ("https://crm.example.com\\.internal.example.com/", CHARACTERS),
    ("https://crm.example.com/#here", CHARACTERS),
    ("https://crm.example.com/a b", CHARACTERS),
    ("https://münchen.example/", CHARACTERS),
    ("https://-.example/", HOST),
    # IP addresses in unusual forms
    ("https://2130706433/", HOST),
    ("https://0x7f000001/", HOST),
    ("https://0x7f.1/", HOST),
    ("https://0177.0.0.1/", HOST),
    ("https://127.1/", HOST),
    ("https://10.0.0.0x1/", HOST),
    # private addresses
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
    ("https://internal.example.com/", PRIVATE),
    ("https://loop.example.com/", PRIVATE),
    ("https://metadata.example.com/", PRIVATE),
    ("https://mapped.example.com/", PRIVATE),
    ("https://nowhere.example.com/", "has no address on the internet"),
]


@pytest.mark.parametrize("url", ALLOWED)
def test_public_urls_are_allowed(dns: dict[str, str], settings: LazySettings, url: str) -> None:
    settings.WEBHOOKS_ALLOW_LOOPBACK = False
    endpoint_urls.check_url(url)


@pytest.mark.parametrize(("url", "sentence"), REFUSED)
def test_other_urls_are_refused(dns: dict[str, str], settings: LazySettings, url: str, sentence: str) -> None:
    settings.WEBHOOKS_ALLOW_LOOPBACK = False
    with pytest.raises(UrlNotAllowed, match=sentence):
        endpoint_urls.check_url(url)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8131/webhooks", "https://127.0.0.1/", "http://localhost:8131/", "http://[::1]:8131/"],
)
def test_development_allows_this_machine(dns: dict[str, str], settings: LazySettings, url: str) -> None:
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    endpoint_urls.check_url(url)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://crm.example.com/", TLS),
        ("https://10.0.0.1/", PRIVATE),
        ("https://internal.example.com/", PRIVATE),
        ("http://2130706433/", HOST),
    ],
)
def test_development_refuses_other_private_urls(
    dns: dict[str, str], settings: LazySettings, url: str, sentence: str
) -> None:
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    with pytest.raises(UrlNotAllowed, match=sentence):
        endpoint_urls.check_url(url)


# -- at each attempt --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ip",
    ["10.1.2.3", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::ffff:10.0.0.1", "fec0::1", "::127.0.0.1"],
)
def test_a_host_that_resolves_to_a_private_address_later_is_refused(dns: dict[str, str], ip: str) -> None:
    dns["crm.example.com"] = ip
    result = http_post.post("https://crm.example.com/", {}, b"{}")
    assert (result.status, result.error) == (
        None, "The URL is now in a private network; webhooks need a public address.",
    )  # fmt: skip


def test_this_machine_is_refused_without_the_setting(receiver: Receiver, settings: LazySettings) -> None:
    settings.WEBHOOKS_ALLOW_LOOPBACK = False
    assert "private network" in http_post.post(receiver.address, {}, b"{}").error
    assert receiver.received == []


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.replies = [Reply(307, headers={"Location": receiver.address})]
    result = _post(receiver)
    assert (result.status, result.succeeded, result.outcome) == (307, False, "307 Temporary Redirect")
    assert len(receiver.received) == 1


@pytest.mark.parametrize("location", ["http://[", "\xff", "//", "https://a.example/:x", "{address}"])
def test_the_body_of_a_redirect_is_not_read(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, location: str
) -> None:
    """Whatever its location. A few kilobytes of gzip would be megabytes in memory."""
    read: list[str] = []

    def decompress(*_: Any, **__: Any) -> Any:
        read.append("all of it")
        return iter(())

    monkeypatch.setattr(requests.Response, "iter_content", decompress)
    headers = {"Location": location.format(address=receiver.address), "Content-Encoding": "gzip"}
    receiver.replies = [Reply(302, gzip.compress(bytes(20_000_000)), headers=headers)]
    result = _post(receiver)
    assert (result.status, result.outcome, read) == (302, "302 Found", [])
    assert len(result.body) <= http_post.KEPT_CHARACTERS


def test_proxies_and_passwords_of_the_environment_are_not_used(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    assert _post(receiver).succeeded
    assert "authorization" not in receiver.received[0].headers


def test_a_dripping_response_is_cut_off(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_post, "POST_DEADLINE", 0.6)
    receiver.replies = [Reply(200, drips=True)]
    result = _post(receiver)
    assert result.succeeded, "its status arrived in time"
    assert result.duration < 1500


def test_only_the_start_of_a_response_is_kept(receiver: Receiver) -> None:
    receiver.replies = [Reply(500, b"\x00\xff" + b"long" * 500)]
    result = _post(receiver)
    assert len(result.body) == http_post.KEPT_CHARACTERS and "\0" not in result.body


def test_errors_without_a_response_are_explained(dns: dict[str, str]) -> None:
    assert http_post.post("https://nowhere.example.com/", {}, b"").error == "The host has no address in DNS."
    assert http_post.post("http://127.0.0.1:9/", {}, b"").error == "The connection was refused."


def _post(receiver: Receiver) -> http_post.PostResult:
    endpoint, now = Endpoint(), datetime.now(UTC)
    receiver.secret = endpoint.rotate_secret()
    event = WebhookEvent(uid="evt_1", type="test", data={}, created_at=now)
    headers, content = write_request(endpoint, event, now)
    return http_post.post(receiver.address, headers, content)
