"""HTML as a test reads it: its line breaks and indentation, which the formatter of templates decides, do not count."""

import re
from typing import Any


def flat(page: Any) -> str:
    """A response or its text with each run of white space as one blank, and none after an opening tag or before a
    closing one, nor between tags."""
    text = page if isinstance(page, str) else page.content.decode()
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"(<[a-z][^<>]*>) ", r"\1", text)
    return re.sub(r" (?=</)|(?<=>) (?=<)", "", text)
