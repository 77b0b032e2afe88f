"""Deployments: Compose, Kubernetes, systemd and `make run` start the same programs, and the files are valid."""

import configparser
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from devserver.addresses import ROOT
from devserver.supervision import app_programs
from heymarket.celery import app
from heymarket.health.signs_of_life import QUEUES

CITUS = "docker-compose.citus.yml"
KUBERNETES = sorted((ROOT / "deploy/kubernetes").glob("*.yaml"))
SYSTEMD = ROOT / "deploy/systemd"
OWN_OPTIONS = {
    "--host",
    "--port",
    "--patience",
    "--hostname",
    "--schedule",
    "--without-gossip",
    "--without-mingle",
}
BIN = "/opt/heymarket/.venv/bin/"


def compose(file: str = "docker-compose.yml") -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / file).read_text())
    return found


def documents() -> list[dict[str, Any]]:
    return [document for path in KUBERNETES for document in yaml.safe_load_all(path.read_text())]


def of_compose() -> dict[str, list[str]]:
    image = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("CMD ")]
    web = yaml.safe_load(image[0].removeprefix("CMD "))
    services = {
        name: service for name, service in compose()["services"].items() if service["image"] == "heymarket"
    }
    return {name: service.get("command", web) for name, service in services.items()}


def of_kubernetes() -> dict[str, list[str]]:
    kinds = [document for document in documents() if document["kind"] in ("Deployment", "Job")]
    containers = [document["spec"]["template"]["spec"]["containers"][0] for document in kinds]
    return {box["name"]: box["command"] for box in containers if box["image"] == "heymarket"}


def of_systemd() -> dict[str, list[str]]:
    found = {}
    for path in SYSTEMD.glob("*.service"):
        unit = read_unit(path)["Service"]
        nice = ["nice", "-n", unit["Nice"]] if "Nice" in unit else []
        found[path.stem.removeprefix("heymarket-")] = [*nice, *shlex.split(unit["ExecStart"])]
    return found


def read_unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(path)
    return parser


def of_make_run() -> dict[str, list[str]]:
    programs = app_programs(Path("/tmp/folder"), "127.0.0.1", 8000)
    return {program.name: program.command[program.command.index("--") + 1 :] for program in programs}


def essence(command: list[str]) -> list[str]:
    """The command without what differs by its place: folders, addresses and names."""
    words = [
        word.removeprefix(BIN)
        for word in command
        if word not in (sys.executable, "-m", "python", f"{BIN}python")
    ]
    kept, skip = [], False
    for word in words:
        if not skip and word not in OWN_OPTIONS:
            kept.append(word)
        skip = word in ("--host", "--port", "--patience", "--hostname", "--schedule") and not skip
    return sorted(kept)


def essences(commands: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: essence(command) for name, command in commands.items()}


def test_every_deployment_starts_the_same_programs() -> None:
    assert essences(of_compose()) == essences(of_kubernetes()) == essences(of_systemd())
    assert {
        name: without_concurrency(words) for name, words in of_compose().items() if name != "migrate"
    } == {name: without_concurrency(words) for name, words in of_make_run().items()}


def without_concurrency(command: list[str]) -> list[str]:
    """A clone has fewer threads than an installation."""
    at = command.index("--concurrency") if "--concurrency" in command else len(command)
    return essence(command[:at] + command[at + 2 :])


def test_every_queue_has_a_worker() -> None:
    workers = [words for words in of_compose().values() if "worker" in words]
    own = {words[words.index("--queues") + 1] for words in workers if "--queues" in words}
    assert own | set(app.amqp.queues.consume_from) == set(QUEUES) and len(own) == len(workers) - 1


# -- Compose -----------------------------------------------------------------------------------------------------------


