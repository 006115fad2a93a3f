"""Databases whose tables were made once, copied for each test: making them takes longer than most tests do."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from chassis.storage import Database
from tests.rooms import Databases

# Makes a service's tables in an empty database. The same function is the same tables, for the whole run.
MakeTables = Callable[[Database], None]


@dataclass
class SqliteTemplates:
    directory: Path
    _made: dict[MakeTables, Path] = field(default_factory=dict)

    def copy_to(self, path: Path, make: MakeTables) -> None:
        if make not in self._made:
            template = self.directory / f"{len(self._made)}.sqlite3"
            _fill(f"sqlite:///{template}", make)
            self._made[make] = template
        shutil.copyfile(self._made[make], path)


@dataclass
class PostgresqlTemplates:
    """They are on the server until `close`."""

    server: Databases
    _made: dict[MakeTables, str] = field(default_factory=dict)
    _kept: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    @contextlib.contextmanager
    def copied(self, make: MakeTables) -> Iterator[str]:
        """The address of a database that is dropped when the block ends."""
        if make not in self._made:
            url = self._kept.enter_context(self.server.database())
            _fill(url, make)
            self._made[make] = url.rpartition("/")[2]
        with self.server.database(template=self._made[make]) as url:
            yield url

    def close(self) -> None:
        self._kept.close()


def _fill(url: str, make: MakeTables) -> None:
    with contextlib.closing(Database(url)) as database:
        make(database)
