"""Filters in an address whose value is none of their choices: pages name them, and exports are refused."""

from collections.abc import Mapping
from typing import Any


def unknown_filters(query: Mapping[str, Any], read: Mapping[str, tuple[str, Any]]) -> list[str]:
    """The labels of the filters that the query has, but which were read as nothing.

    `read` has the label and what was read, for each name of a filter.
    """
    return [label for name, (label, value) in read.items() if query.get(name) and not value]


def in_a_sentence(labels: list[str]) -> str:
    return " ".join(f"{label}: This choice no longer exists. Choose another." for label in labels)
