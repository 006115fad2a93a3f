from __future__ import annotations

import pytest

from routersim.queries import passes
from routersim.values import Trap

ROW = {"name": "ana", "type": "ether", "disabled": "false", "priority": "9"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", True),
        ("?name", True),
        ("?comment", False),
        ("?-comment", True),
        ("?-name", False),
        ("?name=ana", True),
        ("?=name=ana", True),
        ("?=name=eva", False),
        ("?comment=", False),
        ("?disabled=no", True),
        ("?disabled=false", True),
        ("?disabled=yes", False),
        ("?>priority=10", False),
        ("?<priority=10", True),
        ("?>name=a", True),
        ("?type=ether ?type=vlan ?#|", True),
        ("?type=ether ?type=vlan", False),
        ("?type=vlan ?type=ether", False),
        ("?type=ether ?type=vlan ?#&", False),
        ("?type=ether ?type=vlan ?#|!", False),
        ("?type=vlan ?#!", True),
        ("?type=vlan ?type=ether ?#0", True),
        ("?type=vlan ?type=ether ?#1", False),
        ("?type=ether ?type=vlan ?#1.|", True),
    ],
)
def test_rows_pass_as_the_manual_says(query: str, expected: bool) -> None:
    assert passes(query.split(), ROW) is expected


def test_an_unknown_operation_is_refused() -> None:
    with pytest.raises(Trap):
        passes(["?#~"], ROW)
