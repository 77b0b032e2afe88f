"""Picture of the inbox for the README, `make screenshot` while `make run` is up: docs/inbox.png."""

import json
import subprocess
import sys
from typing import Any

from playwright.sync_api import Page, sync_playwright

from devserver import browser
from devserver.addresses import ROOT

FILE = ROOT / "docs" / "inbox.png"
SIZE = {"width": 1440, "height": 900}
PERSON = "Tom Becker"  # who has opted out, after some texts


def main() -> int:
    demo = describe_demo()
    path = browser.find()
    if not path:
        print(browser.missing(), file=sys.stderr)
        return 1
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = chromium.new_page(viewport=SIZE, color_scheme="light")  # type: ignore[arg-type]
        sign_in(page, demo)
        page.locator("#conversations").get_by_role("link", name=PERSON).click()
        page.get_by_label("Why you can't text this number").wait_for()
        page.screenshot(path=FILE)
        chromium.close()
    print(FILE.relative_to(ROOT))
    return 0


def describe_demo() -> dict[str, Any]:
    """What `manage.py demo --json` prints. Raises CalledProcessError without a running `make run`."""
    words = [sys.executable, "-m", "devserver", "with", "--", sys.executable, "manage.py", "demo", "--json"]
    printed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found: dict[str, Any] = json.loads(printed)
    return found


def sign_in(page: Page, demo: dict[str, Any]) -> None:
    member = demo["members"][0]
    page.goto(demo["base_url"])
    page.get_by_label("Email", exact=True).fill(member["email"])
    page.get_by_label("Password", exact=True).fill(member["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("#conversations").wait_for()


if __name__ == "__main__":
    sys.exit(main())
