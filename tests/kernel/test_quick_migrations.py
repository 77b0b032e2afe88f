"""Quick migrations: the state is Django's, and no class is rendered again for an addition."""

from typing import Any

import pytest
from django.core.management import get_commands
from django.db import models
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel
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


NEW_FIELDS: dict[str, Any] = {
    "nickname": models.TextField(default="Maria"),
    "owner": models.ForeignKey("contacts.Team", models.CASCADE, related_name="+"),
}


def fields_of(state: ProjectState, model: str) -> list[tuple[str, str | None, Any]]:
    """Name, column and related model of the fields of a rendered class, with those that point at it."""
    fields = state.apps.get_model("contacts", model)._meta.get_fields(include_hidden=True)
    return [(field.name, getattr(field, "column", None), field.related_model) for field in fields]


@pytest.mark.parametrize("name", NEW_FIELDS)
def test_a_field_comes_into_the_class(name: str) -> None:
    quick, usual = rendered_state(), rendered_state()
    addition = AddField("contact", name, NEW_FIELDS[name], preserve_default=False)
    classes = quick.apps.get_models()
    with additions_in_place():
        addition.state_forwards("contacts", quick)
    addition.state_forwards("contacts", usual)
    assert quick.apps.get_models() == classes != usual.apps.get_models()
    for model in "contact", "team":
        assert [row[:2] for row in fields_of(quick, model)] == [row[:2] for row in fields_of(usual, model)]
    assert quick == usual and name in [row[0] for row in fields_of(quick, "contact")]
    assert quick.apps.get_model("contacts", "contact")._meta.get_field(name).default is models.NOT_PROVIDED


def test_a_model_comes_beside_the_others() -> None:
    quick, usual = rendered_state(), rendered_state()
    contact = models.ForeignKey("contacts.Contact", models.CASCADE)
    addition = CreateModel("Tag", [("id", models.BigAutoField(primary_key=True)), ("contact", contact)])
    classes = quick.apps.get_models()
    with additions_in_place():
        addition.state_forwards("contacts", quick)
    addition.state_forwards("contacts", usual)
    assert quick.apps.get_models()[:2] == classes != usual.apps.get_models()[:2]
    assert ("contact", "contact_id", classes[1]) in fields_of(quick, "tag")
    for model in "contact", "team", "tag":
        assert [row[:2] for row in fields_of(quick, model)] == [row[:2] for row in fields_of(usual, model)]


def test_a_part_of_other_models_is_rendered_with_them() -> None:
    quick, usual = rendered_state(), rendered_state()
    for addition in (
        CreateModel("Person", [], bases=("contacts.contact",)),
        AddField("contact", "nickname", models.TextField(default="")),
    ):
        with additions_in_place():
            addition.state_forwards("contacts", quick)
        addition.state_forwards("contacts", usual)
    for model in "contact", "team", "person":
        assert [row[:2] for row in fields_of(quick, model)] == [row[:2] for row in fields_of(usual, model)]


def test_migrate_is_ours() -> None:
    assert get_commands()["migrate"] == "kernel"
