"""The README says everything that can be ordered and chosen, and nothing that cannot."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

import routersim
from routersim.__main__ import options
from tests.simulator import SimulatedRouter, simulated_router

README = (Path(routersim.__file__).parent / "README.md").read_text()
ORDERS = README.partition("| order | what happens")[2].partition("\n\n")[0]


def test_every_option_is_in_it() -> None:
    ours = {option for action in options()._actions for option in action.option_strings} - {"-h", "--help"}
    assert {option for option in ours if option not in README} == set()
    assert set(re.findall(r"`(--[a-z-]+)", ORDERS)) <= ours


def test_every_order_of_its_table_is_obeyed(router: SimulatedRouter) -> None:
    named = [row.split("|")[1] for row in ORDERS.splitlines() if row.startswith("| `")]
    orders = [order for cell in named for order in re.findall(r"`([^`]+)`", cell)]
    assert len(orders) > 10
    for order in orders:
        name, *parameters = order.split()
        router.do(name, **dict(pair.split("=") for pair in parameters))


def test_the_certificate_that_it_tells_to_make_is_one(tmp_path: Path) -> None:
    command = re.search(r"^openssl .*?router.pem$", README, re.MULTILINE | re.DOTALL)[0].replace("\\\n", " ")
    try:
        subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no openssl here")
    files = ("--certificate", str(tmp_path / "router.pem"), "--key", str(tmp_path / "router.key"))
    with simulated_router("--listen", "127.0.0.1:0+0", *files) as router:
        assert len(router.fingerprint) == 64
