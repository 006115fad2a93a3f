from __future__ import annotations

from pathlib import Path

import services.provisioning
from chassis.storage import Database
from chassis.storage.migrations import differences, migrate
from services.provisioning.model import Base


def test_the_migrations_make_what_the_models_say(database_url: str) -> None:
    database = Database(database_url)
    migrate(database, Path(services.provisioning.__file__).parent / "migrations")
    with database.engine.connect() as connection:
        assert differences(connection, Base.metadata) == []
    database.close()
