"""HTML for assertions: without the line breaks and indentation that the template formatter chooses."""

import re
from typing import Any


def flat(page: Any) -> str:
    """A response or its text with single spaces, and without spaces inside the edges of an element or between tags."""
    text = page if isinstance(page, str) else page.content.decode()
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"(<[a-z][^<>]*>) ", r"\1", text)
    return re.sub(r" (?=</)|(?<=>) (?=<)", "", text)
