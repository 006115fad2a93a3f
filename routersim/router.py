"""One router: its menus, its users, and what it answers to a command."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from routersim.listening import Listening
from routersim.menus import MENUS
from routersim.queries import asked_for, passes
from routersim.replies import DONE, Sentences, refused, returned, row_sentence
from routersim.rows import Row
from routersim.table import Table
from routersim.values import Trap
from routersim.versions import Version

PRINT_ARGUMENTS = frozenset({"detail", "without-paging", "terse", "brief", "show-ids", "value-list", "as-value"})
NO_PERMISSION = "not enough permissions (9)"


@dataclass(frozen=True)
class Command:
    """A sentence taken apart."""

    path: str
    verb: str
    arguments: dict[str, str]
    query: tuple[str, ...]
    tag: str | None

    @classmethod
    def parse(cls, sentence: list[str]) -> Command:
        path, _, verb = sentence[0].rpartition("/")
        arguments: dict[str, str] = {}
        query: list[str] = []
        tag = None
        for word in sentence[1:]:
            if word.startswith("?"):
                query.append(word)
            elif word.startswith(".tag="):
                tag = word.removeprefix(".tag=")
            elif word.startswith("="):
                name, _, value = word[1:].partition("=")
                arguments[name] = value
        return cls(path, verb, arguments, tuple(query), tag)

    @property
    def full(self) -> str:
        return f"{self.path}/{self.verb}"

    @property
    def changes(self) -> bool:
        return self.verb not in ("print", "getall", "listen")


class Router:
    """State and rules; knows nothing of sockets."""

    def __init__(self, name: str, version: str = "7.18.2", user: str = "admin", password: str = "") -> None:
        self.name = name
        self.version = Version.parse(version)
        self.started = time.monotonic()
        # Who has the addresses that live sessions use.
        self.in_use: dict[str, str] = {}
        # Where each pool goes on giving out.
        self.pool_places: dict[str, int] = {}
        self.tables = {path: Table(menu, self) for path, menu in MENUS.items()}
        self.table("/system/identity").set(self.table("/system/identity").rows, {"name": name})
        self.table("/user").add({"name": user, "password": password, "group": "full"})

    def table(self, path: str) -> Table:
        return self.tables[path]

    # Who may do what.

    def user(self, name: str) -> Row | None:
        rows = self.table("/user").named(name)
        return next((row for row in rows if row.values.get("disabled") != "true"), None)

    def policies(self, user: str) -> frozenset[str]:
        row = self.user(user)
        if row is None:
            return frozenset()
        group = self.table("/user/group").row(row.values["group"])
        return frozenset(group.values.get("policy", "").split(",")) if group else frozenset()

    def may_log_in(self, name: str, password: str) -> bool:
        row = self.user(name)
        return row is not None and row.values.get("password", "") == password and "api" in self.policies(name)

    def lets_in(self, service: str, address: str) -> bool:
        """Whether `/ip/service` has the service enabled, for that address."""
        values = self._service(service).values
        allowed = [ip_network(prefix, strict=False) for prefix in values.get("address", "").split(",") if prefix]
        here = not allowed or any(ip_address(address) in prefix for prefix in allowed)
        return here and values.get("disabled") != "true"

    def most_sessions(self, service: str) -> int | None:
        """How many connections `/ip/service` allows, when it says so."""
        row = self._service(service)
        allowed = self.table("/ip/service").printed(row, only={"max-sessions"}).get("max-sessions")
        return None if allowed is None else int(allowed)

    def _service(self, name: str) -> Row:
        (row,) = self.table("/ip/service").named(name)
        return row

    # What is answered.

    def answer(self, command: Command, user: str) -> Sentences:
        """The sentences of the whole reply, without tags."""
        try:
            return self._answer(command, user)
        except Trap as error:
            return refused(self._worded(error))

    def _worded(self, error: Trap) -> Trap:
        return Trap(self.version.worded(error.message), error.category)

    def listen(self, command: Command, user: str) -> Listening:
        """What changes in a menu from now on. Raises `Trap`."""
        try:
            return self._listen(command, user)
        except Trap as error:
            raise self._worded(error) from None

    def _listen(self, command: Command, user: str) -> Listening:
        table = self._permitted(command, user, "print")
        arguments = dict(command.arguments)
        wanted = _proplist(arguments)
        _only(arguments)
        return Listening(
            table,
            query=command.query,
            wanted=wanted,
            sensitive="sensitive" in self.policies(user),
            dead=self.version.dead,
        )

    def rows_in(self, path: str) -> int:
        table = self.tables.get(path)
        return 0 if table is None else len(table.rows)

    def _permitted(self, command: Command, user: str, verb: str) -> Table:
        """The menu of a command that exists there and that the user may give. Raises `Trap`."""
        table = self.tables.get(command.path)
        if table is None:
            raise Trap("no such command prefix", 0)
        if verb not in table.menu.commands:
            raise Trap("no such command", 0)
        self._permit(command, user)
        return table

    def _answer(self, command: Command, user: str) -> Sentences:
        table = self._permitted(command, user, command.verb)
        if not command.changes:
            return self._print(table, command, user)
        return returned(_VERBS[command.verb](table, dict(command.arguments)))

    def _permit(self, command: Command, user: str) -> None:
        needed = {"write"} if command.changes else {"read"}
        if command.changes and command.path.startswith("/user"):
            needed.add("policy")
        if not needed <= self.policies(user):
            raise Trap(NO_PERMISSION)

    def _print(self, table: Table, command: Command, user: str) -> Sentences:
        arguments = dict(command.arguments)
        wanted = _proplist(arguments)
        counted = arguments.pop("count-only", None) is not None
        rows = _addressed(table, arguments, otherwise=table.rows)
        if unknown := arguments.keys() - PRINT_ARGUMENTS - table.menu.print_flags:
            raise Trap(f"unknown parameter {min(unknown)}", 1)
        sensitive = "sensitive" in self.policies(user)
        only = None if wanted is None else {*wanted.split(","), *asked_for(command.query)}
        printed = (table.printed(row, sensitive=sensitive, only=only) for row in rows)
        found = [row for row in printed if passes(command.query, row)] if command.query else list(printed)
        if counted:
            return returned(str(len(found)))
        if not found and self.version.says_empty:
            return [["!empty"], DONE]
        return [*(row_sentence(row, wanted) for row in found), DONE]

    # Keeping it over a restart.

    def dump(self) -> dict[str, Any]:
        return {path: table.dump() for path, table in self.tables.items()}

    def load(self, dumped: dict[str, Any]) -> None:
        """Menus that the dump does not know keep what they start with. No session is left."""
        self.in_use.clear()
        self.pool_places.clear()
        for path, table in self.tables.items():
            if path in dumped:
                table.load(dumped[path])

    def restart(self) -> None:
        """What lives in memory only is lost: sessions, dynamic rows, the time since the start."""
        self.load(self.dump())
        self.started = time.monotonic()


def _proplist(arguments: dict[str, str]) -> str | None:
    """Takes the properties that are asked for out of the arguments."""
    return arguments.pop(".proplist", arguments.pop("proplist", None))


def _addressed(table: Table, arguments: dict[str, str], otherwise: list[Row] | None = None) -> list[Row]:
    """Takes the rows that a command names out of its arguments."""
    if table.menu.singleton:
        return table.rows
    numbers = arguments.pop(".id", None)
    numbers = arguments.pop("numbers", None) if numbers is None else numbers
    if numbers is not None:
        return table.find(numbers)
    if otherwise is None:
        raise Trap("missing =.id=", 0)
    return otherwise


def _only(arguments: dict[str, str]) -> None:
    if arguments:
        raise Trap(f"unknown parameter {min(arguments)}", 1)


def _add(table: Table, arguments: dict[str, str]) -> str:
    return table.add(arguments)


def _set(table: Table, arguments: dict[str, str]) -> None:
    table.set(_addressed(table, arguments), arguments)


def _remove(table: Table, arguments: dict[str, str]) -> None:
    rows = _addressed(table, arguments)
    _only(arguments)
    table.remove(rows)


def _switch(disabled: str) -> Callable[[Table, dict[str, str]], None]:
    def switch(table: Table, arguments: dict[str, str]) -> None:
        rows = _addressed(table, arguments)
        _only(arguments)
        table.set(rows, {"disabled": disabled})

    return switch


def _comment(table: Table, arguments: dict[str, str]) -> None:
    rows = _addressed(table, arguments)
    comment = arguments.pop("comment", "")
    _only(arguments)
    table.set(rows, {"comment": comment})


def _unset(table: Table, arguments: dict[str, str]) -> None:
    rows = _addressed(table, arguments)
    name = arguments.pop("value-name", None)
    _only(arguments)
    if name is None:
        raise Trap("missing value(s) of argument(s) value-name", 0)
    table.unset(rows, name)


def _make_static(table: Table, arguments: dict[str, str]) -> None:
    rows = _addressed(table, arguments)
    _only(arguments)
    for row in rows:
        table.make_static(row)


def _pass(table: Table, arguments: dict[str, str]) -> None:
    """What changes nothing here: the counters are zero, and every device answers."""
    _addressed(table, arguments)
    _only(arguments)


def _pass_all(table: Table, arguments: dict[str, str]) -> None:
    _only(arguments)


def _move(table: Table, arguments: dict[str, str]) -> None:
    rows = _addressed(table, arguments)
    destination = arguments.pop("destination", None)
    _only(arguments)
    table.move(rows, destination)


_VERBS: dict[str, Callable[[Table, dict[str, str]], str | None]] = {
    "add": _add,
    "set": _set,
    "remove": _remove,
    "enable": _switch("no"),
    "disable": _switch("yes"),
    "comment": _comment,
    "unset": _unset,
    "move": _move,
    "make-static": _make_static,
    "check-status": _pass,
    "send-reconfigure": _pass,
    "reset-counters": _pass,
    "reset-counters-all": _pass_all,
}
