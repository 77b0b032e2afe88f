"""Static files of production: joined style sheet and module, hashed names, and compressed HTML."""

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.files.storage import FileSystemStorage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from accounts.models import Member
from heymarket.static_files import JoinedStaticFilesStorage, join_modules, join_style_sheets
from kernel.tenancy import scope
from messaging.models import Conversation
from tests.cast import MARIA, Cast

SOURCE = project.BASE_DIR / "static"
PRODUCTION = {
    "DEVELOPMENT": "0",
    "PUBLIC_URL": "https://inbox.example.com",
    "SECRET_KEY": "of-production-in-a-test",
    "ENCRYPTION_KEYS": "of-production-in-a-test",
}
INBOX = "/t/northside-dental/inbox/"


# -- collected files -------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the static files of an installation."""
    folder = tmp_path_factory.mktemp("static")
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
        cwd=project.BASE_DIR,
        env={**os.environ, **PRODUCTION, "STATIC_ROOT": str(folder)},
        check=True,
        timeout=60,
    )
    return folder


def joined(folder: Path, name: str) -> str:
    names = json.loads((folder / "staticfiles.json").read_text())["paths"]
    return (folder / names[name]).read_text()


def test_a_page_loads_little(collected: Path) -> None:
    """Style sheet, module and htmx, which every page of a team loads, compressed: less than 120 KB."""
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    loaded = [names["css/heymarket.css"], names["js/heymarket.js"]]
    loaded += [
        name for source, name in names.items() if "htmx-2.min" in source or source.endswith("django-htmx.js")
    ]
    sizes = [len(gzip.compress((collected / name).read_bytes())) for name in loaded]
    assert len(sizes) >= 4 and sum(sizes) < 120 * 1024


def without_urls(text: str) -> str:
    return re.sub(r'url\("[^"]*"\)', "", text)


@pytest.mark.parametrize(
    ("entry", "imports"),
    [("css/heymarket.css", r'@import url\("(.+)"\);'), ("js/heymarket.js", r'import "\./(.+)";')],
)
def test_joined_file_contains_all_files_in_the_order_of_imports(
    collected: Path, entry: str, imports: str
) -> None:
    source = SOURCE / entry
    parts = re.findall(imports, source.read_text())
    all_files = {
        path.relative_to(source.parent).as_posix() for path in source.parent.rglob(f"*{source.suffix}")
    }
    assert {*parts, source.name} == all_files
    text = without_urls(joined(collected, entry))
    positions = [text.index(without_urls((source.parent / part).read_text())) for part in parts]
    assert positions == sorted(positions)
    assert not re.search(r"^\s*@?(import|export)\b", text, re.MULTILINE)


def test_joined_sheet_starts_with_the_order_of_layers(collected: Path) -> None:
    rules = re.sub(r"/\*.*?\*/", "", joined(collected, "css/heymarket.css"), flags=re.DOTALL).strip()
    assert rules.startswith("@layer reset, tokens, base, layout, components, utilities;")


