"""The tables that every service's database has besides its own: messages, jobs, leases, answers, counters.

They are plain tables, not ORM classes: the chassis writes them in bulk, and the same statements
serve every database, whichever service owns it.
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    event,
    text,
)
from sqlalchemy.orm import DeclarativeBase

from chassis.storage.columns import UtcDateTime

# Constraints need names for a later migration to take them away on both databases.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMES)

# Every event this service told; kept for 90 days, replay reads it.
event_log = Table(
    "event_log",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("type", String(120), nullable=False),
    Column("company_id", Uuid, nullable=False),
    Column("subject", String(200), nullable=False),
    Column("entity_version", Integer, nullable=False),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("body", Text, nullable=False),
)

# What is to be published. All but `id` null: the event of that id, to this service's exchange.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("exchange", String(200)),
    Column("routing_key", String(255)),
    Column("headers", JSON),
    Column("body", LargeBinary),
)

# Which consumer's queue has handled which event.
inbox = Table(
    "inbox",
    metadata,
    Column("consumer", String(200), primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("handled_at", UtcDateTime, nullable=False),
)

# Messages that came back: counted before they are tried, because the try may kill the process.
suspects = Table(
    "suspects",
    metadata,
    Column("consumer", String(200), primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("tries", Integer, nullable=False),
)

# What was given up, with what is needed to try it again.
parked = Table(
    "parked",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("origin", String(10), nullable=False),
    Column("queue", String(200), nullable=False),
    Column("message_id", String(200)),
    Column("company_id", Uuid),
    Column("body", LargeBinary, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("error", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("parked_at", UtcDateTime, nullable=False),
    Column("state", String(10), nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("company_id", Uuid, nullable=False),
    Column("kind", String(120), nullable=False),
    Column("key", String(200), nullable=False),
    Column("lane", String(200)),
    Column("payload", JSON, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("next_attempt_at", UtcDateTime, nullable=False),
    Column("claimed_by", String(200)),
    Column("claimed_until", UtcDateTime),
    Column("correlation_id", String(200)),
    Column("causation_id", String(200)),
    Column("last_error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Index("uq_jobs_company_id_kind_key", "company_id", "kind", "key", unique=True),
    Index("ix_jobs_state_next_attempt_at", "state", "next_attempt_at"),
)
# The lane's promise is held by the database, not by the runners' good manners.
Index(
    "uq_jobs_running_lane",
    jobs.c.lane,
    unique=True,
    sqlite_where=text("state = 'running'"),
    postgresql_where=text("state = 'running'"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("holder", String(200), nullable=False),
    Column("held_until", UtcDateTime, nullable=False),
)

# The answer that a command gave, so that asking again gives the same one.
idempotency = Table(
    "idempotency",
    metadata,
    Column("company_id", Uuid, primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("method", String(120), nullable=False),
    Column("request_hash", String(64), nullable=False),
    Column("response", JSON),
    Column("created_at", UtcDateTime, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("company_id", Uuid, primary_key=True),
    Column("name", String(120), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

# Who changed what; see `chassis.auditing`.
audit = Table(
    "audit",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("company_id", Uuid, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor_kind", String(10), nullable=False),
    Column("actor_id", String(64)),
    Column("actor_name", String(200)),
    Column("actor_role", String(20)),
    Column("ip", String(45)),
    Column("method", String(120), nullable=False),
    Column("subject", String(80)),
    Column("changes", JSON, nullable=False),
    Column("words", Text, nullable=False),
    Column("correlation_id", String(200)),
    Index("ix_audit_company_id_at", "company_id", "at", "id"),
    Index("ix_audit_company_id_actor_id", "company_id", "actor_id", "at", "id"),
    Index("ix_audit_company_id_subject", "company_id", "subject", "at", "id"),
)
_ONLY_ADDED_TO = {
    "sqlite": [
        f"CREATE TRIGGER audit_no_{change} BEFORE {change} ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit is only ever added to'); END"
        for change in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        (
            "CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit is only ever added to'; END $$"
        ),
        (
            "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit "
            "FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()"
        ),
    ],
}


def _hold_additive(table: Table) -> None:
    """The rule is the database's, not only the program's."""
    for dialect, statements in _ONLY_ADDED_TO.items():
        for statement in statements:
            event.listen(table, "after_create", DDL(statement).execute_if(dialect=dialect))


_hold_additive(audit)


def make_base(service: str) -> type[DeclarativeBase]:
    """The declarative base of one service's models; its metadata has the chassis's tables too."""
    own = MetaData(naming_convention=NAMES, info={"service": service})
    for table in metadata.sorted_tables:
        table.to_metadata(own)
    _hold_additive(own.tables["audit"])

    class Base(DeclarativeBase):
        metadata = own

    return Base
