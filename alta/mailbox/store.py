"""What was received, in one SQLite file."""

from __future__ import annotations

import contextlib
import dataclasses
import email
import email.policy
import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS receptions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at TEXT NOT NULL,
    message_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    raw BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS receptions_message_id ON receptions (message_id);
"""

# One row per Message-ID: the first reception stands for all of them.
GROUPED = """
SELECT min(id) AS id, message_id, count(*) AS receptions, min(received_at) AS received_at, sender, subject,
       json_group_array(recipients) AS recipients
FROM receptions {where} GROUP BY message_id ORDER BY min(id) DESC
"""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A message, however often it was received. `id` is stable and grows with time."""

    id: int
    message_id: str
    receptions: int
    received_at: str
    sender: str
    recipients: list[str]
    subject: str


class Mailbox:
    """Safe to use from several threads."""

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript("PRAGMA journal_mode=WAL; PRAGMA busy_timeout=5000;" + SCHEMA)

    def close(self) -> None:
        self._connection.close()

    def receive_text(self, *, sender: str, recipient: str, text: str, reference: str, at: datetime) -> None:
        """A text message, kept as mails are; `reference` is the same when it is sent again."""
        message = EmailMessage()
        message["Subject"] = f"SMS: {' '.join(text.split())[:80]}"
        message["Message-ID"] = f"<{reference}@sms>"
        message.set_content(text)
        self.receive(sender=sender, recipients=[recipient], raw=message.as_bytes(), at=at)

    def receive(self, *, sender: str, recipients: Sequence[str], raw: bytes, at: datetime) -> None:
        """On disk when it returns, so that "250 accepted" is true."""
        message = parse(raw)
        row = (
            at.astimezone(UTC).isoformat(),
            str(message["Message-ID"] or f"<none-{at.timestamp()}@mailbox>").strip(),
            sender,
            json.dumps(list(recipients)),
            str(message["Subject"] or ""),
            raw,
        )
        with self._cursor() as cursor:
            cursor.execute(
                "INSERT INTO receptions (received_at, message_id, sender, recipients, subject, raw)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )

    def messages(self, *, recipient: str = "", subject: str = "", limit: int = 200) -> list[Summary]:
        """The newest first; the filters are substrings, without regard to case."""
        where = "WHERE instr(lower(recipients), lower(?)) > 0 AND instr(lower(subject), lower(?)) > 0"
        with self._cursor() as cursor:
            rows = cursor.execute(GROUPED.format(where=where) + " LIMIT ?", (recipient, subject, limit)).fetchall()
        return [_summary(row) for row in rows]

    def message(self, id: int) -> tuple[Summary, EmailMessage, bytes] | None:
        """The message of that number with its content parsed and raw."""
        where = "WHERE message_id = (SELECT message_id FROM receptions WHERE id = ?)"
        with self._cursor() as cursor:
            row = cursor.execute(GROUPED.format(where=where), (id,)).fetchone()
            found = cursor.execute("SELECT raw FROM receptions WHERE id = ?", (id,)).fetchone()
        if row is None or found is None:
            return None
        return _summary(row), parse(found["raw"]), found["raw"]

    def clear(self) -> None:
        with self._cursor() as cursor:
            cursor.execute("DELETE FROM receptions")

    @contextlib.contextmanager
    def _cursor(self) -> Iterator[sqlite3.Cursor]:
        with self._lock, contextlib.closing(self._connection.cursor()) as cursor:
            yield cursor


def parse(raw: bytes) -> EmailMessage:
    message: Any = email.message_from_bytes(raw, policy=email.policy.default)
    return message


def body(message: EmailMessage, kind: str) -> str:
    """The text of the message's `plain` or `html` part; empty when it has none."""
    part = message.get_body(preferencelist=(kind,))
    return part.get_content() if part is not None else ""


def attachments(message: EmailMessage) -> list[dict[str, Any]]:
    return [
        {"filename": part.get_filename(), "content_type": part.get_content_type(), "size": len(part.get_content())}
        for part in message.iter_attachments()
    ]


def _summary(row: sqlite3.Row) -> Summary:
    fields = dict(row)
    recipients = {address for group in json.loads(fields.pop("recipients")) for address in json.loads(group)}
    return Summary(recipients=sorted(recipients), **fields)
