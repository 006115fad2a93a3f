from __future__ import annotations

import pytest
from sqlalchemy import select, text

from chassis.identifiers import new_id
from chassis.storage import Database
from chassis.storage.migrations import differences, migrate
from services.installations.model import Base, InstallationWord, Zone
from services.installations.model.finding import LINES
from tests.installations.conftest import MIGRATIONS
from tests.samples import COMPANY


def test_the_migrated_schema_is_what_the_models_say(database):
    with database.engine.connect() as connection:
        assert differences(connection, Base.metadata) == []


@pytest.mark.parametrize("make_tables", [None])
def test_zones_that_were_there_get_the_names_that_lists_are_ordered_by(database_url, make_tables):
    database = Database(database_url)
    migrate(database, MIGRATIONS, "0016")
    ids = {"company": str(COMPANY), "id": str(new_id()), "router": str(new_id())}
    if database.is_sqlite:
        ids = {name: value.replace("-", "") for name, value in ids.items()}
    with database.engine.begin() as connection:
        zone = "INSERT INTO zones (company_id, id, name, router_id) VALUES (:company, :id, 'Ángeles Sur', :router)"
        connection.execute(text(zone), ids)
    migrate(database, MIGRATIONS)
    with database.read(COMPANY) as session:
        assert session.scalars(select(Zone.name_key)).all() == ["angeles sur"]
    database.close()


def test_a_migration_writes_the_lines_of_words_that_the_database_keeps_up(database, scene):
    with database.begin(COMPANY) as session:
        for first_name in ("Zoé", "Íñigo de la O", "Ana"):
            scene.schedule(session, first_name=first_name)
    kept = _lines(database)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM installation_words")
        connection.exec_driver_sql(LINES.of_all_rows(connection.dialect.name))
    assert len(kept) > 30
    assert _lines(database) == kept


def _lines(database):
    columns = [getattr(InstallationWord, column.name) for column in InstallationWord.__table__.columns]
    with database.read(COMPANY) as session:
        return {tuple(row) for row in session.execute(select(*columns))}
