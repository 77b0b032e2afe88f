"""Quick migrations: the state is Django's, and no class is rendered again for an index or a constraint."""

from typing import Any

import pytest
from django.core.management import get_commands
from django.db import models
from django.db.migrations import AddConstraint, AddIndex
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from kernel.quick_migrations import additions_in_place

ADDITIONS = {
    "indexes": AddIndex("contact", models.Index(fields=["team"], name="by_team")),
    "constraints": AddConstraint("contact", models.UniqueConstraint(fields=["team"], name="one_a_team")),
}


def rendered_state() -> ProjectState:
    id = ("id", models.BigAutoField(primary_key=True))
    team = models.ForeignKey("contacts.Team", models.CASCADE)
    state = ProjectState()
    state.add_model(ModelState("contacts", "Team", [id]))
    state.add_model(ModelState("contacts", "Contact", [id, ("team", team)]))
    assert state.apps
    return state


def content(state: ProjectState, option: str) -> tuple[Any, Any]:
    """What the state and the class that it has rendered say."""
    of_class = getattr(state.apps.get_model("contacts", "contact")._meta, option)
    return state.models["contacts", "contact"].options[option], of_class


@pytest.mark.parametrize("option", ADDITIONS)
def test_an_addition_is_in_state_and_class_and_renders_no_class(option: str) -> None:
    addition: Operation = ADDITIONS[option]
    quick, usual = rendered_state(), rendered_state()
    classes = quick.apps.get_models()
    with additions_in_place():
        addition.state_forwards("contacts", quick)
    addition.state_forwards("contacts", usual)
    assert content(quick, option) == content(usual, option) != ([], [])
    assert quick.apps.get_models() == classes != usual.apps.get_models()


def test_migrate_is_ours() -> None:
    assert get_commands()["migrate"] == "kernel"
