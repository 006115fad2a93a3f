"""Who changed what, when and from where: a row for every command, in the transaction that it speaks of.

What a command changed is read off the session, column by column, so that no use case has to remember it.
Only ever added to: the database itself refuses to change or take away a row.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import JSON, String, event, insert, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.calls import Actor
from chassis.correlation import present
from chassis.identifiers import new_id
from chassis.storage.paging import Page, cursor_of, paginate
from chassis.storage.scope import CompanyOwned, current_company
from chassis.storage.searching import matches, searchable
from chassis.storage.tables import audit

LONGEST_VALUE = 200
MOST_ROWS = 50  # of what one command changed
LONGEST_LINE = 2_000
# Columns that only the program reads: they follow from others, or say when a row was touched.
_MECHANICS = frozenset({"id", "company_id", "version", "search_text"})
_SECRET = ("sealed_", "token", "password", "secret")
DERIVED = "derived"
"""A column whose `info` has this follows from others, too."""
ADDED, CHANGED, REMOVED = "added", "changed", "removed"


@dataclasses.dataclass(slots=True)
class _Row:
    table: str
    id: str
    how: str
    subject: str
    fields: dict[str, list[Any]] = dataclasses.field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        return {"table": self.table, "id": self.id, "how": self.how, "fields": self.fields}


Entry = tuple[str | None, list[dict[str, Any]]]
"""What was changed, and what people would look it up by."""


class Recording:
    """Notes what the session changes from here on."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows: dict[tuple[str, str], _Row] = {}
        event.listen(session, "after_flush", self._note)

    def write(self, *, actor: Actor, method: str, at: datetime, correlation_id: str | None) -> None:
        """Adds the row to the audit, or of many that were changed alike one for each; none when nothing was changed."""
        self._session.flush()
        rows = [row for row in self._rows.values() if row.fields or row.how != CHANGED]
        if rows:
            note_all(
                self._session, actor=actor, method=method, at=at, entries=self._entries(rows),
                correlation_id=correlation_id,
            )  # fmt: skip

    def end(self) -> None:
        """What the session changes after this is somebody else's."""
        event.remove(self._session, "after_flush", self._note)

    def _entries(self, rows: list[_Row]) -> list[Entry]:
        """What was changed beside the many is told with the first of them."""
        first = next(iter(self._rows.values()))
        alike = {row.subject for row in rows if row.table == first.table} | {first.subject}
        by_subject: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            by_subject.setdefault(row.subject if row.subject in alike else first.subject, []).append(row.told())
        return [(subject, changes[:MOST_ROWS]) for subject, changes in by_subject.items()]

    def _note(self, session: Session, _context: Any) -> None:
        for how, rows in ((ADDED, session.new), (CHANGED, session.dirty), (REMOVED, session.deleted)):
            for row in rows:
                if isinstance(row, CompanyOwned):
                    self._note_row(row, how)

    def _note_row(self, row: Any, how: str) -> None:
        state = inspect(row)
        table = state.mapper.local_table.name
        identity = ",".join(str(getattr(row, column.key)) for column in state.mapper.primary_key)
        known = self._rows.setdefault((table, identity), _Row(table, identity, how, _subject(row, identity)))
        for attribute in state.mapper.column_attrs:
            history = state.attrs[attribute.key].history
            derived = attribute.key in _MECHANICS or attribute.columns[0].info.get(DERIVED)
            if derived or not history.has_changes():
                continue
            before, after = _only(history.deleted), _only(history.added)
            if before == after:
                continue
            first = known.fields.get(attribute.key, [_shown(attribute.key, before)])[0]
            known.fields[attribute.key] = [first, _shown(attribute.key, after)]


class OnBehalf:
    """Of work that goes on after the command that asked for it: who did, so that what it changes is theirs."""

    asked_by: Mapped[str] = mapped_column(String(200))
    # None of work that was begun before this was kept.
    asked_as: Mapped[dict[str, Any] | None] = mapped_column(JSON, info={DERIVED: True})

    def ask_for(self, actor: Actor) -> None:
        self.asked_by, self.asked_as = actor.name or "", dataclasses.asdict(actor)

    @property
    def actor(self) -> Actor:
        return Actor(**self.asked_as) if self.asked_as else Actor("staff", name=self.asked_by)


