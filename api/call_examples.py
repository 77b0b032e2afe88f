"""Examples of a call for people who copy them: in curl, Python and JavaScript, made from the OpenAPI document."""

import json
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

_NONE = object()


@dataclass(frozen=True)
class CallExample:
    """One request. The site's address and the key are in the environment: SITE and KEY."""

    method: str
    address: str  # the path with examples in place of names, and the required parameters
    body: Any = _NONE

    @property
    def curl(self) -> str:
        lines = [f'curl -X {self.method} "$SITE{self.address}"', '-H "Authorization: Bearer $KEY"']
        if self.body is not _NONE:
            lines += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(pretty(self.body))}"]
        return " \\\n  ".join(lines)

    @property
    def python(self) -> str:
        lines = [
            "import os",
            "",
            "import requests",
            "",
            f"answer = requests.{self.method.lower()}(",
            f'    os.environ["SITE"] + {json.dumps(self.address)},',
            '    headers={"Authorization": "Bearer " + os.environ["KEY"]},',
        ]
        if self.body is not _NONE:
            lines.append(f"    json={python_literal(self.body, 4)},")
        return "\n".join([*lines, "    timeout=30,", ")", "print(answer.status_code, answer.json())"])

    @property
    def javascript(self) -> str:
        headers = ["    Authorization: `Bearer ${process.env.KEY}`,"]
        body = []
        if self.body is not _NONE:
            headers.append('    "Content-Type": "application/json",')
            value = pretty(self.body).replace("\n", "\n  ")
            body = [f"  body: JSON.stringify({value}),"]
        return "\n".join([
            f"const answer = await fetch(process.env.SITE + {json.dumps(self.address)}, {{",
            f"  method: {json.dumps(self.method)},",
            "  headers: {", *headers, "  },", *body,
            "});",
            "console.log(answer.status, await answer.json());",
        ])  # fmt: skip


def example_of(method: str, path: str, operation: dict[str, Any], body: Any = _NONE) -> CallExample:
    """The example of an operation of the document, with the examples of its parameters."""
    examples = {
        (parameter["in"], parameter["name"]): parameter["schema"].get("examples", [None])[0]
        for parameter in operation["parameters"]
        if parameter["required"]
    }
    query = {
        name: value for (place, name), value in examples.items() if place == "query" and value is not None
    }
    filled = re.sub(r"\{(\w+)\}", lambda found: _part(found[1], examples.get(("path", found[1]))), path)
    return CallExample(method.upper(), f"{filled}?{urlencode(query)}" if query else filled, body)


def pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def python_literal(value: Any, indent: int = 0) -> str:
    """A value of JSON in Python, one entry a line, as formatters of Python write it."""
    if isinstance(value, dict) and value:
        return _lines("{", (f"{python_literal(name)}: {{}}" for name in value), value.values(), "}", indent)
    if isinstance(value, list) and value:
        return _lines("[", ("{}" for _ in value), value, "]", indent)
    return pretty(value) if isinstance(value, str) else repr(value)


def _lines(opening: str, forms: Iterable[str], values: Iterable[Any], closing: str, indent: int) -> str:
    inner = indent + 4
    entries = [
        " " * inner + form.replace("{}", python_literal(value, inner)) + ","
        for form, value in zip(forms, values, strict=True)
    ]
    return "\n".join([opening, *entries, " " * indent + closing])


def _part(name: str, example: Any) -> str:
    return f"${name.upper()}" if example is None else str(example)
