"""First paint of the inbox: first visits in Chromium over a slow network, with production static files."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from bench import installation, pages, teams
from bench.http_load import get_request, send_all
from devserver import browser as chromium
from devserver import postgres
from devserver.addresses import DATABASE

CONVERSATIONS = 1_000
PHONE: ViewportSize = {"width": 390, "height": 844}
LINE = {"latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 1_600_000 / 8}  # ms, bytes/s
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"


@dataclass(frozen=True)
class Visit:
    """One visit with an empty cache: milliseconds, requests until the page is loaded, and bytes received."""

    paint: float
    loaded: float
    requests: int
    received: int


def measure(folder: Path, visits: int) -> list[Visit]:
    """Visit the inbox of a team with CONVERSATIONS conversations. Raises NotMeasured without a browser."""
    path = chromium.find()
    if not path:
        raise installation.NotMeasured(chromium.missing())
    member, inbox = teams.create_team("FirstPaint", "+15105560390")
    with postgres.connect(folder, DATABASE) as owner:
        pages.seed(owner, member, inbox, CONVERSATIONS)
    name, value = teams.session_cookie(member)
    environment = production(folder)
    installation.run_manage_command("collectstatic", "--no-input", "--verbosity", "0", settings=environment)
    base = environment["PUBLIC_URL"]
    url = f"{base}/t/{member.team.slug}/inbox/"
    with installation.web_server(folder, environment) as address, sync_playwright() as playwright:
        # Warm up templates and connections of each process of the server.
        send_all(address, [get_request(url, {"Cookie": f"{name}={value}"})] * 40, 4)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        cookie: Any = {"name": name, "value": value, "url": base}
        return [visit(browser, url, cookie) for _ in range(visits)]


def production(folder: Path) -> dict[str, str]:
    """The environment of a production server: the settings that DEVELOPMENT=0 needs, with this process's secrets."""
    port = str(installation.free_port())
    return {
        **os.environ,
        "DEVELOPMENT": "0",
        "PORT": port,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": settings.SECRET_KEY,
        "ENCRYPTION_KEYS": ",".join(settings.ENCRYPTION_KEYS),
        "STATIC_ROOT": str(folder / "static"),
    }


def visit(browser: Browser, url: str, cookie: Any) -> Visit:
    context = browser.new_context(viewport=PHONE, device_scale_factor=3, is_mobile=True, has_touch=True)
    context.add_cookies([cookie])
    page = context.new_page()
    line = context.new_cdp_session(page)
    requests: list[str] = []
    sizes: list[int] = []
    line.on("Network.requestWillBeSent", lambda event: requests.append(event["requestId"]))
    line.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", {"offline": False, **LINE})
    answer = page.goto(url, wait_until="load")
    if not answer or answer.status != 200 or page.url != url:
        raise installation.NotMeasured(f"The visit to {url} ended at {page.url}.")
    counted = len(requests), sum(sizes)  # before the page polls for changes each second
    page.wait_for_function(PAINT)
    seen = Visit(page.evaluate(PAINT), page.evaluate(LOADED), *counted)
    context.close()
    return seen
