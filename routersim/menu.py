"""How a menu is described: its fields, its commands, and what must be unique in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routersim.values import Kind, Text

if TYPE_CHECKING:
    from routersim.router import Router

Values = Mapping[str, str]
FREE_TEXT = Text()

EDITABLE = frozenset({"print", "getall", "add", "set", "remove", "comment"})
SWITCHABLE = EDITABLE | {"enable", "disable"}
READ_ONLY = frozenset({"print", "getall"})


@dataclass(frozen=True)
class Field:
    """A parameter of a menu. `default` is printed when nothing was set; None prints nothing at all."""

    name: str
    kind: Kind = FREE_TEXT
    default: str | None = None
    required: bool = False
    unsettable: bool = False
    # Read with the `sensitive` policy only.
    sensitive: bool = False
    # Printed, never written by a client.
    fixed: bool = False
    # Written, never printed.
    write_only: bool = False
    # An empty value is kept out of what is printed.
    hide_empty: bool = False


@dataclass(frozen=True)
class State:
    """A property that the router prints and nobody sets. `value` may be worked out from the row."""

    name: str
    value: str | Callable[[Router, Values], str | None]


@dataclass(frozen=True)
class Unique:
    """No two rows agree in all `fields`; `enabled_only` lets a disabled twin live."""

    fields: tuple[str, ...]
    refusal: str
    enabled_only: bool = False


Rule = Callable[[Values], None]
"""Raises `Trap` when the values of a row do not fit together."""


@dataclass(frozen=True)
class Menu:
    """Everything the simulator knows about a menu. Adding one is adding one of these."""

    path: str
    fields: tuple[Field, ...] = ()
    states: tuple[State, ...] = ()
    commands: frozenset[str] = EDITABLE
    unique: tuple[Unique, ...] = ()
    rules: tuple[Rule, ...] = ()
    # Rows that are there from the start. "!id" gives the row's id, "!builtin" keeps it from being removed.
    rows: tuple[Values, ...] = ()
    # What a row without a name is called: this and a number.
    name_prefix: str | None = None
    singleton: bool = False
    print_flags: frozenset[str] = frozenset()

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)

    @property
    def named(self) -> bool:
        return self.field("name") is not None


COMMENT = Field("comment", hide_empty=True)
