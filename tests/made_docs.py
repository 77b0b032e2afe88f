"""`make docs`: the files that are made from the code. Tests compare them with what this would write."""

import json
import os
import re
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heymarket.settings")
django.setup()

from api.reference import Reference  # noqa: E402  the settings come first
from api.reference_markdown import pages  # noqa: E402
from heymarket.api import api  # noqa: E402
from tests.api.conformance import table  # noqa: E402
from webhooks.document import SAMPLES  # noqa: E402

ROOT = Path(__file__).parents[1]


REFERENCE = ROOT / "docs" / "api"


def main() -> None:
    SAMPLES.write_text(event_samples())
    table.main()
    for old in REFERENCE.glob("*.md"):
        old.unlink()
    for name, page in reference_pages().items():
        (REFERENCE / name).write_text(page)


def reference_pages() -> dict[str, str]:
    """The pages of docs/api/ by their names."""
    return pages(Reference(api.get_openapi_schema()))


def event_samples() -> str:
    """The samples of docs/webhooks.md in our own format, as JSON."""
    page = (ROOT / "docs" / "webhooks.md").read_text()
    samples = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    ours = [sample for sample in samples if "timestamp" in sample]
    return json.dumps(ours, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
