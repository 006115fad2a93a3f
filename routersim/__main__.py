"""`python -m routersim --listen 127.0.0.1:8728 --user admin --password secret`, or `export STATE`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from routersim import state
from routersim.export import export
from routersim.faults import Drop, Refusals, Scope, Slow
from routersim.simulation import Endpoint, Simulation
from routersim.versions import Version

_Parsed = TypeVar("_Parsed")


def _said(parse: Callable[[str], _Parsed]) -> Callable[[str], _Parsed]:
    """Lets the parser of arguments say what was wrong, not only that something was."""

    def parsed(text: str) -> _Parsed:
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return parsed


def _named(text: str) -> tuple[str, Endpoint]:
    name, equals, endpoint = text.partition("=")
    if not equals:
        raise ValueError(f"{text} is not NAME=HOST:PORT")
    return name, Endpoint.parse(endpoint)


def _version(text: str) -> str:
    return Version.parse(text).text


def _reboot(text: str) -> tuple[float, float]:
    after, colon, down = text.partition(":")
    return float(after), float(down if colon else 1)


def _reject(text: str) -> Refusals:
    return Refusals(times=int(text) if text else None)


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "routersim",
        description="RouterOS routers in software, over the binary API.",
        epilog="`routersim export STATE` writes a saved configuration as a script; see its own --help.",
    )
    add = parser.add_argument
    add("--listen", type=_said(Endpoint.parse), metavar="HOST:PORT[+TLSPORT]", help="one router, called MikroTik")
    add(
        "--router", type=_said(_named), metavar="NAME=HOST:PORT[+TLSPORT]", action="append", default=[],
        help="repeatable",
    )  # fmt: skip
    add("--version", type=_said(_version), default="7.18.2", help="RouterOS version that is imitated (7.18.2)")
    add("--user", default="admin", help="name of the first user, of group full (admin)")
    add("--password", default=os.environ.get("ROUTERSIM_PASSWORD", ""), help="or in ROUTERSIM_PASSWORD")
    add("--certificate", type=Path, metavar="FILE", help="of API-SSL, in PEM; without one the exchange is anonymous")
    add("--key", type=Path, metavar="FILE", help="of the certificate, when it is not in the same file")
    add("--state", type=Path, metavar="FILE", help="keep the configuration here over restarts")
    add("--control", type=_said(Endpoint.parse), metavar="HOST:PORT", help="control port, JSON lines")
    _add_faults(parser.add_argument_group("faults, of every router from its start").add_argument)
    return parser


def _add_faults(add: Callable[..., object]) -> None:
    add("--offline", action="store_true", help="switched off: connections are refused")
    add("--hang", type=Scope, nargs="?", const=Scope(), metavar="COMMAND", help="accept commands and never answer")
    add("--slow", type=_said(Slow.parse), metavar="MS[-MS]", help="milliseconds that each command takes")
    add("--slow-row", type=float, default=0, metavar="MS", help="more for each row of the command's menu")
    add("--slow-running", type=float, default=0, metavar="MS", help="more for each other command in work")
    add(
        "--drop", type=_said(Drop.parse), metavar="before|after[:N[:COMMAND]]",
        help="drop the connection at the Nth command",
    )  # fmt: skip
    add("--reject", type=_said(_reject), nargs="?", const=Refusals(), metavar="N", help="refuse logins, or N of them")
    add("--sessions", type=int, metavar="N", help="end every connection beyond N")
    add("--reboot", type=_said(_reboot), metavar="SECONDS[:DOWN]", help="reboot after so long, refuse for DOWN seconds")


def _chosen(arguments: list[str]) -> argparse.Namespace:
    parser = options()
    chosen = parser.parse_args(arguments)
    if not chosen.listen and not chosen.router:
        parser.error("give --listen or --router")
    if chosen.slow_row or chosen.slow_running:
        chosen.slow = replace(chosen.slow or Slow(), each_row=chosen.slow_row, each_running=chosen.slow_running)
    return chosen


def _export(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("routersim export", description="A saved configuration as RouterOS exports it.")
    parser.add_argument("state", type=Path, metavar="STATE", help="the file that --state kept")
    parser.add_argument("--router", metavar="NAME", help="needed when the file has several")
    parser.add_argument("--show-sensitive", action="store_true", help="passwords too; before 7 they always show")
    chosen = parser.parse_args(arguments)
    saved = state.load(chosen.state)
    name = chosen.router or next(iter(saved))
    if name not in saved or (chosen.router is None and len(saved) > 1):
        parser.error(f"say which with --router; there are: {', '.join(saved)}")
    sys.stdout.write(export(state.restored(name, saved[name]), show_sensitive=chosen.show_sensitive))
    return 0


async def _serve(chosen: argparse.Namespace) -> None:
    await Simulation(chosen).run()


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["export"]:
        return _export(arguments[1:])
    try:
        asyncio.run(_serve(_chosen(arguments)))
    except (OSError, ValueError) as error:
        print(f"routersim: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
