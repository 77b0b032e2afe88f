"""Reference of the API: what its page shows of each call, read from the OpenAPI document."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from api.call_examples import CallExample, example_of, pretty

_MARKDOWN = MarkdownIt("commonmark", {"html": False})
_MAX_DEPTH = 4  # levels of objects in objects that are listed
_LARGEST_ID = 2**63 - 1  # no limit worth naming
_LIMITS = (
    ("maxLength", "at most {:,} characters"),
    ("minimum", "from {:,}"),
    ("maximum", "up to {:,}"),
    ("maxItems", "at most {:,} items"),
)


@dataclass(frozen=True)
class DocumentedField:
    """A field or parameter; `name` is its path in the body, such as `changes[].action`."""

    name: str
    type: str
    required: bool
    deprecated: bool
    description: str  # Markdown

    @cached_property
    def html(self) -> SafeString:
        return render_markdown(self.description)


@dataclass(frozen=True)
class DocumentedError:
    status: int
    code: str
    meaning: str


@dataclass(frozen=True)
class DocumentedCall:
    """One call with everything that its section shows."""

    id: str
    method: str
    path: str
    summary: str
    scope: str
    description: str  # Markdown
    parameters: list[DocumentedField]
    request: list[DocumentedField]
    response: list[DocumentedField]
    response_type: str  # in words
    example: CallExample
    answer: str  # an example, as JSON
    errors: list[DocumentedError]

    @cached_property
    def html(self) -> SafeString:
        return render_markdown(self.description)


class Reference:
    """The OpenAPI document as the page shows it, read once."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._schemas = document["components"]["schemas"]
        self.title = document["info"]["title"]
        self.introduction = document["info"]["description"]
        self.subjects = {tag["name"]: tag.get("description", "") for tag in document["tags"]}
        calls = [
            (operation["tags"][0], self._call(path, method, operation))
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        ]
        order = list(self.subjects)
        self._calls = sorted(calls, key=lambda entry: order.index(entry[0]))

    @cached_property
    def introduction_html(self) -> SafeString:
        return render_markdown(self.introduction)

    @cached_property
    def sections(self) -> list[tuple[str, list[DocumentedCall]]]:
        """The calls by subject, in the order of the document."""
        by_subject = groupby(self._calls, key=lambda entry: entry[0])
        return [(subject, [call for _, call in entries]) for subject, entries in by_subject]

    @property
    def errors(self) -> list[DocumentedError]:
        """Every error that some call answers, each once."""
        return sorted(
            {error for _, call in self._calls for error in call.errors},
            key=lambda error: (error.status, error.code),
        )

    def _call(self, path: str, method: str, operation: dict[str, Any]) -> DocumentedCall:
        responses = {int(status): response for status, response in operation["responses"].items()}
        body, answer = _json(operation.get("requestBody", {})), _json(responses[200])
        return DocumentedCall(
            id=operation["operationId"],
            method=method.upper(),
            path=path,
            summary=operation["summary"],
            scope=operation["x-scope"],
            description=operation["description"].partition("\n\nScope: ")[0],
            parameters=[self._parameter(parameter) for parameter in operation["parameters"]],
            request=list(self._fields(body.get("schema", {}))),
            response=list(self._fields(answer.get("schema", {}))),
            response_type=self._type(answer.get("schema", {})),
            example=example_of(method, path, operation, *([body["example"]] if "example" in body else [])),
            answer=pretty(answer.get("example")),
            errors=_errors(responses),
        )

    def _parameter(self, parameter: dict[str, Any]) -> DocumentedField:
        schema, place = parameter["schema"], parameter["in"]
        words = parameter.get("description") or schema.get("description", "")
        kind = self._type(schema) if place == "query" else f"{self._type(schema)}, in the {place}"
        deprecated = parameter.get("deprecated", False)
        return DocumentedField(parameter["name"], kind, parameter["required"], deprecated, words)

    # -- fields of a body -------------------------------------------------------------------------------------

    def _fields(self, schema: dict[str, Any], prefix: str = "", depth: int = 0) -> Iterator[DocumentedField]:
        """The fields of an object, those of objects in it below them."""
        prefix, resolved = self._object(schema, prefix)
        required = resolved.get("required", ())
        for name, field in resolved.get("properties", {}).items():
            path = f"{prefix}.{name}" if prefix else name
            words = field.get("description") or self._resolved(field).get("description", "")
            deprecated = field.get("deprecated", False)
            yield DocumentedField(path, self._type(field), name in required, deprecated, words)
            if depth < _MAX_DEPTH:
                yield from self._fields(field, path, depth + 1)

    def _object(self, schema: dict[str, Any], prefix: str) -> tuple[str, dict[str, Any]]:
        """The object that a schema is, or that an array of it holds, and the path of its fields."""
        resolved = self._resolved(schema)
        while "items" in resolved:
            prefix, resolved = f"{prefix}[]", self._resolved(resolved["items"])
        return prefix, resolved

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema that is meant: behind a reference, and without the "or null"."""
        for name in ("anyOf", "allOf"):
            options = [option for option in schema.get(name, ()) if option.get("type") != "null"]
            if len(options) == 1:
                return self._resolved(options[0])
        if "$ref" in schema:
            return self._resolved(self._schemas[schema["$ref"].rpartition("/")[2]])
        return schema

    def _type(self, schema: dict[str, Any]) -> str:
        """The type in words: string or null; array of object; one of open, closed."""
        if "anyOf" in schema:
            return " or ".join(dict.fromkeys(self._type(option) for option in schema["anyOf"]))
        resolved = self._resolved(schema)
        if "const" in resolved:
            return f"always {resolved['const']}"
        if "enum" in resolved:
            return f"one of {', '.join(map(str, resolved['enum']))}"
        limits = [
            words.format(int(resolved[key]))
            for key, words in _LIMITS
            if key in resolved and resolved[key] != _LARGEST_ID
        ]
        return ", ".join([self._kind(resolved), *limits])

    def _kind(self, schema: dict[str, Any]) -> str:
        kinds = schema.get("type", "any")
        first, *others = kinds if isinstance(kinds, list) else [kinds]
        if "items" in schema:
            first = f"array of {self._type(schema['items'])}"
        elif (form := schema.get("format", "int64")) != "int64":
            first = f"{first}: {form}"
        return " or ".join([first, *others])


def render_markdown(text: str) -> SafeString:
    """Markdown as HTML. HTML in it is escaped."""
    return mark_safe(_MARKDOWN.render(text))  # noqa: S308


def _json(part: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = part.get("content", {}).get("application/json", {})
    return content


def _errors(responses: dict[int, Any]) -> list[DocumentedError]:
    return [
        DocumentedError(status, code, example["summary"])
        for status, response in sorted(responses.items())
        for code, example in _json(response).get("examples", {}).items()
    ]
