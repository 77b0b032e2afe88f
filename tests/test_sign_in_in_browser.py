"""Sign-in in Chromium: a passkey of a virtual authenticator, an authenticator app, and a team that requires them."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from kernel.tenancy import scope
from tests.accounts.test_two_factor import code_of
from tests.cast import PASSWORD, Cast
from tests.test_accessibility import problems_of_page
from tests.test_opt_out_in_browser import product  # noqa: F401  (a fixture)

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def problems(page: Page, looks: set[str]) -> list[str]:
    """What axe and narrow widths find, in both themes."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return list(problems_of_page(page, page.url, looks))


def sign_out(page: Page) -> None:
    """Without a page whose polls would lead it to the sign-in page meanwhile."""
    page.goto("about:blank")
    page.context.clear_cookies()


def enter_password(page: Page, base: str, email: str) -> None:
    page.goto(f"{base}/accounts/login/")
    page.get_by_label("Email", exact=True).fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def require_since(cast: Cast, days: int) -> None:
    """Let the team require two-factor sign-in since so many days, with seven days of grace."""
    cast.northside.two_factor_since = timezone.now() - timedelta(days=days)
    with scope(cast.northside.id):
        cast.northside.save(update_fields=["two_factor_since"])


@pytest.mark.usefixtures("product")
def test_a_required_second_factor_by_passkey_and_by_app(
    cast: Cast, live_server: Any, page: Page, browser: Browser
) -> None:
    base = live_server.url  # its host is localhost, as passkeys without TLS need it
    email, found, looks = cast.member.user.email, list[str](), set[str]()
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})

    # In the days of grace a banner says how many are left; then an open page leaves for the setup.
    require_since(cast, days=2)
    enter_password(page, base, email)
    expect(page.get_by_text("5 days left")).to_be_visible()
    found += problems(page, looks)
    require_since(cast, days=8)
    page.get_by_role("link", name="Contacts").first.click()
    expect(page).to_have_url(f"{base}/profile/security/")
    expect(page.get_by_text("Northside Dental requires two-factor sign-in.")).to_be_visible()
    expect(page.get_by_role("navigation", name="Northside Dental")).to_have_count(0)

    # A passkey; the recovery codes follow, once.
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("Office laptop")
    found += problems(page, looks)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    found += problems(page, looks)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert len(download.value.path().read_text().split("\n")) == 11
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("Office laptop")).to_be_visible()
    found += problems(page, looks)

    # The passkey alone signs in; the password asks for it.
    sign_out(page)
    page.goto(f"{base}/accounts/login/")
    found += problems(page, looks)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(f"{base}/t/northside-dental/inbox/")
    sign_out(page)
    enter_password(page, base, email)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    found += problems(page, looks)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{base}/t/northside-dental/inbox/")

    # An authenticator app, whose code signs in where the passkey is not.
    page.goto(f"{base}/accounts/security/app/")
    expect(page.get_by_alt_text("The key below as a QR code")).to_be_visible()
    found += problems(page, looks)
    secret = page.locator("#key").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(code_of(secret, -1))
    page.get_by_role("button", name="Add the app").click()
    expect(page.get_by_text("Your authenticator app was added.")).to_be_visible()
    assert Authenticator.objects.filter(user=cast.member.user, type="totp").exists()
    with browser.new_context() as elsewhere:
        other = elsewhere.new_page()
        enter_password(other, base, email)
        other.get_by_label("Code").fill(code_of(secret))
        other.get_by_role("button", name="Sign in", exact=True).click()
        expect(other).to_have_url(f"{base}/t/northside-dental/inbox/")

        # It shows nothing more once it is signed out from here.
        page.goto(f"{base}/profile/security/")
        rows = (
            page.get_by_role("listitem").filter(has_text="last used").filter(has=page.get_by_role("button"))
        )
        rows.filter(has_not_text="This one").first.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("That browser was signed out.")).to_be_visible()
        expect(other).to_have_url(
            f"{base}/accounts/login/?next=%2Ft%2Fnorthside-dental%2Finbox%2F&signed_out=1"
        )
    assert found == []
