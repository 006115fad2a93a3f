"""The configuration on disk, and as a script."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.routersim.wire import Wire
from tests.simulator import SimulatedRouter, simulated_router


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "routersim", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)


# State.


def test_a_file_of_the_first_format_is_read_and_written_in_todays(tmp_path: Path) -> None:
    state = tmp_path / "routers.json"
    pool = {"id": "*7", "builtin": False, "values": {"name": "guests", "ranges": "10.0.0.1"}}
    state.write_text(json.dumps({"MikroTik": {"/ip/pool": {"last_id": 9, "rows": [pool]}}}))
    with simulated_router("--state", str(state)) as router, Wire(router) as wire:
        wire.log_in()
        (read,) = wire.rows("/ip/pool")
        assert (read[".id"], read["name"]) == ("*7", "guests")
        assert wire.change("/ip/pool/add", ranges="10.0.0.2") == "*A"
    saved = json.loads(state.read_text())
    assert saved["format"] == 2 and saved["routers"]["MikroTik"]["version"] == "7.18.2"
    assert len(saved["routers"]["MikroTik"]["menus"]["/ip/pool"]["rows"]) == 2


def test_a_file_of_a_later_format_is_left_alone(tmp_path: Path) -> None:
    state = tmp_path / "routers.json"
    state.write_text('{"format": 99, "routers": {}}')
    done = run("--listen", "127.0.0.1:0", "--state", state)
    assert done.returncode == 2 and "format 99" in done.stderr
    assert state.read_text() == '{"format": 99, "routers": {}}'


def test_a_change_is_on_disk_soon_and_whole(tmp_path: Path) -> None:
    state = tmp_path / "routers.json"
    with simulated_router("--state", str(state)) as router, Wire(router) as wire:
        wire.log_in()
        wire.change("/ip/pool/add", name="guests", ranges="10.0.0.1")
        while "guests" not in (state.read_text() if state.exists() else ""):
            # Another command is time enough to look again.
            wire.ask("/system/identity/print")
        json.loads(state.read_text())
        router.process.kill()
    assert not state.with_name("routers.json.unfinished").exists()


# Export.


def export_of(router: SimulatedRouter, **how: object) -> list[str]:
    """The script without its header."""
    lines = router.do("export", **how)["script"].splitlines()
    assert lines[1:3] == ["# software id =", "#"]
    return lines[3:]


def test_a_new_router_exports_nothing_but_its_name(router: SimulatedRouter, wire: Wire) -> None:
    assert export_of(router) == []
    wire.change("/system/identity/set", name="torre norte")
    assert export_of(router) == ["/system identity", 'set name="torre norte"']


def test_only_what_differs_is_exported_as_a_router_would(router: SimulatedRouter, wire: Wire) -> None:
    wire.change("/ip/pool/add", name="guests", ranges="10.5.0.2-10.5.0.9")
    wire.change("/ppp/profile/add", name="10M", local_address="10.0.0.1", remote_address="guests", rate_limit="2M/10M")
    wire.change("/ppp/secret/add", name="ana", password="pa$$", profile="10M", service="pppoe", comment="Peña, 3ºA")
    wire.change("/queue/simple/add", name="ana", target="10.0.0.5", max_limit="2M/10M", disabled="yes", priority="8/8")
    wire.change("/ip/firewall/address-list/add", list="cut", address="10.0.0.5")
    wire.change("/ip/firewall/address-list/add", list="late", address="10.0.0.6", timeout="1h")
    wire.change("/interface/set", "=numbers=ether1", name="wan")
    wire.change("/ip/service/set", "=numbers=telnet", disabled="yes")
    wire.change("/user/add", name="noc", group="read", password="x")
    assert export_of(router) == [
        "/interface",
        "set [ find default-name=ether1 ] name=wan",
        "/ip pool",
        "add name=guests ranges=10.5.0.2-10.5.0.9",
        "/queue simple",
        "add disabled=yes max-limit=2M/10M name=ana target=10.0.0.5/32",
        "/ppp profile",
        "add local-address=10.0.0.1 name=10M rate-limit=2M/10M remote-address=guests",
        "/ip firewall address-list",
        "add address=10.0.0.5 list=cut",
        "/ip service",
        "set telnet disabled=yes",
        "/ppp secret",
        'add comment="Pe\\C3\\B1a, 3\\C2\\BAA" name=ana profile=10M service=pppoe',
    ]
    shown = export_of(router, show_sensitive="yes")
    assert 'add comment="Pe\\C3\\B1a, 3\\C2\\BAA" name=ana password="pa\\$\\$" profile=10M \\' in shown


def test_the_old_generation_exports_passwords() -> None:
    with simulated_router("--version", "6.49.10") as router, Wire(router) as wire:
        wire.log_in()
        wire.change("/ppp/secret/add", name="ana", password="open")
        assert export_of(router) == ["/ppp secret", "add name=ana password=open"]


def test_a_line_is_broken_before_a_parameter_or_behind_its_name(router: SimulatedRouter, wire: Wire) -> None:
    """The same breaks as on routers of 6.42 and 7.16, in public exports."""
    wire.change(
        "/ip/firewall/nat/add", action="masquerade", chain="srcnat", comment="default configuration",
        out_interface="ether1",
    )  # fmt: skip
    wire.change(
        "/ip/address/add", address="10.0.0.9/30", comment="Enlace CORE-2", interface="ether2", network="10.0.0.8"
    )
    assert export_of(router) == [
        "/ip address",
        'add address=10.0.0.9/30 comment="Enlace CORE-2" interface=ether2 network=\\',
        "    10.0.0.8",
        "/ip firewall nat",
        'add action=masquerade chain=srcnat comment="default configuration" \\',
        "    out-interface=ether1",
    ]


def test_a_saved_state_is_exported_without_a_router_running(tmp_path: Path) -> None:
    state = tmp_path / "routers.json"
    with simulated_router("--state", str(state), "--version", "6.49.10", "--router", "sur=127.0.0.1:0") as router:
        with Wire(router) as wire:
            wire.log_in()
            wire.change("/ip/pool/add", name="guests", ranges="10.0.0.1")
    done = run("export", state, "--router", "MikroTik")
    assert done.returncode == 0
    assert "by RouterOS 6.49.10" in done.stdout
    assert done.stdout.endswith("#\n/ip pool\nadd name=guests ranges=10.0.0.1\n")
    undecided = run("export", state)
    assert undecided.returncode == 2 and "sur, MikroTik" in undecided.stderr


PARAMETER = re.compile(r'([!\w-]+)=("(?:[^"\\]|\\.)*"|\S*)')
UNESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def unescaped(found: re.Match[bytes]) -> bytes:
    by_number, character = found.groups()
    return bytes.fromhex(by_number.decode()) if by_number else UNESCAPED.get(character, character)


def unquoted(text: str) -> str:
    """What a console makes of a quoted value."""
    if not text.startswith('"'):
        return text
    return re.sub(rb"\\([0-9A-F]{2})|\\(.)", unescaped, text[1:-1].encode()).decode()


def imported(wire: Wire, script: str) -> None:
    """Does what a script of `add` and `set` by name says."""
    path = ""
    for line in script.replace("\\\n    ", "").splitlines():
        if line.startswith("/"):
            path = line.replace(" ", "/")
        elif not line.startswith("#"):
            words = [f"={name}={unquoted(value)}" for name, value in PARAMETER.findall(line)]
            numbers = [f"=numbers={line.split()[1]}"] if line.startswith("set") and "=" not in line.split()[1] else []
            wire.change(f"{path}/{line.split()[0]}", *numbers, *words)


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[SimulatedRouter, SimulatedRouter]]:
    with simulated_router() as one, simulated_router() as other:
        yield one, other


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=120)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(comment=texts, password=texts, list_name=texts.filter(bool))
def test_what_is_exported_makes_the_same_router_again(
    pair: tuple[SimulatedRouter, SimulatedRouter], comment: str, password: str, list_name: str
) -> None:
    one, other = pair
    menus = ("/ppp/secret", "/ip/firewall/address-list", "/queue/simple", "/ip/pool", "/ppp/profile")
    with Wire(one) as wire, Wire(other) as its_copy:
        for opened in (wire, its_copy):
            opened.log_in()
            for menu in menus:
                for row in opened.rows(menu):
                    if row.get("default") != "true":
                        opened.change(f"{menu}/remove", f"=.id={row['.id']}")
        wire.change("/ip/pool/add", name="guests", ranges="10.0.0.1-10.0.0.9")
        wire.change("/ppp/profile/add", name="fast", remote_address="guests", rate_limit="2M/10M")
        wire.change("/ppp/secret/add", name="ana", password=password, comment=comment, profile="fast")
        wire.change("/ip/firewall/address-list/add", list=list_name, address="10.0.0.0/24", comment=comment)
        wire.change("/queue/simple/add", target="10.0.0.5", max_limit="1500k/1G", comment=comment)
        script = one.do("export", show_sensitive="yes")["script"]
        imported(its_copy, script)
        copied = other.do("export", show_sensitive="yes")["script"]
        assert copied.splitlines()[1:] == script.splitlines()[1:]
        for menu in menus:
            assert without_ids(wire.rows(menu)) == without_ids(its_copy.rows(menu))


def without_ids(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{name: value for name, value in row.items() if name not in (".id", "creation-time")} for row in rows]
