"""Each part's lock alone installs, and imports its part; all locks agree."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.place import ROOT, SERVICES

LOCKS = ROOT / "requirements"
UV = ROOT / "var" / "tools" / "uv" / "bin" / "uv"
PINNED = re.compile(r"^([a-z0-9._-]+)(?:\[[^]]+\])?==([^ ;\\]+)", re.MULTILINE | re.IGNORECASE)

MODULES = {
    **{name: f"services.{name}.service" for name in SERVICES},
    "gateway": "gateway.app, gateway.identity, gateway.public, gateway.staff",
    "relay": "chassis.outbox.relay",
    "alta": "alta.cli, alta.mailbox.__main__",
}


def pins(part: str) -> dict[str, str]:
    return dict(PINNED.findall((LOCKS / f"{part}.txt").read_text()))


@pytest.mark.parametrize("part", [*MODULES, "demo"])
def test_part_has_the_versions_of_the_whole(part: str) -> None:
    assert pins(part).items() <= pins("test").items()
    assert pins(part)


@pytest.mark.parametrize("path", sorted(LOCKS.glob("*.txt")), ids=lambda path: path.name)
def test_lock_is_hashed_and_names_no_machine(path: Path) -> None:
    text = path.read_text()
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=[a-z0-9])", text, flags=re.IGNORECASE)[1:])
    assert not re.search(r"https?://|index-url|find-links|file:|/home/|/root/|/work/|/tmp/", text)


def test_images_carry_only_what_their_part_needs() -> None:
    assert "weasyprint" not in pins("provisioning") | pins("gateway") | pins("relay") | pins("preinstall")
    assert "librouteros" not in pins("contracts") | pins("gateway") | pins("billing")
    assert "nameko" not in pins("gateway") | pins("relay")
    assert "flask" not in pins("installations") | pins("relay")


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of an environment that becomes each part's in turn: a sync takes out what a lock does not name."""
    room = tmp_path_factory.mktemp("environment")
    run(UV, "venv", "--quiet", "--python", sys.executable, room)
    return room / "bin" / "python"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", MODULES)
def test_lock_alone_is_enough_to_import_the_part(part: str, python: Path) -> None:
    run(UV, "pip", "sync", "--quiet", "--require-hashes", "--python", python, LOCKS / f"{part}.txt")
    run(python, "-c", f"import {MODULES[part]}")


def run(*command: object) -> None:
    # As deploy/setup does: the machine may trust more authorities than uv brings.
    environment = {**os.environ, "UV_SYSTEM_CERTS": "true"}
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
