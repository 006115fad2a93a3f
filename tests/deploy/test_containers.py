"""What the compose file promises, read off it; bringing it up needs a Docker engine and is done by hand."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from alta.demo import founding, target
from alta.demo.company import STAFF
from chassis.secrets import Keyring
from deploy.local.place import OWNERS, ROOT, SERVICES
from deploy.local.rabbitmq_users import accounts

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
PARTS = (*OWNERS, "relay", "routersim", "mailbox")
JOBS = tuple(f"{owner}-prepare" for owner in OWNERS)


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets")
    subprocess.run(["sh", ROOT / "deploy" / "compose" / "secrets", folder], check=True)
    return folder


@pytest.mark.parametrize("name", [*PARTS, *JOBS])
def test_part_has_no_rights_that_it_does_not_need(name: str) -> None:
    part = COMPOSE["services"][name]
    assert part["read_only"] is True
    assert part["cap_drop"] == ["ALL"] and part["security_opt"] == ["no-new-privileges:true"]
    assert part["build"]["args"]["PART"] == name.removesuffix("-prepare")


def test_images_do_not_run_as_root() -> None:
    final = (ROOT / "deploy" / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    assert "\nUSER 10001:10001\n" in final


def test_every_part_can_be_multiplied() -> None:
    for name, service in COMPOSE["services"].items():
        assert "container_name" not in service, name
        assert "ports" not in service or name in ("gateway", "mailbox"), name


def test_demo_mailbox_is_read_on_the_machine_itself_alone() -> None:
    (port,) = COMPOSE["services"]["mailbox"]["ports"]
    assert port.startswith("127.0.0.1:") and "demo" in COMPOSE["services"]["mailbox"]["profiles"]


@pytest.mark.parametrize("owner", OWNERS)
def test_owner_sees_its_own_secrets_alone(owner: str) -> None:
    mine = {f"{owner}_amqp_uri", f"{owner}_database_url", f"{owner}_keyring"}
    also = {name: {"shared_keyring"} for name in ("contracts", "gateway", "notifications")}
    assert set(COMPOSE["services"][owner]["secrets"]) == mine | also.get(owner, set())


def test_all_wait_until_everybodys_queues_are_there() -> None:
    for name in (*OWNERS, "relay"):
        assert {*JOBS} <= COMPOSE["services"][name]["depends_on"].keys()


def test_gateway_is_renewed_after_the_services_that_it_asks() -> None:
    assert {*SERVICES} <= COMPOSE["services"]["gateway"]["depends_on"].keys()


def test_secrets_that_are_used_are_drawn(secrets: Path) -> None:
    for name, secret in COMPOSE["secrets"].items():
        assert Path(secret["file"]).name == name
        assert (secrets / name).stat().st_size > 0


def test_secrets_are_drawn_once(secrets: Path) -> None:
    before = {path.name: path.read_bytes() for path in secrets.iterdir()}
    subprocess.run(["sh", ROOT / "deploy" / "compose" / "secrets", secrets], check=True)
    assert {path.name: path.read_bytes() for path in secrets.iterdir()} == before
    values = [value for name, value in before.items() if name.endswith("_password")]
    assert len(set(values)) == len(values)


def test_folder_of_secrets_is_closed_to_others(secrets: Path) -> None:
    assert secrets.stat().st_mode & 0o077 == 0


def test_key_files_are_those_of_the_chassis(secrets: Path) -> None:
    for name in (*OWNERS, "shared"):
        path = secrets / f"{name}_keyring"
        path.chmod(0o600)
        ring = Keyring.load(path)
        assert ring.open(ring.seal("text", "here"), "here") == "text"


def test_broker_gets_the_same_accounts_as_a_local_one(secrets: Path) -> None:
    drawn = json.loads((secrets / "rabbitmq_definitions.json").read_text())
    known = accounts()
    assert drawn["permissions"] == known["permissions"]
    for user in drawn["users"]:
        assert user["password"] == (secrets / f"{user['name']}_amqp_password").read_text()


@pytest.mark.parametrize("part", [*SERVICES, "relay", "routersim", "mailbox", "story"])
def test_image_holds_its_part_and_no_other(part: str, tmp_path: Path) -> None:
    pick = ROOT / "deploy" / "compose" / "pick"
    subprocess.run(["sh", pick, "sources", part, tmp_path / "app"], cwd=ROOT, check=True)
    found = {path.name for path in (tmp_path / "app").iterdir()}
    assert ("services" in found) == (part in SERVICES)
    assert "gateway" not in found
    if part in SERVICES:
        assert {path.name for path in (tmp_path / "app" / "services").iterdir()} == {"__init__.py", part}
    lock = subprocess.run(["sh", pick, "lock", part], capture_output=True, text=True, check=True).stdout.strip()
    assert (ROOT / "requirements" / f"{lock}.txt").exists()


def test_demo_company_in_containers_is_the_demo_company() -> None:
    lines = (ROOT / "deploy" / "compose" / "demo-company").read_text().splitlines()
    told = [shlex.split(line.partition(" >")[0])[1:] for line in lines if line.startswith("/app/start")]
    people = [["user", "add", *founding.person_options(person)] for person in STAFF]
    assert told == [["company", "add", *founding.company_options()], *people]


def test_text_messages_of_the_demo_reach_its_mailbox() -> None:
    environ = dict.fromkeys(("ROUTERSIM_PASSWORD", "ALTA_AMQP_URI", "ALTA_DEMO_INTEGRATOR_AMQP_URI"), "x")
    environ |= COMPOSE["services"]["story"]["environment"] | {"ALTA_DEMO_PASSWORD": "x"}
    mailbox = urlsplit(target.containers(environ).sms_url)
    allowed = COMPOSE["services"]["notifications"]["environment"]["ALTA_PRIVATE_GATEWAYS"]
    assert (mailbox.hostname, mailbox.port, allowed) == ("mailbox", 8025, "${ALTA_PRIVATE_GATEWAYS:-mailbox}")
