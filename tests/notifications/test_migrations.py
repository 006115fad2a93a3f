from __future__ import annotations

from chassis.storage.migrations import differences
from services.notifications.model import Base


def test_the_migrated_schema_is_what_the_models_say(database):
    with database.engine.connect() as connection:
        assert differences(connection, Base.metadata) == []
