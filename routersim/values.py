"""What a parameter may be, and how the router writes it back.

Every kind turns what was typed into what is stored (`accept`) and what is stored into what is
printed (`show`). The texts of refusal are the router's own; their sources are in README.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Protocol


class Trap(Exception):
    """The router refuses a command. `category` as in the manual's table of error categories, or none."""

    def __init__(self, message: str, category: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.category = category


class Directory(Protocol):
    """What a reference asks the menu that it points to."""

    def name_of(self, row_id: str) -> str | None: ...

    def matching(self, text: str) -> list[str]:
        """The ids of the rows that `text` may mean."""


Names = Callable[[str], Directory]
"""Gives a menu by its path, for references."""


def unmatched(argument: str) -> Trap:
    return Trap(f"input does not match any value of {argument}", 1)


def invalid(argument: str) -> Trap:
    return Trap(f"invalid value for argument {argument}", 1)


def out_of_range(argument: str, low: int, high: int) -> Trap:
    return Trap(f"value of {argument} out of range ({low}..{high})", 1)


class Kind:
    """Free text; the others refine it."""

    def accept(self, text: str, argument: str, names: Names) -> str:
        return text

    def show(self, stored: str, names: Names) -> str:
        return stored


@dataclass(frozen=True)
class Text(Kind):
    pass


@dataclass(frozen=True)
class Flag(Kind):
    def accept(self, text: str, argument: str, names: Names) -> str:
        if text in ("yes", "true"):
            return "true"
        if text in ("no", "false"):
            return "false"
        raise unmatched(argument)


@dataclass(frozen=True)
class Choice(Kind):
    values: tuple[str, ...]

    def accept(self, text: str, argument: str, names: Names) -> str:
        if text not in self.values:
            raise unmatched(argument)
        return text


@dataclass(frozen=True)
class Choices(Kind):
    """Comma-joined words of a closed set."""

    values: tuple[str, ...]

    def accept(self, text: str, argument: str, names: Names) -> str:
        if not set(text.split(",")) <= set(self.values):
            raise unmatched(argument)
        return text


@dataclass(frozen=True)
class Policies(Kind):
    """What a group may do. The router prints every policy, those that are not granted with an exclamation mark."""

    values: tuple[str, ...]

    def accept(self, text: str, argument: str, names: Names) -> str:
        said = [word for word in text.split(",") if word]
        if not {word.removeprefix("!") for word in said} <= set(self.values):
            raise unmatched(argument)
        return ",".join(value if value in said else f"!{value}" for value in self.values)


@dataclass(frozen=True)
class Negatable(Kind):
    """A value that a rule matches or, after an exclamation mark, does not."""

    each: Kind

    def accept(self, text: str, argument: str, names: Names) -> str:
        mark = "!" if text.startswith("!") else ""
        return mark + self.each.accept(text.removeprefix("!"), argument, names)

    def show(self, stored: str, names: Names) -> str:
        mark = "!" if stored.startswith("!") else ""
        return mark + self.each.show(stored.removeprefix("!"), names)


@dataclass(frozen=True)
class Pattern(Kind):
    """Text of a certain form, kept as it was typed."""

    form: str

    def accept(self, text: str, argument: str, names: Names) -> str:
        if re.fullmatch(self.form, text) is None:
            raise invalid(argument)
        return text


PORTS = Pattern(r"\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?){0,14}")


@dataclass(frozen=True)
class Mac(Kind):
    """A hardware address: typed in any case with colons, dashes or dots; written in capitals with colons."""

    def accept(self, text: str, argument: str, names: Names) -> str:
        if re.fullmatch(r"[0-9A-Fa-f]{2}([:.-])[0-9A-Fa-f]{2}(\1[0-9A-Fa-f]{2}){4}", text) is None:
            raise Trap(f"invalid value of {argument}, mac address required", 1)
        return re.sub(r"[.-]", ":", text).upper()


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number within limits; `suffixes` allows 10M and 512k."""

    low: int = 0
    high: int = 2**64 - 1
    suffixes: bool = False
    also: tuple[str, ...] = ()
    # Written behind the number when it is read back.
    unit: str = ""

    _MULTIPLES = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}

    def accept(self, text: str, argument: str, names: Names) -> str:
        if text in self.also:
            return text
        found = re.fullmatch(r"(-?\d+)([kMG]?)", text.removesuffix(self.unit))
        if found is None or (found[2] and not self.suffixes):
            raise invalid(argument)
        number = int(found[1]) * self._MULTIPLES[found[2]]
        if not self.low <= number <= self.high:
            raise out_of_range(argument, self.low, self.high)
        return f"{number}{self.unit}"


@dataclass(frozen=True)
class Fraction(Kind):
    """A decimal number within limits, such as a bucket size."""

    high: int

    def accept(self, text: str, argument: str, names: Names) -> str:
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise invalid(argument) from None
        if not 0 <= number <= self.high:
            raise out_of_range(argument, 0, self.high)
        return f"{number.normalize():f}"


@dataclass(frozen=True)
class Pair(Kind):
    """Two values as upload/download."""

    each: Kind

    def accept(self, text: str, argument: str, names: Names) -> str:
        upload, slash, download = text.partition("/")
        if not slash:
            raise Trap(f"expected value of download-{argument}", 1)
        return "/".join(self.each.accept(half, argument, names) for half in (upload, download))

    def show(self, stored: str, names: Names) -> str:
        upload, _, download = stored.partition("/")
        return f"{self.each.show(upload, names)}/{self.each.show(download, names)}"


@dataclass(frozen=True)
class Reference(Kind):
    """A row of another menu by name. Stored by id, so that it follows a renaming and dangles after a removal."""

    menu: str
    also: tuple[str, ...] = ()

    def accept(self, text: str, argument: str, names: Names) -> str:
        if text in self.also:
            return text
        matches = names(self.menu).matching(text)
        if not matches:
            raise unmatched(argument)
        if len(matches) > 1:
            raise Trap(f"ambiguous value of {argument}, more than one possible value matches input", 1)
        return matches[0]

    def show(self, stored: str, names: Names) -> str:
        if stored in self.also:
            return stored
        name = names(self.menu).name_of(stored)
        return stored if name is None else name