@contextlib.contextmanager
def one_of_many(session: Session, work: OnBehalf, *, method: str, at: datetime) -> Iterator[None]:
    """What is changed inside is written down as if whoever asked for the work had done this one alone."""
    recording = Recording(session)
    try:
        yield
        recording.write(actor=work.actor, method=method, at=at, correlation_id=present()[0])
    finally:
        recording.end()


def note_many(
    session: Session, work: OnBehalf, *, method: str, at: datetime, table: str, changed: Mapping[str, Mapping[str, Any]]
) -> None:
    """The same for rows that are not written one by one: by subject, the columns with what they were and are."""
    entries: list[Entry] = [
        (subject, [{"table": table, "id": subject, "how": CHANGED, "fields": dict(fields)}])
        for subject, fields in changed.items()
    ]
    note_all(session, actor=work.actor, method=method, at=at, entries=entries, correlation_id=present()[0])


def note(
    session: Session,
    *,
    actor: Actor,
    method: str,
    at: datetime,
    subject: str | None,
    changes: list[dict[str, Any]],
    correlation_id: str | None,
) -> None:
    """Adds one row; nothing secret belongs into `changes`. `session` serves the company."""
    entries = [(subject, changes)]
    note_all(session, actor=actor, method=method, at=at, entries=entries, correlation_id=correlation_id)


def note_all(
    session: Session,
    *,
    actor: Actor,
    method: str,
    at: datetime,
    entries: Sequence[Entry],
    correlation_id: str | None,
) -> None:
    """The same for each subject and its changes."""
    rows = [
        {
            "id": new_id(),
            "company_id": current_company(session),
            "at": at,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "actor_name": actor.name,
            "actor_role": actor.role,
            "ip": actor.ip,
            "method": method,
            "subject": subject,
            "changes": changes,
            "words": searchable(actor.name, method, subject, *_words(changes))[:LONGEST_LINE],
            "correlation_id": correlation_id,
        }
        for subject, changes in entries
    ]
    if rows:
        session.connection().execute(insert(audit), rows)


def find(
    session: Session,
    *,
    person: str | None = None,
    subject: str | None = None,
    method: str | None = None,
    search: str | None = None,
    from_at: datetime | None = None,
    to_at: datetime | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page:
    """Newest first; `[from_at, to_at)`; `person` is an actor's id, `subject` that of what it was about, `method` what
    was done."""
    statement = select(*(column for column in audit.c if column.name not in ("company_id", "words")))
    statement = statement.where(audit.c.company_id == current_company(session))
    if person:
        statement = statement.where(audit.c.actor_id == person)
    if subject:
        statement = statement.where(audit.c.subject == subject)
    if method:
        statement = statement.where(audit.c.method == method)
    if search:
        statement = statement.where(matches(audit.c.words, search))
    if from_at:
        statement = statement.where(audit.c.at >= from_at)
    if to_at:
        statement = statement.where(audit.c.at < to_at)
    return paginate(session, statement, order=[(audit.c.at, "desc"), (audit.c.id, "desc")], after=after, limit=limit)


def told(row: Any) -> dict[str, Any]:
    """The row as the owner's page reads it; `cursor` leads on from it, as pages of several services are merged."""
    return {**row._mapping, "cursor": cursor_of([row.at, row.id])}


def _subject(row: Any, identity: str) -> str:
    """What people would look it up by: the installation that a row belongs to, or the row itself."""
    return str(getattr(row, "installation_id", None) or identity)


def _only(values: Any) -> Any:
    return values[0] if values else None


def _shown(column: str, value: Any) -> Any:
    if value is None:
        return None
    if column.startswith(_SECRET) or column.endswith("_hash"):
        return "•••"
    if isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else orjson.dumps(value, default=str).decode().strip('"')
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _words(changes: list[dict[str, Any]]) -> list[str]:
    return [str(value) for row in changes for values in row["fields"].values() for value in values if value is not None]