def test_urls_in_the_joined_sheet_name_hashed_files(tmp_path: Path) -> None:
    files = {
        "css/heymarket.css": '@layer a;\n@import url("parts/icon.css");\n',
        "css/parts/icon.css": 'i { mask: url("../../img/icon.svg#mark"), url(data:image/png;base64,AA), url(#own) }\n',
        "js/heymarket.js": "",
        "img/icon.svg": "<svg/>",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    source = FileSystemStorage(tmp_path)
    storage = JoinedStaticFilesStorage(location=tmp_path, base_url="/static/")
    done = {
        name: hashed for name, hashed, _ in storage.post_process({name: (source, name) for name in files})
    }
    text = (tmp_path / done["css/heymarket.css"]).read_text()
    assert f'url("../{done["img/icon.svg"]}#mark"), url(data:image/png;base64,AA), url(#own)' in text
    assert done["img/icon.svg"] != "img/icon.svg"


@pytest.mark.parametrize(
    ("join", "entry", "parts"),
    [
        (join_style_sheets, '@import url("a.css") print;', {}),
        (join_style_sheets, '@import url("a.css");', {"a.css": '@import url("b.css");'}),
        (join_modules, 'import { a } from "./a.js";', {}),
        (join_modules, 'import "./a.js";', {"a.js": "export const a = 1;"}),
    ],
)
def test_other_imports_are_refused(join: Callable[..., str], entry: str, parts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="may only import by"):
        join("entry", {"entry": entry, **parts}.__getitem__)


# -- pages -----------------------------------------------------------------------------------------------------


@pytest.fixture
def installed(collected: Path, settings: Any) -> Path:
    """The collected files, which pages then use."""
    use_collected(settings, collected)
    return collected


def use_collected(settings: Any, collected: Path) -> None:
    settings.STATIC_ROOT = collected
    settings.STORAGES = {
        **project.STORAGES,
        "staticfiles": {"BACKEND": "heymarket.static_files.JoinedStaticFilesStorage"},
    }


def test_inbox_requests_one_style_sheet_and_one_module(
    cast: Cast, as_client: Callable[[Member], Client], installed: Path
) -> None:
    html = as_client(cast.owner).get(INBOX).content.decode()
    sheets = re.findall(r'<link rel="stylesheet" href="/static/(.+?)"', html)
    modules = re.findall(r'<script type="module" src="/static/(.+?)"', html)
    assert len(sheets) == len(modules) == 1
    for name in (*sheets, *modules):
        assert re.search(r"\.[0-9a-f]{12}\.(css|js)$", name)
        assert gzip.decompress((installed / f"{name}.gz").read_bytes()) == (installed / name).read_bytes()


@pytest.mark.parametrize("development", [False, True], ids=["joined", "imported"])
def test_files_work_in_a_browser(
    cast: Cast,
    as_client: Callable[[Member], Client],
    collected: Path,
    settings: Any,
    live_server: Any,
    page: Page,
    development: bool,
) -> None:
    """The joined files of an installation, and those of development, whose imports the browser follows."""
    if not development:
        use_collected(settings, collected)
    with scope(cast.northside.id):
        Conversation.objects.create(
            team=cast.northside, inbox=cast.front_desk, number=MARIA, last_message_at=timezone.now()
        )
    cookie: Any = as_client(cast.owner).cookies[project.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)

    served: set[str] = set()

    def serve(route: Route) -> None:
        name = route.request.url.partition("/static/")[2].partition("#")[0]
        served.add(name)
        source = SOURCE if development and (SOURCE / name).exists() else collected
        route.fulfill(path=source / name)

    page.route("**/static/**", serve)
    page.goto(f"{live_server.url}{INBOX}")
    page.keyboard.press("j")
    expect(page.locator("[data-walk] a").first).to_be_focused()
    expect(page.locator(".rail")).to_have_css("display", "flex")
    page.goto(f"{live_server.url}{reverse('profile')}")
    expect(page.locator("[data-shortcuts]")).to_be_visible()
    assert errors == []
    assert ("js/keys.js" in served) == development


# -- compression -------------------------------------------------------------------------------------------------


def test_html_is_compressed_when_the_browser_accepts_it(
    cast: Cast, as_client: Callable[[Member], Client]
) -> None:
    browser = as_client(cast.owner)
    for headers in ({}, {"HX-Request": "true"}):
        plain = browser.get(INBOX, headers=headers)
        packed = browser.get(INBOX, headers={**headers, "Accept-Encoding": "gzip, br"})
        assert "Content-Encoding" not in plain
        assert packed["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed["Vary"]
        assert gzip.decompress(packed.content).startswith(plain.content[:15])
    assert len(packed.content) < len(plain.content)


@pytest.mark.parametrize("path", ["/healthz", "/t/northside-dental/reports/consent/export/", "/v1/optouts"])
def test_only_html_is_compressed(cast: Cast, as_client: Callable[[Member], Client], path: str) -> None:
    answer = as_client(cast.owner).get(path, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer
