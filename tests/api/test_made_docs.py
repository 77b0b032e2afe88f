"""What is made from the OpenAPI document: the pages of docs/api/, the Postman collection, and examples that run."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from api.call_examples import CallExample
from api.reference import Reference
from tests.api.calls import DOCUMENT, OPERATIONS
from tests.api.conftest import ApiClient
from tests.made_docs import REFERENCE, reference_pages

CALLS = [call for _, calls in Reference(DOCUMENT).sections for call in calls]
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="needs Node")


def test_the_pages_of_the_reference_are_made_from_the_document() -> None:
    written = {path.name: path.read_text() for path in REFERENCE.glob("*.md")}
    assert written == reference_pages(), "run: make docs"
    for call in CALLS:
        assert sum(f'<a id="{call.id}">' in page for page in written.values()) == 1


def test_every_call_has_examples_that_are_whole_programs(tmp_path: Path) -> None:
    for call in CALLS:
        compile(call.example.python, call.id, "exec")
        assert "$" not in call.example.address, call.id


@needs_node
def test_every_example_in_javascript_can_be_read(tmp_path: Path) -> None:
    script = tmp_path / "examples.mjs"
    script.write_text("\n".join(f"async () => {{\n{call.example.javascript}\n}};" for call in CALLS))
    run = subprocess.run([str(NODE), "--check", script], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("language", ["curl", "python", pytest.param("javascript", marks=needs_node)])
def test_the_examples_run(crm: ApiClient, live_server: Any, tmp_path: Path, language: str) -> None:
    example = CallExample(
        "POST", "/v1/contact", {"phone": "15105553344", "first": 'O’Neil\'s "Ada"', "tags": None}
    )
    script = tmp_path / f"example.{'mjs' if language == 'javascript' else language}"
    script.write_text(getattr(example, language))
    program = {"curl": "bash", "python": sys.executable, "javascript": str(NODE)}[language]
    environment = {**os.environ, "SITE": live_server.url, "KEY": crm.secret}
    run = subprocess.run([program, script], env=environment, capture_output=True, text=True, timeout=60)
    assert "uuid" in run.stdout, run.stderr
    assert crm.post("contact/get", {"phone": "15105553344"})["first"] == 'O’Neil\'s "Ada"'


def test_the_postman_collection_has_every_call(db: None) -> None:
    answer = Client().get("/v1/postman.json")
    assert answer.status_code == 200
    items = [item for folder in answer.json()["item"] for item in folder["item"]]
    assert {item["name"] for item in items} == {call["summary"] for call in OPERATIONS.values()}
    for item in items:
        assert item["request"]["url"]["raw"].startswith("{{site}}/")
        if "body" in item["request"]:
            json.loads(item["request"]["body"]["raw"])
