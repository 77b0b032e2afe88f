"""Migrations that add a model, a field, an index or a constraint, and render no class again for it.

Django renders the model and all related ones again. Here these are all models, since each row belongs to a team, and
that was most of the time of a first `migrate`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps.registry import Apps
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Field


@contextmanager
def additions_in_place() -> Iterator[None]:
    """While the block runs, ProjectState adds to the classes that it has rendered."""
    state: Any = ProjectState
    originals = state.add_model, state.add_field, state.add_index, state.add_constraint
    state.add_model, state.add_field = _adding_model(state.add_model), _adding_field(state.add_field)
    state.add_index, state.add_constraint = _adding_to("indexes"), _adding_to("constraints")
    try:
        yield
    finally:
        state.add_model, state.add_field, state.add_index, state.add_constraint = originals


def _adding_model(add_to_state: Callable[..., None]) -> Callable[..., None]:
    def add(state: ProjectState, model_state: ModelState) -> None:
        with _rendered(state) as apps:
            add_to_state(state, model_state)
        if apps and _stands_alone(model_state):
            model_state.render(apps)
        else:
            state.reload_model(model_state.app_label, model_state.name_lower)

    return add


def _adding_field(add_to_state: Callable[..., None]) -> Callable[..., None]:
    def add(
        state: Any, app_label: str, model_name: str, name: str, field: Any, preserve_default: bool
    ) -> None:
        with _rendered(state) as apps:
            add_to_state(state, app_label, model_name, name, field, preserve_default)
        model: Any = apps and apps.get_model(app_label, model_name)
        if model and _is_a_column(field) and not model.__subclasses__():
            model.add_to_class(name, state.models[app_label, model_name].fields[name].clone())
        else:
            state.reload_model(app_label, model_name, delay=not field.is_relation)

    return add


def _adding_to(option: str) -> Callable[[ProjectState, str, str, Any], None]:
    def add(state: ProjectState, app_label: str, model_name: str, added: Any) -> None:
        options = state.models[app_label, model_name].options
        options[option] = [*options[option], added]
        if "apps" in vars(state):  # the classes are rendered
            setattr(state.apps.get_model(app_label, model_name)._meta, option, options[option])

    return add


@contextmanager
def _rendered(state: ProjectState) -> Iterator[Apps | None]:
    """The classes of the state, if it has rendered any; while the block runs, it has none to render again."""
    apps = vars(state).pop("apps", None)
    try:
        yield apps
    finally:
        if apps is not None:
            vars(state)["apps"] = apps


def _stands_alone(model_state: ModelState) -> bool:
    """Whether no other model is a part of it."""
    return not model_state.options.get("proxy") and not any(
        isinstance(base, str) for base in model_state.bases
    )


def _is_a_column(field: "Field[Any, Any]") -> bool:
    return not field.primary_key and not field.many_to_many
