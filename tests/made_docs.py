"""`make docs`: the files that are made from the code. Tests compare them with what this would write."""

import json
import os
import re
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heymarket.settings")
django.setup()

from tests.api.conformance import table  # noqa: E402  the settings come first
from webhooks.document import SAMPLES  # noqa: E402

ROOT = Path(__file__).parents[1]


def main() -> None:
    SAMPLES.write_text(event_samples())
    table.main()


def event_samples() -> str:
    """The samples of docs/webhooks.md in our own format, as JSON."""
    page = (ROOT / "docs" / "webhooks.md").read_text()
    samples = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    ours = [sample for sample in samples if "timestamp" in sample]
    return json.dumps(ours, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
