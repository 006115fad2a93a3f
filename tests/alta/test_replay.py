"""What was told can be told again, to one queue, from any moment on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, select

from alta.events import BATCH, tell_again
from chassis.identifiers import new_id
from chassis.storage import Database
from chassis.storage.tables import event_log, metadata, outbox

FIRST = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    metadata.create_all(database.engine)
    yield database
    database.close()


def told(database: Database, count: int, *, type: str = "InvoiceIssued") -> None:
    """`count` events, a minute apart, the first at `FIRST`."""
    rows = [
        {
            "id": new_id(),
            "type": type,
            "company_id": uuid4(),
            "subject": str(number),
            "entity_version": 1,
            "occurred_at": FIRST + timedelta(minutes=number),
            "body": json.dumps({"number": number}),
        }
        for number in range(count)
    ]
    with database.begin_unscoped() as session:
        session.execute(insert(event_log), rows)


def on_their_way(database: Database) -> list[int]:
    with database.read_unscoped() as session:
        rows = session.execute(select(outbox).order_by(outbox.c.id)).all()
    assert {(row.exchange, row.routing_key) for row in rows} <= {("", "integration.accounting")}
    return [json.loads(row.body)["number"] for row in rows]


def test_the_period_is_from_and_up_to(database: Database) -> None:
    told(database, 6)
    since, until = FIRST + timedelta(minutes=2), FIRST + timedelta(minutes=4)
    assert tell_again(database, queue="integration.accounting", since=since, until=until) == 2
    assert on_their_way(database) == [2, 3]


def test_more_than_a_batch_comes_whole_and_in_order(database: Database) -> None:
    told(database, BATCH * 2 + 1)
    assert tell_again(database, queue="integration.accounting", since=FIRST) == BATCH * 2 + 1
    assert on_their_way(database) == list(range(BATCH * 2 + 1))


def test_one_type_alone(database: Database) -> None:
    told(database, 2)
    told(database, 3, type="PaymentRegistered")
    assert tell_again(database, queue="integration.accounting", since=FIRST, type="PaymentRegistered") == 3


def test_nothing_in_the_period_is_nothing(database: Database) -> None:
    assert tell_again(database, queue="integration.accounting", since=FIRST) == 0
    assert on_their_way(database) == []
