"""Sign-in in Chromium: a passkey of a virtual authenticator, an app, a team that requires them, an issuer."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import Member
from accounts.single_sign_on import domains
from accounts.single_sign_on.models import ClaimedDomain
from kernel.tenancy import scope
from tests.accounts.single_sign_on.fake_issuer import CLIENT_ID, CLIENT_SECRET, issuing
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


@pytest.mark.usefixtures("product")
def test_single_sign_on_through_a_local_issuer(
    cast: Cast, live_server: Any, page: Page, browser: Browser, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, found, looks = live_server.url, list[str](), set[str]()
    settings.PUBLIC_URL, settings.SINGLE_SIGN_ON_ALLOW_LOOPBACK = base, True
    records: list[str] = []
    monkeypatch.setattr(domains, "txt_records", lambda domain: records)
    settings_page = f"{base}/t/northside-dental/settings/sign-in/"
    with issuing() as issuer:
        enter_password(page, base, cast.owner.user.email)
        expect(page.get_by_role("navigation", name="Northside Dental")).to_be_visible()
        page.goto(settings_page)
        page.get_by_role("link", name="Set up single sign-on").click()
        found += problems(page, looks)
        page.locator("summary", has_text="Another issuer").click()
        page.get_by_label("Provider").select_option("other")
        page.get_by_label("Tenant ID, domain or issuer").fill(issuer.url)
        page.get_by_label("Client ID").fill(CLIENT_ID)
        page.get_by_label("Client secret").fill(CLIENT_SECRET)
        page.get_by_role("button", name="Save").first.click()
        expect(page.get_by_text("The issuer answered as it should.")).to_be_visible()
        page.get_by_label("Domain", exact=True).fill("northside.example")
        page.get_by_role("button", name="Add domain").click()
        expect(page.get_by_text("Not proved yet")).to_be_visible()
        found += problems(page, looks)
        with scope(cast.northside.id):
            records.append(ClaimedDomain.objects.get().record)
        page.get_by_role("button", name="Check northside.example now").click()
        expect(page.get_by_text("northside.example is your team's")).to_be_visible()

        # A colleague comes in, and becomes a member.
        issuer.person = "nora@northside.example"
        with browser.new_context() as elsewhere:
            nora = elsewhere.new_page()
            nora.goto(f"{base}/accounts/login/")
            nora.get_by_label("Email", exact=True).fill(issuer.person)
            nora.get_by_role("button", name="Continue with your company's sign-in").click()
            expect(nora).to_have_url(f"{base}/t/northside-dental/inbox/")
            nora.goto(f"{base}/accounts/email/")
            expect(nora.get_by_role("heading", name="This needs your own sign-in")).to_be_visible()
            found += problems(nora, looks)

            # Required: a password leads to the issuer, and from there to the page that was wanted.
            page.get_by_role("link", name="Sign-in", exact=True).first.click()
            page.get_by_role("link", name="Change single sign-on").click()
            issuer.person = cast.owner.user.email
            page.goto(
                f"{base}/accounts/single-sign-on/northside-dental/?next=/t/northside-dental/settings/sign-in/"
            )
            expect(page).to_have_url(settings_page)
            page.get_by_role("link", name="Change single sign-on").click()
            page.get_by_label("Members must use single sign-on").check()
            found += problems(page, looks)
            page.get_by_role("button", name="Save").last.click()
            expect(page.get_by_text("Saved.")).to_be_visible()
            issuer.person = cast.member.user.email
            with browser.new_context() as third:
                maya = third.new_page()
                enter_password(maya, base, cast.member.user.email)
                expect(maya).to_have_url(f"{base}/t/northside-dental/inbox/")
                assert issuer.requests.count("/authorize") == 3, "by way of the issuer"
                issuer.error = "access_denied"
                maya.goto(f"{base}/accounts/single-sign-on/northside-dental/")
                expect(maya.get_by_text("The sign-in was cancelled")).to_be_visible()
                found += problems(maya, looks)

            # The open page of a removed member leaves.
            nora.goto(f"{base}/t/northside-dental/inbox/")
            with scope(cast.northside.id):
                nora_id = Member.objects.get(user__email="nora@northside.example").id
            page.goto(f"{base}/t/northside-dental/settings/members/{nora_id}/")
            found += problems(page, looks)
            page.get_by_role("link", name="Remove Nora").click()
            page.get_by_role("button", name="Remove").click()
            expect(page.get_by_role("button", name="Let Nora in again")).to_be_visible()
            found += problems(page, looks)
            expect(nora).not_to_have_url(f"{base}/t/northside-dental/inbox/")
    assert found == []
