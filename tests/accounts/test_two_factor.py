"""Two-factor sign-in: an authenticator app, recovery codes, and what other people's accounts keep out of it."""

import json
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.allauth_urls import urlpatterns
from accounts.audit.models import AuditEntry
from accounts.models import Member, Team, User
from kernel.tenancy import scope
from tests.accounts.software_passkey import FLAG, SoftwarePasskey
from tests.accounts.test_addresses import is_signed_in, reset
from tests.cast import PASSWORD, Cast

PAGE = reverse("sign_in_security")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0"


def browser() -> Client:
    return Client(HTTP_USER_AGENT=FIREFOX)


def sign_in(member: Member, client: Client | None = None, password: str = PASSWORD) -> Any:
    """The answer to email address and password, in a browser of its own."""
    client = client or browser()
    return client, client.post(reverse("account_login"), {"login": member.user.email, "password": password})


def code_of(secret: str, steps: int = 0) -> str:
    """The code of the app now, or so many periods later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def add_app(client: Client) -> tuple[str, list[str]]:
    """Add an authenticator app; its secret and the recovery codes that the next page shows."""
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    found = re.search(r'id="key"[^>]*>([A-Z2-7 ]+)<', page)
    assert found and 'src="data:image/svg+xml;base64,' in page
    secret = found[1].replace(" ", "")
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret, -1)}, follow=True)
    codes = re.findall(r"<span>(\d{8})</span>", answer.content.decode())
    assert len(codes) == 10
    return secret, codes


def recorded(team: Team) -> list[tuple[str, str]]:
    """Actions and actors of the audit log, the newest last."""
    with scope(team.id):
        return [(entry.action, entry.actor_name) for entry in AuditEntry.objects.order_by("id")]


def second_step(client: Client, code: str) -> bool:
    client.post(reverse("mfa_authenticate"), {"code": code})
    return is_signed_in(client)


def test_app_and_recovery_codes(cast: Cast, owner: Any) -> None:
    client, _ = sign_in(cast.member)
    mail.outbox.clear()
    secret, codes = add_app(client)
    (email,) = mail.outbox
    assert (email.subject, email.to) == ("Authenticator app added", [cast.member.user.email])
    assert "Firefox 146 on Linux" in str(email.body) and "127.0.0.1" in str(email.body)
    assert recorded(cast.northside)[-1] == ("authenticator_app_added", "Maya Chen")
    rows = owner.execute("SELECT data::text FROM mfa_authenticator").fetchall()
    assert len(rows) == 2 and not any(secret in data for (data,) in rows), "secrets are encrypted"

    codes_page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert "10 of 10 codes are left" in codes_page and not any(code in codes_page for code in codes)
    assert "10 left" in client.get(PAGE).content.decode()

    other, answer = sign_in(cast.member)
    assert answer.headers["Location"] == reverse("mfa_authenticate") and not is_signed_in(other)
    assert not second_step(other, "000000")
    assert recorded(cast.northside)[-1] == ("sign_in_failed", "Not signed in")
    code = code_of(secret)
    assert second_step(other, code)
    third, _ = sign_in(cast.member)
    assert not second_step(third, code), "a code counts once, as long as it is valid"
    assert second_step(third, codes[0])
    fourth, _ = sign_in(cast.member)
    assert not second_step(fourth, codes[0]), "a recovery code counts once"
    assert "9 left" in client.get(PAGE).content.decode()

    answer = client.post(reverse("mfa_generate_recovery_codes"), follow=True)
    assert len(set(re.findall(r"<span>(\d{8})</span>", answer.content.decode())) - set(codes)) == 10
    assert not second_step(fourth, codes[1])
    assert client.post(reverse("mfa_deactivate_totp")).headers["Location"] == PAGE
    assert mail.outbox[-1].subject == "Authenticator app removed"
    assert recorded(cast.northside)[-1] == ("authenticator_app_removed", "Maya Chen")
    fifth, _ = sign_in(cast.member)
    assert is_signed_in(fifth) and not Authenticator.objects.exists()


# Pages of a user's sign-in that change nothing, or whose form itself asks who it is.
ASK_NOTHING = {
    "account_login", "account_logout", "account_signup", "account_inactive", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done",
    "account_email_verification_sent",
    "account_confirm_login_code",  # sign-in by code is not offered
    "account_confirm_email",  # by the link in an email, to an address that was added after a confirmation
    "account_change_password",  # asks for the present password
    "account_set_password",  # leads to a reset by email
    "account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_authenticate",
    "mfa_login_webauthn",
}  # fmt: skip
NEW_ADDRESS = "maya@elsewhere.example"
# All others, with a form that changes something.
ASK: list[tuple[str, dict[str, str]]] = [
    ("account_email", {"action_add": "", "email": NEW_ADDRESS}),
    ("account_email", {"action_primary": "", "email": "second@northside.example"}),
    ("account_email", {"action_remove": "", "email": "second@northside.example"}),
    ("mfa_activate_totp", {"code": "123456"}),
    ("mfa_deactivate_totp", {}),
    ("mfa_view_recovery_codes", {}),
    ("mfa_generate_recovery_codes", {}),
    ("mfa_add_webauthn", {"name": "Phone", "credential": "{}"}),
    ("mfa_edit_webauthn", {"name": "Phone"}),
    ("mfa_remove_webauthn", {}),
]


def test_every_page_of_the_sign_in_is_listed() -> None:
    assert {str(pattern.name) for pattern in urlpatterns} == ASK_NOTHING | {name for name, _ in ASK}


def way_in_of(user: Any) -> tuple[Any, ...]:
    """Addresses and second factors of a user."""
    addresses = EmailAddress.objects.filter(user=user).order_by("email")
    factors = Authenticator.objects.filter(user=user).order_by("pk")
    return list(addresses.values_list("email", "primary")), list(factors.values_list("type", "data"))


@pytest.mark.parametrize(("name", "fields"), ASK)
def test_changes_need_a_recent_sign_in(
    cast: Cast, as_client: Callable[[Member], Client], name: str, fields: dict[str, str]
) -> None:
    """In a session in which nobody entered a password for a while: with a second factor, any confirmation counts."""
    user, client = cast.member.user, as_client(cast.member)
    EmailAddress.objects.create(user=user, email="second@northside.example", verified=True)
    if name != "mfa_activate_totp":
        signed_in, _ = sign_in(cast.member)
        if "webauthn" not in name:
            add_app(signed_in)
        add_passkey(signed_in)
    passkeys = Authenticator.objects.filter(user=user, type="webauthn")
    args = [passkeys.get().pk] if name in ("mfa_edit_webauthn", "mfa_remove_webauthn") else []
    before, page = way_in_of(user), reverse(name, args=args)
    mail.outbox.clear()
    asked = client.get(page) if name == "mfa_view_recovery_codes" else client.post(page, fields)
    confirmation = asked.headers["Location"]
    assert confirmation.startswith(reverse("account_reauthenticate")) and way_in_of(user) == before
    wrong = client.post(confirmation, {"password": "wrong password"})
    assert (wrong.status_code, way_in_of(user), mail.outbox) == (422, before, [])
    client.post(confirmation, {"password": PASSWORD, "next": page})
    assert not client.get(page).headers.get("Location", "").startswith(reverse("account_reauthenticate"))


def test_a_confirmed_change_of_addresses_is_done(cast: Cast, as_client: Callable[[Member], Client]) -> None:
    """What was sent before the confirmation is done after it, and for a quarter of an hour nobody is asked again."""
    client, page, user = as_client(cast.member), reverse("account_email"), cast.member.user
    asked = client.post(page, {"action_add": "", "email": NEW_ADDRESS})
    done = client.post(asked.headers["Location"], {"password": PASSWORD, "next": page})
    assert done.headers["Location"] == page and mail.outbox[-1].to == [NEW_ADDRESS]
    assert EmailAddress.objects.filter(user=user, email=NEW_ADDRESS).exists()
    client.post(page, {"action_remove": "", "email": NEW_ADDRESS})
    assert not EmailAddress.objects.filter(user=user, email=NEW_ADDRESS).exists()
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        asked = client.post(page, {"action_add": "", "email": NEW_ADDRESS})
        assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
        fresh, _ = sign_in(cast.member)
        fresh.post(page, {"action_add": "", "email": NEW_ADDRESS})
    assert EmailAddress.objects.filter(user=user, email=NEW_ADDRESS).exists()


def test_a_reset_of_the_password_keeps_the_second_factor_of_its_owner(cast: Cast) -> None:
    client, _ = sign_in(cast.member)
    secret, _ = add_app(client)
    assert reset(cast.member.user.email, "another password 1")
    assert mail.outbox[-1].subject == "Your password was reset"
    assert recorded(cast.northside)[-1] == ("password_reset", "Maya Chen")
    assert not is_signed_in(client)
    other, answer = sign_in(cast.member, password="another password 1")
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert second_step(other, code_of(secret, 1))


@pytest.mark.parametrize("credential", ["", "null", "{}", '"x"', "[]", '{"response": {"userHandle": null}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "AA", "authenticatorData": "AA",'
    ' "signature": "AA", "userHandle": "MQ"}}'])  # fmt: skip
def test_forged_passkeys_are_refused(cast: Cast, credential: str) -> None:
    client = Client()
    client.get(reverse("mfa_login_webauthn"), headers={"Accept": "application/json"})
    answer = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert answer.headers["Location"] == reverse("account_login") and not is_signed_in(client)
    signed_in, _ = sign_in(cast.member)
    signed_in.get(reverse("mfa_add_webauthn"))
    answer = signed_in.post(reverse("mfa_add_webauthn"), {"name": "Phone", "credential": credential})
    assert answer.status_code == 422 and not Authenticator.objects.exists()


def options_in(page: Any) -> dict[str, Any]:
    found = re.search(r'<script type="application/json">(.*?)</script>', page.content.decode())
    assert found
    return dict(json.loads(found[1]))


def add_passkey(client: Client, name: str = "Laptop") -> SoftwarePasskey:
    passkey = SoftwarePasskey()
    credential = passkey.create(options_in(client.get(reverse("mfa_add_webauthn"))))
    answer = client.post(reverse("mfa_add_webauthn"), {"name": name, "credential": credential})
    assert answer.status_code == 302
    return passkey


def test_a_passkey_signs_in_by_itself_and_as_second_factor(cast: Cast) -> None:
    client, _ = sign_in(cast.member)
    mail.outbox.clear()
    passkey = add_passkey(client)
    assert [email.subject for email in mail.outbox] == ["Passkey added"]
    assert recorded(cast.northside)[-1] == ("passkey_added", "Maya Chen")
    row = Authenticator.objects.get(type="webauthn")
    client.post(reverse("mfa_edit_webauthn", args=[row.pk]), {"name": "Work laptop"})
    assert "Work laptop" in client.get(PAGE).content.decode()

    alone = browser()
    login = reverse("mfa_login_webauthn")
    options = alone.get(login, headers={"Accept": "application/json"}).json()["request_options"]["publicKey"]
    assert options["userVerification"] == "required"
    without_holder = passkey.get(options, FLAG.UP)
    assert alone.post(login, {"credential": without_holder}).headers["Location"] == reverse("account_login")
    assert not is_signed_in(alone)
    credential = passkey.get(options)
    assert alone.post(login, {"credential": credential}).headers["Location"] == "/"
    assert is_signed_in(alone) and recorded(cast.northside)[-1] == ("signed_in", "Maya Chen")
    replayed = browser()
    replayed.get(login, headers={"Accept": "application/json"})
    replayed.post(login, {"credential": credential})
    assert not is_signed_in(replayed)

    second, answer = sign_in(cast.member)
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    options = options_in(second.get(reverse("mfa_authenticate")))
    second.post(reverse("mfa_authenticate"), {"credential": passkey.get(options)})
    assert is_signed_in(second)

    stranger, _ = sign_in(cast.outsider)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert stranger.post(reverse(name, args=[row.pk]), {"name": "Mine"}).status_code == 404
    client.post(reverse("mfa_remove_webauthn", args=[row.pk]))
    assert mail.outbox[-1].subject == "Passkey removed" and not Authenticator.objects.exists()


def test_second_factors_of_an_unproved_account_end_with_its_owners_proof(cast: Cast) -> None:
    """Whoever held an account in the name of somebody else's address cannot lock the owner out."""
    trap = User.objects.create_user("vera@victim.example", PASSWORD)
    holder = browser()
    holder.post(reverse("account_login"), {"login": trap.email, "password": PASSWORD})
    add_passkey(holder)
    assert reset(trap.email, "another password 1")
    assert not Authenticator.objects.exists()
    owner = browser()
    owner.post(reverse("account_login"), {"login": trap.email, "password": "another password 1"})
    assert is_signed_in(owner)


def test_keys_can_be_rotated(cast: Cast, settings: Any) -> None:
    client, _ = sign_in(cast.member)
    secret, codes = add_app(client)
    settings.ENCRYPTION_KEYS = ["a new key", *settings.ENCRYPTION_KEYS]
    call_command("reencrypt")
    settings.ENCRYPTION_KEYS = ["a new key"]
    other, _ = sign_in(cast.member)
    assert second_step(other, code_of(secret))
    third, _ = sign_in(cast.member)
    assert second_step(third, codes[0])