def test_compose_files_are_valid() -> None:
    command = [
        str(Path(sys.executable).with_name("check-jsonschema")),
        "--builtin-schema",
        "vendor.compose-spec",
    ]
    done = subprocess.run(
        [*command, str(ROOT / "docker-compose.yml"), str(ROOT / CITUS)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", compose()["services"])
def test_container_is_confined(name: str) -> None:
    service = compose()["services"][name]
    assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["mem_limit"]
    assert service["security_opt"] == ["no-new-privileges:true"] and service["pids_limit"]
    assert service["image"] == "heymarket" or service["user"] in ("postgres", "valkey")
    assert name == "migrate" or service["healthcheck"]["test"]


def test_nodes_of_a_cluster_are_confined_and_have_one_image() -> None:
    services, of_one_machine = compose(CITUS)["services"], compose()["services"]
    for service in (services[name] for name in services.keys() - of_one_machine.keys()):
        assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["mem_limit"]
        assert service["security_opt"] == ["no-new-privileges:true"] and service["pids_limit"]
        assert service["user"] == "postgres"
    images = {service.get("image") for name, service in services.items() if name != "migrate"}
    assert len(images) == 1
    # Each is set up by the same scripts, and every node is added.
    scripts = {script.name for script in (ROOT / "docker").iterdir()}
    for name in "postgres", "node1", "node2":
        mounted = [volume.split(":")[0] for volume in services[name]["volumes"][1:]]
        assert {Path(path).name for path in mounted} == scripts
        assert name in " ".join(services["cluster"]["command"])


def test_image_runs_as_an_ordinary_user() -> None:
    assert "\nUSER heymarket\n" in (ROOT / "Dockerfile").read_text()


def test_programs_of_compose_know_every_setting_that_its_head_names() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name in "EVIDENCE_KEYS", "STATUS_TOKEN", "SMTP_URL", "VAPID_PRIVATE_KEY", "MEDIA_STORAGE":
        assert name in text.partition("services:")[0].partition("x-app")[0], (
            f"the head says nothing of {name}"
        )
        assert name in compose()["services"]["worker"]["environment"]


# -- Kubernetes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", KUBERNETES, ids=lambda path: path.name)
def test_manifest_is_valid(path: Path) -> None:
    for document in yaml.safe_load_all(path.read_text()):
        kubernetes_validate.validate(document, "1.33", strict=True)


def pods() -> dict[str, dict[str, Any]]:
    kinds = [document for document in documents() if document["kind"] in ("Deployment", "Job")]
    return {
        document["metadata"]["labels"]["program"]: document["spec"]["template"]["spec"] for document in kinds
    }


@pytest.mark.parametrize("name", pods())
def test_pod_is_confined(name: str) -> None:
    pod = pods()[name]
    assert pod["securityContext"]["runAsNonRoot"] and not pod["automountServiceAccountToken"]
    for container in [*pod.get("initContainers", []), *pod["containers"]]:
        security = container["securityContext"]
        assert security["readOnlyRootFilesystem"] and not security["allowPrivilegeEscalation"]
        assert security["capabilities"] == {"drop": ["ALL"]} and container["resources"]["limits"]["memory"]
    if name not in ("migrate", "valkey"):
        assert pod["terminationGracePeriodSeconds"] == 30 and pod["containers"][0]["livenessProbe"]
        assert "migrate --check" in pod["initContainers"][0]["command"][-1]


def test_only_the_migration_knows_the_owner() -> None:
    knowing = [path.name for path in KUBERNETES if "heymarket-owner" in path.read_text()]
    assert knowing == ["migrate.yaml", "settings.yaml"]


# -- systemd -----------------------------------------------------------------------------------------------------------


def test_units_share_their_hardening() -> None:
    common = read_unit(SYSTEMD / "heymarket-.service.d/common.conf")["Service"]
    assert common["User"] == "heymarket" and common["NoNewPrivileges"] == "yes"
    assert common["ProtectSystem"] == "strict" and common["CapabilityBoundingSet"] == ""
    for path in SYSTEMD.glob("*.service"):
        unit = read_unit(path)
        assert path.stem.startswith("heymarket-"), "the drop-in folder applies by this beginning"
        if path.stem != "heymarket-migrate":
            assert unit["Service"]["Restart"] == "always" and unit["Service"]["MemoryMax"]
            assert unit["Install"]["WantedBy"] == "heymarket.target"
