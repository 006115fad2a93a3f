"""Set-up says what is missing in one sentence, and does nothing twice."""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from pathlib import Path

import pytest

from deploy.local.place import ROOT

TOOLS = (
    "sh",
    "env",
    "id",
    "dirname",
    "cat",
    "cut",
    "sed",
    "tr",
    "grep",
    "sha256sum",
    "mkdir",
    "find",
    "sort",
    "wc",
    "python3",
)


@pytest.fixture
def bare_machine(room: Path) -> Path:
    """A checkout and a PATH in which Erlang's port mapper, apt-get and sudo are not installed."""
    machine = room / uuid.uuid4().hex
    checkout = machine / "alta"
    shutil.copytree(ROOT / "deploy", checkout / "deploy")
    shutil.copytree(ROOT / "requirements", checkout / "requirements")
    (machine / "bin").mkdir()
    for tool in TOOLS:
        (machine / "bin" / tool).symlink_to("/usr/bin/python3" if tool == "python3" else shutil.which(tool))
    return machine


def set_up(machine: Path, *tools: str) -> subprocess.CompletedProcess[str]:
    for tool in tools:
        (machine / "bin" / tool).symlink_to("/bin/false")
    command = [shutil.which("sh"), str(machine / "alta" / "deploy" / "setup"), "run"]
    if os.geteuid() == 0:
        shutil.chown(machine / "alta", "nobody")
        command = [shutil.which("setpriv"), "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]
    environment = {"PATH": str(machine / "bin")}
    return subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def test_missing_rights_are_one_sentence_with_the_command(bare_machine: Path) -> None:
    done = set_up(bare_machine, "apt-get")
    assert done.returncode == 1
    (sentence,) = done.stderr.splitlines()
    assert "run as root: apt-get update && apt-get install -y --no-install-recommends" in sentence
    assert "erlang-base" in sentence


def test_refused_sudo_is_the_same(bare_machine: Path) -> None:
    done = set_up(bare_machine, "apt-get", "sudo")
    assert done.returncode == 1 and "run as root: apt-get" in done.stderr


def test_system_without_apt_is_told_what_it_lacks(bare_machine: Path) -> None:
    done = set_up(bare_machine)
    (sentence,) = done.stderr.splitlines()
    assert done.returncode == 1 and "lacks" in sentence and "erlang-base" in sentence


def test_unknown_kind_is_refused(bare_machine: Path) -> None:
    done = subprocess.run(["sh", ROOT / "deploy" / "setup", "everything"], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "'everything'" in done.stderr


def test_second_run_only_compares() -> None:
    """Each step that it takes is named on standard error."""
    done = subprocess.run(["sh", ROOT / "deploy" / "setup", "test"], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stderr == ""
