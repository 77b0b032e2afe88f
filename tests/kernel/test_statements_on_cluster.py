"""Statements on a cluster: it takes each that the product has written out, whatever its values are."""

import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError, NotSupportedError, transaction

from kernel.sql import fetch
from kernel.tenancy import scope
from tests.cast import Cast
from tests.structure.source import PACKAGES

STATEMENT = re.compile(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b")
NAME, NUMBER = re.compile(r"(?<![\w$])\$([a-z_]\w*+)(?!\$)"), re.compile(r"\$([0-9]+)")
PLACEHOLDER = re.compile(r"%s|%\(|%L|(?<!')\{\w*\}")  # other SQL, or a value of Django's, comes in its place
TEAM = {"team", "team_id"}


def written_statements() -> Iterator[tuple[str, str]]:
    """The constants of the product's modules that are SQL as it is sent, each with its place."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if not {"migrations", "management"} & set(module.name.split(".")):
                importlib.import_module(module.name)
    for name, found in sorted(sys.modules.items()):
        if name.partition(".")[0] in PACKAGES:
            for constant, value in vars(found).items():
                if isinstance(value, str) and STATEMENT.match(value) and not PLACEHOLDER.search(value):
                    yield f"{name}.{constant}", value


def run(statement: str, team_id: int) -> None:
    """Run it with nulls, and with the team where its name or place says so; nothing is kept."""
    with scope(team_id), transaction.atomic():
        if names := set(NAME.findall(statement)):
            values: dict[str, Any] = {name: team_id if name in TEAM else None for name in names}
            fetch(statement, **values)
        else:
            count = max(map(int, NUMBER.findall(statement)), default=0)
            fetch(statement, *[team_id, *[None] * count][:count])
        transaction.set_rollback(True)


def test_a_cluster_takes_each_statement(cast: Cast) -> None:
    tried, refused = 0, {}
    for name, statement in written_statements():
        tried += 1
        try:
            run(statement, cast.northside.id)
        except NotSupportedError as error:
            refused[name] = str(error)
        except DatabaseError:
            pass  # not even PostgreSQL takes nulls here, or what it is only a part of
    assert tried > 100
    assert refused == {}
