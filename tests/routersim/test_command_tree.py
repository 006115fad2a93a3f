"""Every menu against the command tree of RouterOS 7.21.4: nothing invented, nothing forgotten.

The tree is kept beside this test. It comes from `/console/inspect` on a router, by way of the package routeros-lsp
0.2.3 (MIT).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import routersim
from routersim.menu import Menu
from routersim.menus import MENUS
from routersim.values import Choice, Flag, Kind, Pair, Whole

TREE: dict[str, Any] = json.loads((Path(__file__).parent / "routeros-7.21.4-commands.json").read_text())

FOR_A_CONSOLE = {"edit", "export", "find", "get", "reset", "setup", "reset-html", "recursive-print"}
# They measure, blink or wait for hardware that is not there.
LEFT_OUT = {
    "/interface": {"blink", "monitor-traffic"},
    "/interface/pppoe-server": {"monitor"},
    "/ip/hotspot/active": {"login"},
    "/ip/hotspot/host": {"make-binding"},
    "/ip/pool/used": {"set"},
    "/system/resource": {"monitor"},
    "/user": {"expire-password"},
}
PLACE = {"copy-from", "place-before"}

menus = pytest.mark.parametrize("menu", MENUS.values(), ids=MENUS)


def test_every_menu_is_in_the_tree() -> None:
    assert MENUS.keys() == TREE.keys()


def test_the_readme_names_every_menu() -> None:
    readme = (Path(routersim.__file__).parent / "README.md").read_text()
    assert [path for path in MENUS if f"`{path}`" not in readme.partition("| menus |")[2].partition("\n")[0]] == []


@menus
def test_the_commands_are_those_of_the_menu(menu: Menu) -> None:
    theirs = set(TREE[menu.path]["commands"]) - FOR_A_CONSOLE - LEFT_OUT.get(menu.path, set())
    assert menu.commands - {"getall"} == theirs


@menus
def test_the_parameters_are_those_of_add_and_set(menu: Menu) -> None:
    ours = {field.name for field in menu.fields if not field.fixed}
    for verb in {"add", "set"} & menu.commands:
        assert ours == set(TREE[menu.path][verb]) - PLACE
    assert menu.ordered == ("place-before" in TREE[menu.path].get("add", ()))


@menus
def test_what_must_be_given_and_what_can_be_unset(menu: Menu) -> None:
    tree = TREE[menu.path]
    if "add" in menu.commands:
        assert sorted(menu.required) == tree["required"]
    # Of rules, the console also offers words that are no parameters.
    unset = set(tree.get("unset", ())) - {"all", "dynamic", "static"}
    assert {field.name for field in menu.fields if field.unsettable} == unset


@menus
def test_nothing_is_printed_that_a_router_does_not_print(menu: Menu) -> None:
    printed = {field.name for field in menu.fields if not field.write_only} | {state.name for state in menu.states}
    assert printed <= set(TREE[menu.path]["readable"])
    assert menu.print_flags <= set(TREE[menu.path]["print"])


def words_of(kind: Kind) -> set[str] | None:
    if isinstance(kind, Flag):
        return {"no", "yes"}
    return set(kind.values) if isinstance(kind, Choice) else None


@menus
def test_choices_and_ranges_are_those_of_the_tree(menu: Menu) -> None:
    tree = TREE[menu.path]
    for field in menu.fields:
        kind = field.kind.each if isinstance(field.kind, Pair) else field.kind
        if (words := words_of(kind)) is not None and field.name in tree["choices"]:
            assert words == set(tree["choices"][field.name]), field.name
        if isinstance(kind, Whole) and field.name in tree["ranges"]:
            assert [kind.low, kind.high] == tree["ranges"][field.name], field.name
