"""How a menu is described: its fields, its commands, and what must be unique in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from routersim.values import Flag, Kind, Text

if TYPE_CHECKING:
    from routersim.router import Router
    from routersim.rows import Row

Values = Mapping[str, str]
FREE_TEXT = Text()

READ_ONLY = frozenset({"print", "getall"})
EDITABLE = READ_ONLY | {"add", "set", "remove"}
COMMENTED = EDITABLE | {"comment"}
SWITCHABLE = COMMENTED | {"enable", "disable"}


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
    # Lost when the router restarts.
    volatile: bool = False
    # Values that mean "nothing in particular" and are kept out of what is printed.
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class State:
    """A property that the router prints and nobody sets. `value` may be worked out from the row."""

    name: str
    value: str | Callable[[Router, Row], str | None]


@dataclass(frozen=True)
class Unique:
    """No two rows agree in all `fields`.

    `enabled_only` lets a disabled twin live, `static_only` a dynamic one; rows without the fields of `needs` are
    not compared.
    """

    fields: tuple[str, ...]
    refusal: str
    enabled_only: bool = False
    static_only: bool = False
    needs: tuple[str, ...] = ()


Rule = Callable[[Values], None]
"""Raises `Trap` when the values of a row do not fit together."""
Removal = Callable[["Router", "Row"], None]
"""Raises `Trap` when a row cannot go."""
Effect = Callable[["Router", "Row"], None]
"""What else happens when a row was set."""


@dataclass(frozen=True)
class Menu:
    """Everything the simulator knows about a menu. Adding one is adding one of these."""

    path: str
    fields: tuple[Field, ...] = ()
    states: tuple[State, ...] = ()
    commands: frozenset[str] = COMMENTED
    unique: tuple[Unique, ...] = ()
    rules: tuple[Rule, ...] = ()
    removal: tuple[Removal, ...] = ()
    after_set: tuple[Effect, ...] = ()
    # What setting a field sets besides, as it is stored.
    implies: Mapping[str, Values] = field(default_factory=dict)
    # Rows that are there from the start. "!id" gives the row's id, "!builtin" keeps it from being removed.
    rows: tuple[Values, ...] = ()
    # What a row without a name is called: this and a number.
    name_prefix: str | None = None
    singleton: bool = False
    print_flags: frozenset[str] = frozenset()
    # The field that says how long a row lives; such a row is dynamic.
    lifetime: str | None = None
    # What clients may do to dynamic rows: "set", "remove".
    yields: frozenset[str] = frozenset()

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        return {declared.name: declared for declared in self.fields}

    def field(self, name: str) -> Field | None:
        return self.by_name.get(name)

    @cached_property
    def required(self) -> tuple[str, ...]:
        return tuple(declared.name for declared in self.fields if declared.required)

    @cached_property
    def volatile(self) -> frozenset[str]:
        return frozenset(declared.name for declared in self.fields if declared.volatile)

    @cached_property
    def named(self) -> bool:
        return "name" in self.by_name

    @property
    def ordered(self) -> bool:
        """Whether the place of a row matters, so that it can be given when it is added."""
        return "move" in self.commands


COMMENT = Field("comment", hidden=("",))
DISABLED = Field("disabled", Flag(), "false")


def zeros(*names: str, value: str = "0") -> tuple[State, ...]:
    """Counters, or switches that nothing turns: the same value for each name."""
    return tuple(State(name, value) for name in names)


def dynamic(router: Router, row: Row) -> str:
    return "true" if row.dynamic else "false"


DYNAMIC = State("dynamic", dynamic)
