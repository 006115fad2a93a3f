"""One list on its way into a file."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.storage import UtcDateTime

WAITING, DONE, FAILED = "waiting", "done", "failed"


class ExportColumns:
    """What a service's table of exports has; `rows` are those that were read so far, `written` those that the file has
    already. `total`: how many it will be, where that is known before they are read."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    list: Mapped[str] = mapped_column(String(30))
    format: Mapped[str] = mapped_column(String(10))
    filename: Mapped[str] = mapped_column(String(120))
    # What was asked for: columns with their words, filters as the list takes them, how the company writes.
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    asked_by: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))
    rows: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int | None] = mapped_column(BigInteger)
    written: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    file_key: Mapped[str | None] = mapped_column(String(200))
    size: Mapped[int | None] = mapped_column(BigInteger)
    reason_code: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def end(self, *, file_key: str, size: int, rows: int, at: datetime) -> None:
        self.state, self.file_key, self.size, self.rows, self.ended_at = DONE, file_key, size, rows, at

    def fail(self, reason_code: str, at: datetime) -> None:
        self.state, self.reason_code, self.ended_at = FAILED, reason_code, at
