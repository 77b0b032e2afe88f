"""See to the programs that the tests drive: a Chromium, and curl. Find them, or install Debian's where we may."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def find() -> str | None:
    """The path of a Chromium: what CHROMIUM names, else one of the usual programs; None if there is none."""
    if chosen := os.environ.get("CHROMIUM"):
        return shutil.which(chosen)
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path), str(MAC) if MAC.exists() else None)


def find_or_install() -> str | None:
    """Like `find`, after installing Debian's packages of what is missing, where we are root and apt-get is here."""
    wanted = [] if find() or os.environ.get("CHROMIUM") else ["chromium", "fonts-noto-color-emoji"]
    wanted += [] if shutil.which("curl") else ["curl"]
    if wanted and os.getuid() == 0 and shutil.which("apt-get"):
        print(f"Installing Debian's {' and '.join(wanted)} for the tests.", flush=True)
        install(wanted)
    return find()


def install(packages: list[str]) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    for words in ["apt-get", "update", "-qq"], command:
        done = subprocess.run(words, env=quiet, text=True, capture_output=True, check=False)
        if done.returncode:
            print(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}", file=sys.stderr)


def missing() -> str:
    """The sentence for who has no browser."""
    if chosen := os.environ.get("CHROMIUM"):
        return f"CHROMIUM names {chosen}, which is no program here."
    return "The browser tests need Chromium: install it (apt-get install chromium), or name one in CHROMIUM."
