"""Programs that the tests use: Chromium and curl. Finds them, or installs Debian's packages if it may."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# It draws no window and no tabs, which takes most of the time of a Chromium that runs tests.
HEADLESS_SHELL = "chromium-headless-shell"
NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def find() -> str | None:
    """The path of a Chromium: the one that CHROMIUM names, or one of the usual programs; None if there is none."""
    if chosen := os.environ.get("CHROMIUM"):
        return shutil.which(chosen)
    paths = (shutil.which(name) for name in NAMES)
    return next((path for path in paths if path), str(MAC) if MAC.exists() else None)


def find_headless() -> str | None:
    """The browser of the tests: the one that CHROMIUM names, or the headless shell, or else what `find` finds."""
    return (None if os.environ.get("CHROMIUM") else shutil.which(HEADLESS_SHELL)) or find()


def find_or_install() -> str | None:
    """Like `find_headless`, after installing the missing programs if we are root and apt-get exists."""
    wanted = [] if find() or os.environ.get("CHROMIUM") else ["chromium", "fonts-noto-color-emoji"]
    wanted += [] if shutil.which(HEADLESS_SHELL) or os.environ.get("CHROMIUM") else [HEADLESS_SHELL]
    wanted += [] if shutil.which("curl") else ["curl"]
    if wanted and os.getuid() == 0 and shutil.which("apt-get"):
        print(f"Installing Debian's {' and '.join(wanted)} for the tests.", flush=True)
        install(wanted)
    return find_headless()


def install(packages: list[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    for words in ["apt-get", "update", "-qq"], command:
        done = subprocess.run(words, env=environment, text=True, capture_output=True, check=False)
        if done.returncode:
            print(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}", file=sys.stderr)


def missing() -> str:
    """The sentence for a machine without a browser."""
    if chosen := os.environ.get("CHROMIUM"):
        return f"CHROMIUM names {chosen}, which is not a program on this machine."
    return "The browser tests need Chromium: install it (apt-get install chromium), or name a browser in CHROMIUM."
