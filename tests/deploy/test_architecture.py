"""Who imports whom is held by import-linter; here it is shown that each of its contracts can be broken."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.place import ROOT
from deploy.local.stack import PACKAGES

BREACHES = {
    "Services do not know each other": ("services/billing/errors.py", "import services.contracts.errors"),
    "The chassis knows no business and no part": ("chassis/clock.py", "import events.billing"),
    "The published language stands": ("events/billing.py", "import chassis.storage"),
    "Services are built from the chassis and the events": ("services/billing/model.py", "import deploy.local.ports"),
    "The gateway asks services by RPC and imports none": ("gateway/settings.py", "import services.billing.errors"),
    "The simulator is a program of its own": ("routersim/values.py", "import chassis.clock"),
    "The command line and the set-up run parts": ("alta/running.py", "import services.billing.model"),
    "The set-up does not need the command line": ("deploy/local/ports.py", "import alta.terminal"),
    "Only the chassis imports Nameko": ("services/billing/service.py", "import nameko.rpc"),
    "Within a service": ("services/billing/errors.py", "import services.billing.model"),
    "Only the makers of documents import WeasyPrint": ("services/contracts/model.py", "import weasyprint"),
}


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copied")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("node_modules", "__pycache__", "dist")
        shutil.copytree(ROOT / package, folder / package, ignore=ignored)
    return folder


def lint(folder: Path) -> str:
    # Isolated: the environment's path file would bring in the checkout itself.
    program = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command as c; c()"
    command = [sys.executable, "-P", "-c", program, "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("contract", BREACHES)
def test_contract_can_be_broken(copied: Path, contract: str) -> None:
    name, line = BREACHES[contract]
    path = copied / name
    honest = path.read_text()
    path.write_text(f"{honest}\n{line}\n")
    said = lint(copied)
    path.write_text(honest)
    assert re.search(rf"^{contract}.* BROKEN", said, re.MULTILINE), said


def test_none_is_broken_now(copied: Path) -> None:
    said = lint(copied)
    assert re.search(r"\d+ kept, 0 broken", said), said


def test_every_contract_has_a_breach(copied: Path) -> None:
    declared = re.findall(r'^name = "(.*)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[1:]
    assert [next(name for name in declared if name.startswith(breach)) for breach in BREACHES] == declared
