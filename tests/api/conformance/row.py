"""One row of the conformance suite: a request as a public client sends it, and the response that it must get."""

import base64
import re
import time
from dataclasses import dataclass, field
from typing import Any, Literal

import jwt

from tests.api.calls import TeamIds

Sign = Literal["bearer", "token", "basic", "header"]

# Clients whose habits the rows have, and where they were read.
CLIENTS = {
    "Reference": "developers.heymarket.com: the examples of the reference",
    "Laravel": "github.com/CarpoolLogistics: a Laravel package (Guzzle)",
    "n8n": "github.com/CommonSun/n8n-heymarket: the node of n8n",
    "Express": "github.com/xzmaxtoy/heymarket: an Express service (axios)",
    "Activepieces": "github.com/activepieces/activepieces: heymarket-sms",
    "MindCloud": "MindCloud: native actions of Heymarket SMS",
    "Python": "a Python client with signed tokens (urllib)",
    "Node": "a Node client with fetch and a UUID as local_id",
    "Ruby": "Ruby clients with Net::HTTP and HTTParty",
    "Skyvia": "docs.skyvia.com: the connector for replication",
    ".NET": "clients with PostAsJsonAsync, which send bodies in chunks",
    "Zapier": "the app of Zapier",
}


@dataclass(frozen=True)
class Row:
    """`$name` in path and body stands for an ID of the team (TeamIds); a text with more than that stays a text.

    `reads` maps the paths that the client reads in the answer to a value or a type. `refused` is the error code that
    it must get, `strict` that of a strict key where a compatible key is answered.
    """

    client: str
    call: str  # "POST /v1/contact/get"; a query may follow
    body: Any = None
    reads: dict[str, Any] = field(default_factory=dict)
    refused: str = ""
    strict: str = ""
    strict_reads: dict[str, Any] = field(default_factory=dict)  # where a strict key's answer has another form
    note: str = ""
    sign: Sign = "bearer"
    headers: dict[str, str] = field(default_factory=dict)
    ignored: str = ""  # what X-Heymarket-Ignored must name

    @property
    def method(self) -> str:
        return self.call.partition(" ")[0]

    def path(self, ids: TeamIds) -> str:
        return filled(self.call.partition(" ")[2], ids) if "$" in self.call else self.call.partition(" ")[2]

    @property
    def name(self) -> str:
        """The call as the table has it: without a query, and with the names of IDs."""
        return re.sub(r"\$(\w+)", r"{id}", self.call.partition("?")[0]).rstrip("/")


def filled(value: Any, ids: TeamIds) -> Any:
    """The value with the team's IDs in place of `$name`."""
    if isinstance(value, dict):
        return {filled(name, ids): filled(of, ids) for name, of in value.items()}
    if isinstance(value, list):
        return [filled(item, ids) for item in value]
    if not isinstance(value, str):
        return value
    if re.fullmatch(r"\$\w+", value):
        return getattr(ids, value[1:])
    # "$$inbox" is the ID as a text.
    return re.sub(r"\$+([a-z_]+)", lambda found: str(getattr(ids, found[1])), value)


def credentials(row: Row, secret: str, signing: tuple[str, str]) -> dict[str, str]:
    """The header with which this client signs in: its key, or a token that it signs with an ID and a key."""
    match row.sign:
        case "bearer":
            return {"authorization": f"Bearer {secret}"}
        case "basic":
            return {"authorization": f"Basic {base64.b64encode(f'{secret}:'.encode()).decode()}"}
        case "header":
            return {"x-heymarket-api-key": secret}
    id, key = signing
    token = jwt.encode({"iss": id, "iat": int(time.time())}, f"{id}||{key}", algorithm="HS256")
    return {"authorization": f"Bearer {token}"}


def read_path(answer: Any, path: str) -> Any:
    """What the answer has at a path such as `memberships.0.id`; an empty path is the answer."""
    for part in filter(None, path.split(".")):
        answer = answer[int(part)] if part.isdigit() else answer[part]
    return answer
