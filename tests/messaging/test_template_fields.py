"""Fields of templates: each way to write one, with and without a value, and the sentences about mistakes."""

import pytest

from kernel.unfilled_fields import has_fields
from messaging.text_templates.fields import fill, find_mistakes

VALUES = {
    "first_name": "Ana",
    "last_name": "",
    "name": " Ana Lopez ",
    "email": "\u200b",
    "custom.plan": "{{ name }}",
}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("", ""),
        ("Hello", "Hello"),
        ("Hi {{ first_name }}!", "Hi Ana!"),
        ("Hi {{first_name}}!", "Hi Ana!"),
        ("Hi {{\nfirst_name\n}}!", "Hi Ana!"),
        ("Hi {{ First Name }}!", "Hi Ana!"),
        ("Hi {{ FIRST-NAME }}!", "Hi Ana!"),
        ("Hi {{ first_name | there }}!", "Hi Ana!"),
        ("Hi {{ last_name | there }}!", "Hi there!"),
        ("Hi {{ last_name|there }}!", "Hi there!"),
        ("Hi{{ last_name | }}!", "Hi!"),
        ("{{ last_name | a | b }}", "a | b"),
        ("{{ last_name | {you} }}", "{you}"),
        ("{{ email | (no email) }}", "(no email)"),  # nothing visible is no value
        ("{{ name }}", "Ana Lopez"),
        ("{{ first_name }} {{ first_name }}", "Ana Ana"),
        ("{ first_name } {{ or so", "{ first_name } {{ or so"),  # no fields
        ("{{ last_name | {{ you }} }}", "{{ you }}"),  # the first }} ends it
    ],
)
def test_a_text_is_filled(text: str, filled: str) -> None:
    found = fill(text, VALUES)
    assert (found.text, found.problems) == (filled, ())


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "{{ last_name }}",
            [
                "{{ last_name }} is empty for this person. Write it out, or add a fallback: {{ last_name | there }}."
            ],
        ),
        ("{{ frist_name }}", ["There is no field {{ frist_name }}. Did you mean {{ first_name }}?"]),
        ("{{ zzz | there }}", ["There is no field {{ zzz | there }}."]),  # a fallback makes no field known
        ("{{ }}", ["There is no field {{ }}."]),
        ("{{{ first_name }}}", ["There is no field {{{ first_name }}. Did you mean {{ first_name }}?"]),
        ("{{ zzz }} {{ zzz }}", ["There is no field {{ zzz }}."]),
        ("{{ zzz }} {{ qqq }}", ["There is no field {{ zzz }}.", "There is no field {{ qqq }}."]),
    ],
)
def test_a_field_without_a_value_stays_and_is_named(text: str, problems: list[str]) -> None:
    found = fill(text, VALUES)
    assert list(found.problems) == problems
    assert found.text == text


def test_a_value_with_braces_is_not_filled_again() -> None:
    found = fill("{{ custom.plan }}", VALUES)
    (problem,) = found.problems
    assert (found.text, "Correct it in the contact" in problem) == ("{{ custom.plan }}", True)


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("Hello", []),
        ("{{ first_name }} {{ last_name | }}", []),
        ("{{ frist_name }}", ["There is no field {{ frist_name }}. Did you mean {{ first_name }}?"]),
        ("Hi {{ first_name", ["A field begins with {{ and does not end with }}."]),
        (
            "{{ first_name }} {{ x }} {{",
            ["There is no field {{ x }}.", "A field begins with {{ and does not end with }}."],
        ),
    ],
)
def test_mistakes_of_a_template(text: str, mistakes: list[str]) -> None:
    assert find_mistakes(text, VALUES) == mistakes


@pytest.mark.parametrize(
    ("text", "has"), [("", False), ("{{", False), ("}} {{", False), ("{{}}", True), ("a {{ b }}", True)]
)
def test_whether_a_text_has_fields(text: str, has: bool) -> None:
    assert has_fields(text) is has
