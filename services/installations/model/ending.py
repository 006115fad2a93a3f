"""How a client's service ends: planned for a day, asked of its router, gone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from chassis.storage import UtcDateTime
from services.installations.errors import IllegalInstallationMove
from services.installations.model.states import ACTIVE, ENDED, ENDING


class Ending:
    """What an installation knows of it. `ends_on` is the last day of an active one, too, whose end is planned.

    `ending_version` is its version when the router was asked last: an answer to an older wish counts no more.
    `without_router`: one that is out of use is not waited for; of what has ended, none was.
    """

    state: Mapped[str]
    version: Mapped[int]

    ends_on: Mapped[date | None] = mapped_column(Date)
    end_reason: Mapped[str | None] = mapped_column(String(20))
    end_note: Mapped[str | None] = mapped_column(Text)
    ending_version: Mapped[int | None]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    without_router: Mapped[bool] = mapped_column(default=False, server_default=false())

    def plan_end(self, ends_on: date, reason: str, note: str | None, *, without_router: bool) -> None:
        """It goes on as before until then. Raises `IllegalInstallationMove`, as all of these do."""
        self._require("end")
        self._end_as(ends_on, reason, note, without_router)
        self.version += 1

    def begin_end(self, ends_on: date, reason: str, note: str | None, *, without_router: bool) -> None:
        """From here on its router is to have nothing of it."""
        self._move("end", ENDING)
        self._end_as(ends_on, reason, note, without_router)
        self._ask()

    def end_again(self, *, without_router: bool) -> None:
        """The router is asked once more, or not waited for any longer."""
        self._require("end_again")
        self.version += 1
        self.without_router = without_router
        self._ask()

    def keep(self) -> None:
        """It does not end after all; it is a client as before."""
        if self.state == ACTIVE and self.ends_on is None:
            raise IllegalInstallationMove(state=self.state, move="keep")
        self._move("keep", ACTIVE)
        self.ends_on = self.end_reason = self.end_note = self.ending_version = None
        self.without_router = False
        self.failure_code = self.failure_params = None

    def awaits_removal(self, asked_version: int | None) -> bool:
        """Whether a router's word on that wish still counts."""
        return self.state == ENDING and asked_version is not None and asked_version >= (self.ending_version or 0)

    def removal_waits(self, reason_code: str, reason_params: dict[str, Any]) -> None:
        """It is on its router still, and why."""
        self.failure_code, self.failure_params = reason_code, reason_params

    def end(self, at: datetime, *, without_router: bool) -> None:
        """Its address and name on the router are free again."""
        self._move("ended", ENDED)
        self.ended_at, self.without_router = at, without_router
        self.reserved_ip = self.reserved_name = None
        self.failure_code = self.failure_params = None

    def _ask(self) -> None:
        self.ending_version = self.version
        self.failure_code = self.failure_params = self.service_before = None

    def _end_as(self, ends_on: date, reason: str, note: str | None, without_router: bool) -> None:
        self.ends_on, self.end_reason, self.end_note = ends_on, reason, note
        self.without_router = without_router
