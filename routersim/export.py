"""A router's configuration as the script that RouterOS's own `/export` writes: only what differs from a new router.

Over the API there is no such command. Source of the form: exports of routers from 6.42 to 7.19 in public
repositories: menus that others refer to come first, parameters in alphabetical order, lines that are broken after 77
columns, no users, and from version 7 on no passwords.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from routersim.framing import ENCODING, ODD_BYTES
from routersim.menu import Field, Menu
from routersim.router import Router
from routersim.rows import Row
from routersim.table import Table
from routersim.values import Flag, Kind, Negatable, Pair, Reference, Whole
from routersim.wallclock import now

WIDTH = 77
"""Columns of a line, without the backslash that says that it goes on."""
_INDENT = "    "
_NEVER = frozenset({"/user"})


def export(router: Router, *, show_sensitive: bool = False) -> str:
    """The script. Dynamic rows, live sessions and users are left out, as on a router."""
    new = Router("MikroTik", router.version.text)
    hidden = not (show_sensitive or router.version.exports_secrets)
    (clock,) = router.table("/system/clock").rows
    lines = [f"# {router.version.written(now(clock))} by RouterOS {router.version}", "# software id =", "#"]
    for path in _in_order({path: table.menu for path, table in router.tables.items()}):
        if commands := list(_commands(router.table(path), new.table(path), hidden=hidden)):
            lines += [path[0] + path[1:].replace("/", " "), *commands]
    return "\n".join(lines) + "\n"


# The order of menus.


def _in_order(menus: Mapping[str, Menu]) -> list[str]:
    """What others refer to, each after what it refers to itself; then the rest by name."""
    referred = {path: sorted(set(_referred(menu)) - {path}) for path, menu in menus.items()}
    ordered: dict[str, None] = {}
    seen: set[str] = set()

    def place(path: str) -> None:
        if path not in seen:
            seen.add(path)
            for needed in referred[path]:
                place(needed)
            ordered[path] = None

    for path in sorted({needed for all_needed in referred.values() for needed in all_needed}):
        place(path)
    return [path for path in (*ordered, *sorted(menus.keys() - seen)) if path not in _NEVER]


def _referred(menu: Menu) -> Iterator[str]:
    for field in menu.fields:
        kind = field.kind
        while isinstance(kind, (Pair, Negatable)):
            kind = kind.each
        if isinstance(kind, Reference):
            yield kind.menu


# Rows.


def _commands(table: Table, new: Table, *, hidden: bool) -> Iterator[str]:
    written = [field for field in table.menu.fields if not (field.fixed or field.write_only or field.volatile)]
    fields = [field for field in written if not (hidden and field.sensitive)]
    for row in table.rows:
        if row.dynamic:
            continue
        original = new.row(row.id)
        differing = _differing(table, fields, row, original)
        if original is None:
            yield _wrapped("add", differing)
        elif differing:
            yield _wrapped(" ".join(filter(None, ("set", _found_by(table.menu, original)))), differing)


def _differing(table: Table, fields: list[Field], row: Row, original: Row | None) -> dict[str, str]:
    """What was set, by name; an unset property of a built-in row as `!name` with nothing."""
    before: Mapping[str, str] = {} if original is None else original.values
    differing = {}
    for field in fields:
        default = before.get(field.name, field.default)
        stored = row.values.get(field.name, field.default)
        if stored is None and default is not None:
            differing[f"!{field.name}"] = ""
        elif stored not in (None, default) and not (original is None and stored in field.hidden):
            differing[field.name] = _quoted(_typed(field.kind, stored, table))
    return dict(sorted(differing.items(), key=lambda item: item[0].lstrip("!")))


def _found_by(menu: Menu, original: Row) -> str:
    if menu.singleton:
        return ""
    if (name := original.values.get("default-name")) is not None:
        return f"[ find default-name={name} ]"
    return _quoted(original.values.get("name", original.id))


# Values.


def _typed(kind: Kind, stored: str, table: Table) -> str:
    """A stored value as somebody would type it: yes and no, 10M/2M."""
    if isinstance(kind, Pair):
        return "/".join(_typed(kind.each, half, table) for half in stored.split("/", 1))
    if isinstance(kind, Flag):
        return "yes" if stored == "true" else "no"
    shown = kind.show(stored, table.router.table)
    return _shortened(shown) if isinstance(kind, Whole) and kind.suffixes else shown


def _shortened(number: str) -> str:
    for zeros, suffix in (("000000000", "G"), ("000000", "M"), ("000", "k")):
        if number.endswith(zeros) and number != "0":
            return number.removesuffix(zeros) + suffix
    return number


_ESCAPED = {'"': '\\"', "\\": "\\\\", "$": "\\$", "?": "\\?", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _quoted(text: str) -> str:
    if re.fullmatch(r"[\w.,:/*!<>@+%-]+", text, re.ASCII):
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPED:
        return _ESCAPED[character]
    if " " <= character <= "~":
        return character
    # Whatever is not ASCII goes byte by byte.
    return "".join(f"\\{byte:02X}" for byte in character.encode(ENCODING, ODD_BYTES))


def _wrapped(command: str, parameters: Mapping[str, str]) -> str:
    """A command in lines: broken before a parameter or behind its equals sign, whatever fills the line better."""
    lines = [command]
    for name, value in parameters.items():
        word = name if name.startswith("!") else f"{name}={value}"
        if len(f"{lines[-1]} {word}") <= WIDTH:
            lines[-1] += f" {word}"
        elif word != name and len(f"{lines[-1]} {name}=") <= WIDTH:
            lines[-1] += f" {name}="
            lines.append(_INDENT + value)
        else:
            lines[-1] += " "
            lines.append(_INDENT + word)
    return "\\\n".join(lines)
