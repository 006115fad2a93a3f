"""Parked messages: what was given up, kept with payload and reason until people retry or drop it.

They come from three places: an event that its handler could not take, a request over RPC that
could not be read, and a job that failed for a reason nobody foresaw.
"""

from __future__ import annotations

from typing import Any, Literal
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import RowMapping, delete, insert, select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import NotFound, Permanent, Refusal, Transient
from chassis.identifiers import new_id
from chassis.outbox import waking
from chassis.storage import Page, after_commit, paginate
from chassis.storage.dialect import upsert
from chassis.storage.tables import inbox, jobs, outbox, parked

Origin = Literal["event", "rpc", "job"]
LONGEST_ERROR = 2000


def told(error: Exception) -> str:
    """An error as a parked row and a job's row tell it."""
    if isinstance(error, (Refusal, Transient, Permanent)):
        text = f"{error.code} {error.params}" if error.params else error.code
    else:
        text = f"{type(error).__name__}: {error}"
    # A text column holds no NUL and no half of a character, and the error may quote what was sent.
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()[:LONGEST_ERROR]


def identify(queue: str, body: bytes) -> UUID:
    """The same message parked twice is one row."""
    return uuid5(NAMESPACE_OID, f"{queue} {body.hex()}")


def park(
    session: Session,
    *,
    origin: Origin,
    queue: str,
    body: bytes,
    headers: dict[str, Any],
    error: str,
    attempts: int = 1,
    id: UUID | None = None,
    message_id: str | None = None,
    company_id: UUID | None = None,
) -> None:
    """`queue` is where a retry puts it; headers that JSON cannot hold are left out."""
    row = {
        "id": id or identify(queue, body),
        "origin": origin,
        "queue": queue,
        "message_id": message_id,
        "company_id": company_id,
        "body": body,
        "headers": {name: value for name, value in headers.items() if isinstance(value, (str, int))},
        "error": error,
        "attempts": attempts,
        "parked_at": clock.now(),
        "state": "parked",
    }
    again = {name: row[name] for name in ("error", "attempts", "parked_at", "state")}
    upsert(session, parked, row, key=["id"], change=again)


def list_parked(session: Session, *, after: str | None = None, limit: int = 25) -> Page:
    """The newest first, without their bodies."""
    columns = [column for column in parked.c if column.name not in ("body", "headers")]
    order = [(parked.c.parked_at, "desc"), (parked.c.id, "desc")]
    return paginate(session, select(*columns), order=order, after=after, limit=limit)


def show(session: Session, id: UUID) -> RowMapping:
    """All of one; raises `NotFound("parked-message-not-found")`."""
    row = session.connection().execute(select(parked).where(parked.c.id == id)).mappings().one_or_none()
    if row is None:
        raise NotFound("parked-message-not-found")
    return row


def retry(session: Session, id: UUID) -> None:
    """Puts it back where it came from, with all its attempts before it; raises `NotFound`."""
    row = show(session, id)
    if row["origin"] == "job":
        _retry_job(session, id)
    else:
        _republish(session, row)
    drop(session, id)


def drop(session: Session, id: UUID) -> None:
    """Forgets it; raises `NotFound`."""
    if session.connection().execute(delete(parked).where(parked.c.id == id)).rowcount == 0:
        raise NotFound("parked-message-not-found")


def _retry_job(session: Session, id: UUID) -> None:
    again = update(jobs).values(state="waiting", attempt=0, next_attempt_at=clock.now(), last_error=None)
    session.connection().execute(again.where(jobs.c.id == id, jobs.c.state == "failed"))


def _republish(session: Session, row: RowMapping) -> None:
    connection = session.connection()
    if row["message_id"] is not None and row["origin"] == "event":
        forget_failures(session, row["queue"], UUID(row["message_id"]))
    # Its own attempts count from one again; other headers belong to the message.
    headers = {name: value for name, value in row["headers"].items() if not name.startswith("x-alta-")}
    values = {"id": new_id(), "exchange": "", "routing_key": row["queue"], "headers": headers, "body": row["body"]}
    connection.execute(insert(outbox), [values])
    after_commit(session, waking.wake_relay)


def failure_mark(queue: str, attempt: int) -> str:
    """The inbox's consumer name that says: this attempt failed, and what follows from that was committed."""
    return f"{queue} failed {attempt}"


def forget_failures(session: Session, queue: str, event_id: UUID) -> None:
    marks = inbox.c.consumer.startswith(f"{queue} failed ", autoescape=True)
    session.connection().execute(delete(inbox).where(inbox.c.event_id == event_id, marks))
