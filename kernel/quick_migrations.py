"""Migrations that add an index or a constraint to a model's class, and render no class again for it.

Django renders the model and all related ones again. Here these are all models, since each row belongs to a team, and
that was more than half of the time of a first `migrate`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.state import ProjectState


@contextmanager
def additions_in_place() -> Iterator[None]:
    """While the block runs, ProjectState adds indexes and constraints to the classes that it has rendered."""
    originals = ProjectState.add_index, ProjectState.add_constraint
    ProjectState.add_index = _adding_to("indexes")  # type: ignore[assignment, method-assign]
    ProjectState.add_constraint = _adding_to("constraints")  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        ProjectState.add_index, ProjectState.add_constraint = originals  # type: ignore[method-assign]


def _adding_to(option: str) -> Callable[[ProjectState, str, str, Any], None]:
    def add(state: ProjectState, app_label: str, model_name: str, added: Any) -> None:
        options = state.models[app_label, model_name].options
        options[option] = [*options[option], added]
        if "apps" in vars(state):  # the classes are rendered
            setattr(state.apps.get_model(app_label, model_name)._meta, option, options[option])

    return add
