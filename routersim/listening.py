"""`listen`: what changes in a menu, as it happens.

Source: MikroTik manual, "API", section "Command word"; the order of words and `.dead` as recorded by public client
projects. What a router works out by itself, such as ages and counters, is no change.
"""

from __future__ import annotations

from collections.abc import Set
from typing import TYPE_CHECKING

from routersim.queries import passes
from routersim.replies import Sentences, row_sentence
from routersim.rows import Row

if TYPE_CHECKING:
    from routersim.table import Table

LOOK_AGAIN = 0.2
"""Seconds after which rows are looked for that went by themselves: nobody tells when an entry's time is over."""

_Seen = tuple[dict[str, str], bool]


class Listening:
    """A menu as one client saw it last."""

    def __init__(self, table: Table, *, query: tuple[str, ...], wanted: str | None, sensitive: bool, dead: str) -> None:
        self._table = table
        self._query = query
        self._wanted = wanted
        self._sensitive = sensitive
        self._dead = dead
        self._seen = self._look()

    def changes(self) -> Sentences:
        """The rows that are new or other than last time, and the ids of those that are gone."""
        before, now = self._seen, self._look()
        self._seen = now
        gone = [["!re", f"=.id={row_id}", f"=.dead={self._dead}"] for row_id in before if row_id not in now]
        return gone + self._shown({row_id for row_id, state in now.items() if _differs(before.get(row_id), state)})

    def _look(self) -> dict[str, _Seen]:
        # Another set of values is another dictionary: keeping it is enough to know it again.
        return {row.id: (row.values, row.dynamic) for row in self._table.rows}

    def _shown(self, changed: Set[str]) -> Sentences:
        printed = (self._print(row) for row in self._table.rows if row.id in changed)
        return [row_sentence(row, self._wanted) for row in printed if passes(self._query, row)]

    def _print(self, row: Row) -> dict[str, str]:
        return self._table.printed(row, sensitive=self._sensitive)


def _differs(before: _Seen | None, now: _Seen) -> bool:
    if before is None or before[1] != now[1]:
        return True
    return before[0] is not now[0] and before[0] != now[0]
