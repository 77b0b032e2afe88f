"""The compatibility table of docs/api-compatibility.md, made from the rows: `python -m tests.api.conformance.table`."""

import re
from pathlib import Path

from tests.api.conformance import contacts, messages, team
from tests.api.conformance.row import CLIENTS, Row

ROWS: list[Row] = [*contacts.ROWS, *messages.ROWS, *team.ROWS]
PAGE = Path(__file__).parents[3] / "docs" / "api-compatibility.md"
_TABLES = re.compile(r"(<!-- made from the conformance suite: make docs -->\n).*?(<!-- end -->)", re.DOTALL)


def with_tables(page: str) -> str:
    """The page with its tables as the rows have them."""
    return _TABLES.sub(lambda found: f"{found[1]}\n{_clients()}\n\n{_calls()}\n\n{found[2]}", page)


def _clients() -> str:
    lines = [f"| {name} | {source} |" for name, source in CLIENTS.items()]
    return "\n".join(["| client | whose habits it has |", "|---|---|", *lines])


def _calls() -> str:
    lines = [
        f"| `{row.name}` | {row.client} | {_result(row)} | {row.note} |"
        for row in sorted(ROWS, key=lambda row: row.name.split(" ")[::-1])
    ]
    return "\n".join(["| call | client | compatible key | note |", "|---|---|---|---|", *lines])


def _result(row: Row) -> str:
    if row.refused:
        return f"`{row.refused}`"
    return "works; a strict key refuses it" if row.strict else "works"


def main() -> None:
    PAGE.write_text(with_tables(PAGE.read_text()))


if __name__ == "__main__":
    main()
