"""Rows per second through the run of an import, over a raw INSERT of the same rows in pieces of the same size.

The run: what was kept sealed is opened, checked once more by all rules of the form, numbered, written, told and
audited, a transaction of a hundred rows each, on PostgreSQL with fsync.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

import services.installations
from bench.figures import Figure, Lost, spread
from bench.room import Room
from chassis.secrets import Keyring
from chassis.storage import Database
from chassis.storage.migrations import migrate
from services.installations.imports import running
from services.installations.model import Import, ImportRow, Installation
from tests.installations.builders import Scene, set_the_scene
from tests.installations.importing import HEADINGS, Office, a_row, as_csv
from tests.samples import COMPANY

ROWS, ROUNDS = 4_000, 3
MIGRATIONS = Path(services.installations.__file__).parent / "migrations"


def measure(room: Room) -> list[Figure]:
    values, limits = zip(*(_round(room) for _ in range(ROUNDS)), strict=True)
    value, limit = statistics.median(values), statistics.median(limits)
    detail = {"values": spread(values), "limits": spread(limits), "rows": ROWS}
    ratio = statistics.median(mine / raw for mine, raw in zip(values, limits, strict=True))
    return [Figure(name="import", value=value, limit=limit, ratio=ratio, unit="rows/s", at_least=0.2, detail=detail)]


def _round(room: Room) -> tuple[float, float]:
    """Through the run, and raw: on the same table with the same indexes and triggers, one after the other."""
    with room.databases.database() as url, tempfile.TemporaryDirectory() as directory:
        database = Database(url)
        try:
            migrate(database, MIGRATIONS)
            office = _office(database, Path(directory))
            try:
                return _run(office), _raw(database)
            finally:
                office.reader.close()
        finally:
            database.close()


def _office(database: Database, directory: Path) -> Office:
    keyring = Keyring.create(directory / "installations.key")
    with database.begin(COMPANY) as session:
        scene: Scene = set_the_scene(session, keyring)
    return Office(database, scene, directory)


def _run(office: Office) -> float:
    found = office.map(office.begin(as_csv([HEADINGS, *(a_row(number) for number in range(ROWS))])))
    if office.get(found).good != ROWS:
        raise Lost(f"{office.get(found).good} of {ROWS} rows are good")
    started = time.perf_counter()
    office.run(found)
    seconds = time.perf_counter() - started
    if office.get(found).made != ROWS:
        raise Lost(f"{office.get(found).made} of {ROWS} rows were made")
    return ROWS / seconds


def _raw(database: Database) -> float:
    with database.begin(COMPANY) as session:
        rows = _taken_out(session)
    started = time.perf_counter()
    for first in range(0, ROWS, running.AT_ONCE):
        with database.begin(COMPANY) as session:
            session.execute(insert(Installation), rows[first : first + running.AT_ONCE])
    seconds = time.perf_counter() - started
    with database.read(COMPANY) as session:
        if session.scalar(select(func.count()).select_from(Installation)) != ROWS:
            raise Lost("rows were lost")
    return ROWS / seconds


def _taken_out(session: Session) -> list[dict[str, Any]]:
    columns = [column.key for column in Installation.__mapper__.column_attrs]
    made = session.scalars(select(Installation).order_by(Installation.number)).all()
    rows = [{name: getattr(each, name) for name in columns} for each in made]
    session.execute(update(ImportRow).values(installation_id=None))
    session.execute(update(Import).values(made=0))
    session.execute(delete(Installation))
    return rows
