"""Ports and secrets are chosen once, and private."""

from __future__ import annotations

import json
import socket
from pathlib import Path

from deploy.local import place as places
from deploy.local.place import open_place
from deploy.local.ports import RANGE, choose_ports, is_free


def test_ports_and_secrets_stay_what_they_were(tmp_path: Path) -> None:
    assert open_place(tmp_path / "var") == open_place(tmp_path / "var")


def test_two_places_share_nothing(tmp_path: Path) -> None:
    one, other = open_place(tmp_path / "one"), open_place(tmp_path / "other")
    assert set(one.secrets.values()).isdisjoint(other.secrets.values())
    assert one.short_name != other.short_name


def test_names_that_a_newer_version_needs_are_added(tmp_path: Path) -> None:
    before = open_place(tmp_path / "var")
    path = before.path / "ports.json"
    older = {name: port for name, port in before.ports.items() if name != "mailbox"}
    path.write_text(json.dumps(older))
    after = open_place(tmp_path / "var")
    assert after.ports.keys() == before.ports.keys()
    assert {name: after.ports[name] for name in older} == older


def test_secrets_are_private(tmp_path: Path) -> None:
    place = open_place(tmp_path / "var")
    assert (place.path / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert all((place.path / name).stat().st_mode & 0o777 == 0o700 for name in ("keys", "files", "data", "run"))


def test_private_file_is_whole_or_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    places.write_private(path, "first")
    places.write_private(path, "second")
    assert path.read_text() == "second" and [file.name for file in tmp_path.iterdir()] == ["kept"]


def test_chosen_ports_are_distinct_and_free_and_not_those_of_outgoing_connections() -> None:
    ports = choose_ports(20)
    assert len(set(ports)) == 20 and all(port in RANGE and is_free(port) for port in ports)


def test_port_that_somebody_took_is_replaced_and_no_other(tmp_path: Path) -> None:
    before = open_place(tmp_path / "var")
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", before.ports["gateway"]))
        somebody.listen()
        after = places.with_free_ports(before)
    assert after == open_place(tmp_path / "var")
    assert {name for name, port in after.ports.items() if port != before.ports[name]} == {"gateway"}


def test_port_in_use_is_not_free() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        udp.bind(("127.0.0.1", 0))
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        assert not is_free(udp.getsockname()[1]) and not is_free(tcp.getsockname()[1])
