"""Rows of a router's menu, to be found by what they may be looked up by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from services.provisioning import plan
from services.provisioning.plan import Row, Wanted


@dataclass
class ReadMenu:
    """A menu's rows, to be found by the marker or by what only one row may have."""

    rows: Sequence[Row]
    _found_by: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))

    def index(self, properties: Iterable[str]) -> None:
        for name in properties:
            for row in self.rows:
                if name in row:
                    self._found_by[name, plan.normalised(name, row[name])].append(row)

    def candidates(self, wanted: Wanted) -> list[Row]:
        """What could be the wanted row, or be in its way; each once."""
        keys = (
            (name, plan.normalised(name, value)) for name, values in wanted.looked_up_by.items() for value in values
        )
        found = {row[".id"]: row for key in keys for row in self._found_by.get(key, ())}
        return list(found.values())
