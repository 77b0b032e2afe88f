"""Reference of the API as Markdown, for docs/api/: one page for each subject, and one with all calls and errors."""

from collections.abc import Iterator

from api.errors import ErrorCode
from api.reference import DocumentedCall, DocumentedField, Reference

NOTE = "<!-- made from the OpenAPI document: make docs -->"
_EXAMPLES = (("curl", "bash"), ("python", "python"), ("javascript", "javascript"))


def pages(reference: Reference) -> dict[str, str]:
    """The pages by their file names."""
    subjects = {
        f"{subject.lower()}.md": _page(reference, subject, calls) for subject, calls in reference.sections
    }
    return {"README.md": _index(reference)} | subjects


def _index(reference: Reference) -> str:
    return _text(
        f"# {reference.title}: reference",
        NOTE,
        "A story to try is in [api.md](../api.md). An installation shows this reference at `/v1/docs`, as an OpenAPI "
        "document at `/v1/openapi.json`, and as a Postman collection at `/v1/postman.json`.",
        reference.introduction.strip(),
        "Examples take the address of the installation and the key from the environment: "
        "`SITE=https://inbox.example.com` and `KEY=hmk_…`. Python needs `requests`, JavaScript Node 18.",
        "## Calls",
        *(_calls(reference, subject, calls) for subject, calls in reference.sections),
        "## Errors",
        "| code | status | what it means, and what to do |\n|---|---|---|\n"
        + "\n".join(f"| `{code.value}` | {code.status} | {code.meaning} |" for code in ErrorCode),
    )


def _calls(reference: Reference, subject: str, calls: list[DocumentedCall]) -> str:
    file = f"{subject.lower()}.md"
    rows = [
        f"| [{call.summary}]({file}#{call.id}) | `{call.method} {call.path}` | {call.scope} |"
        for call in calls
    ]
    table = "\n".join(["| call | address | scope |", "|---|---|---|", *rows])
    return f"### {subject}\n\n{reference.subjects[subject]}\n\n{table}"


def _page(reference: Reference, subject: str, calls: list[DocumentedCall]) -> str:
    shown: dict[str, str] = {}  # the first call that shows the fields of a response
    parts = [part for call in calls for part in _call(call, shown)]
    return _text(f"# {subject}", NOTE, reference.subjects[subject], *parts)


def _call(call: DocumentedCall, shown: dict[str, str]) -> Iterator[str]:
    yield f'<a id="{call.id}"></a>\n\n## {call.summary}'
    yield f"`{call.method} {call.path}`, scope `{call.scope}`"
    yield call.description
    for title, fields in (("Parameters", call.parameters), ("Body", call.request)):
        if fields:
            yield f"**{title}**\n\n{_table(fields, requests=True)}"
    yield _response(call, shown)
    for language, highlight in _EXAMPLES:
        example = getattr(call.example, language)
        yield f"<details><summary>{language}</summary>\n\n```{highlight}\n{example}\n```\n\n</details>"
    yield f"<details><summary>answer</summary>\n\n```json\n{call.answer}\n```\n\n</details>"
    yield "Errors: " + ", ".join(f"`{error.code}` ({error.status})" for error in call.errors) + "."


def _response(call: DocumentedCall, shown: dict[str, str]) -> str:
    if not call.response:
        return f"**Response**: {call.response_type}."
    table = _table(call.response, requests=False)
    same = shown.setdefault(table, call.id)
    kind = f"**Response**: {call.response_type}"
    return f"{kind}\n\n{table}" if same == call.id else f"{kind}, with the fields [above](#{same})."


def _table(fields: list[DocumentedField], *, requests: bool) -> str:
    rows = [_row(field, requests) for field in fields]
    return "\n".join(["| field | type | |", "|---|---|---|", *rows])


def _row(field: DocumentedField, requests: bool) -> str:
    marks = ["**required**"] * (field.required and requests) + ["**deprecated**"] * field.deprecated
    words = " ".join([*marks, *field.description.split()]).replace("|", "\\|")
    return f"| `{field.name}` | {field.type} | {words} |"


def _text(*parts: str) -> str:
    return "\n\n".join(parts) + "\n"
