"""INS-11: installations and clients from files."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from chassis.storage.tables import audit, event_log
from services.installations.model import Installation
from tests.installations.importing import HEADINGS, Office, a_row, as_csv
from tests.samples import COMPANY


@pytest.fixture
def office(database, scene, tmp_path):
    office = Office(database, scene, tmp_path)
    yield office
    office.reader.close()


def installations(office) -> list[Installation]:
    with office.database.read(COMPANY) as session:
        return list(session.scalars(select(Installation).order_by(Installation.number)))


def told(office) -> list[tuple[str, str]]:
    with office.database.read(COMPANY) as session:
        rows = session.connection().execute(select(event_log.c.type, event_log.c.body).order_by(event_log.c.id)).all()
    return [(row.type, row.body) for row in rows if row.type.startswith("Installation")]


def test_ins_11_a_file_becomes_installations_numbered_and_told_as_by_hand(office):
    found = office.map(office.begin(as_csv([HEADINGS, *(a_row(n) for n in range(1, 251))])))
    imported = office.get(found)
    assert (imported.state, imported.good, imported.bad, imported.unknown) == ("checked", 250, 0, [])
    assert installations(office) == []
    office.run(found)
    made = installations(office)
    assert [each.number for each in made] == list(range(1, 251))
    first = made[0]
    assert (first.first_name, first.last_name, first.phone) == ("José", "López 1", "777 123 4567")
    assert first.address == "Av. Hidalgo 12\nInterior 3"
    assert (first.installation_cost_minor, first.mac_address) == (150_050, "64:D1:54:0A:00:01")
    assert first.scheduled_at.isoformat() == "2026-11-24T16:30:00+00:00"
    assert (first.former_number, str(first.latitude)) == ("1001", "18.985000")
    assert [type for type, _body in told(office)] == ["InstallationScheduled"] * 250
    assert all('"quiet":true' in body for _type, body in told(office))
    imported = office.get(found)
    assert (imported.state, imported.made, imported.good) == ("imported", 250, 0)
    with office.database.read(COMPANY) as session:
        entries = session.connection().execute(select(audit).where(audit.c.method == "installations.run_import")).all()
    assert {entry.subject for entry in entries} == {str(each.id) for each in made}
    assert {entry.actor_name for entry in entries} == {"Elena"}
