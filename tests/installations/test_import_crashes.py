"""INS-11: whoever is killed in the middle of a run or an undo, everything is done once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from chassis.storage.tables import event_log
from services.installations.imports import steering
from services.installations.model import Import, Installation
from tests.chassis.running import eventually, process
from tests.installations.builders import NOON
from tests.installations.importing import HEADINGS, Office, a_row, as_csv
from tests.samples import COMPANY


@pytest.fixture
def office(database, scene, tmp_path):
    office = Office(database, scene, tmp_path)
    yield office
    office.reader.close()


def killed_and_begun_again(office, environment, crash, kind) -> None:
    (crash / "armed" / f"{kind}.piece").touch()
    with process("tests.installations.import_process", **environment) as first:
        assert first.wait(60) == 137
    assert (crash / "fired" / f"{kind}.piece").exists()
    with process("tests.installations.import_process", **environment):
        eventually(lambda: state_of(office) in ("imported", "undone"), seconds=60)


def state_of(office) -> str:
    with office.database.read(COMPANY) as session:
        return session.scalars(select(Import)).one().state


def test_ins_11_a_process_that_is_killed_in_the_middle_makes_and_takes_back_everything_once(
    office, database_url, tmp_path
):
    crash = tmp_path / "crash"
    (crash / "armed").mkdir(parents=True)
    environment = {
        "ALTA_DATABASE_URL": database_url,
        "ALTA_AMQP_URI": "amqp://nobody:nobody@127.0.0.1:1/none",
        "ALTA_KEYRING": str(tmp_path / "installations.key"),
        "ALTA_FILES_URL": f"file://{tmp_path}/files",
        "ALTA_CRASH_DIR": str(crash),
    }
    found = office.map(office.begin(as_csv([HEADINGS, *(a_row(n) for n in range(1, 251))])))
    with office.database.begin(COMPANY) as session:
        steering.run(session, import_id=found, at=NOON)
    killed_and_begun_again(office, environment, crash, steering.RUN)
    with office.database.read(COMPANY) as session:
        made = session.scalars(select(Installation.number).order_by(Installation.number)).all()
        scheduled = select(event_log.c.subject).where(event_log.c.type == "InstallationScheduled")
        told = session.connection().execute(scheduled).scalars().all()
    assert made == list(range(1, 251))
    assert len(told) == len(set(told)) == 250
    with office.database.begin(COMPANY) as session:
        steering.undo(session, import_id=found)
    killed_and_begun_again(office, environment, crash, steering.UNDO)
    imported = office.get(found)
    assert (imported.taken_back, imported.kept, imported.made) == (250, 0, 0)
    with office.database.read(COMPANY) as session:
        cancelled = select(event_log.c.subject).where(event_log.c.type == "InstallationCancelled")
        subjects = session.connection().execute(cancelled).scalars().all()
    assert len(subjects) == len(set(subjects)) == 250
