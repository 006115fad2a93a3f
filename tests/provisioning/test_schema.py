from __future__ import annotations

from chassis.storage import Database
from chassis.storage.migrations import differences
from services.provisioning.model import Base


def test_the_migrations_make_what_the_models_say(database: Database) -> None:
    with database.engine.connect() as connection:
        assert differences(connection, Base.metadata) == []
