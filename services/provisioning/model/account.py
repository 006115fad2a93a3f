"""Service accounts: what should be on a router, what is, and the moves between."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from chassis.storage import CompanyOwned, UtcDateTime
from services.provisioning.errors import AccountNotAsked, AccountNotChanging, AccountNotPlaced
from services.provisioning.model.tables import Base
from services.provisioning.modes import session_key

ASKED, PLACED, FAILED = "asked", "placed", "failed"
CHANGING, REFUSED, REMOVING, REMOVED = "changing", "refused", "removing", "removed"
STANDING = (ASKED, PLACED, CHANGING, REFUSED)
"""The states in which something of an account belongs on its router."""

CHANGE, SUSPEND, RECONNECT, REMOVE = "change", "suspend", "reconnect", "remove"

TRIED_FOR = timedelta(seconds=20)
"""How long an activation is tried, while somebody waits for it; an attempt under way is not cut short."""


class Account(CompanyOwned, Base):
    """A client's service as it should be on a router, and as it was last read there.

    States: asked -> placed | failed; placed -> changing -> placed | refused; all -> removing -> removed.
    A new request, with a new `activation_id`, makes it asked again. Speeds in kbit/s.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("company_id", "installation_id"),
        Index("ix_accounts_router_id", "router_id"),
        Index("ix_accounts_service_name", "company_id", "service_name", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    installation_id: Mapped[UUID]
    router_id: Mapped[UUID]
    # The router's mode when the work on it began.
    mode: Mapped[str | None] = mapped_column(String(20))
    service_name: Mapped[str] = mapped_column(String(100))
    ip_address: Mapped[str] = mapped_column(String(45))
    mac_address: Mapped[str | None] = mapped_column(String(17))
    download_kbps: Mapped[int]
    upload_kbps: Mapped[int]
    shaping: Mapped[dict[str, int] | None] = mapped_column(JSON)
    # None: never was, so no router has traces of it.
    suspended: Mapped[bool | None]
    sealed_password: Mapped[str | None] = mapped_column(String(1000))
    state: Mapped[str] = mapped_column(String(20))
    activation_id: Mapped[UUID]
    # The installation's version in the newest request: an older one that arrives later is ignored.
    asked_version: Mapped[int]
    # The subscription's version in the newest word on suspension, for the same.
    suspension_version: Mapped[int | None]
    # When the first attempt of the present activation began.
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The newest change asked for, what it consists of, and what the router had before it.
    adjustment_id: Mapped[UUID | None]
    pending: Mapped[list[str] | None] = mapped_column(JSON)
    placed_as: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    # The rows that were on the router before Alta, each by its menu, its key and its comment of then; `was`: its
    # other values of then, where they were kept.
    adopted: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    # Whether those stay there, as nobody's here, when the account is removed.
    released: Mapped[bool] = mapped_column(default=False, server_default=false())
    # By router: the sessions (mode, key) that the account had there, until they are known to have ended.
    left_behind: Mapped[dict[str, list[list[str]]] | None] = mapped_column(JSON)
    observed: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What its router said of it when it was last looked at for somebody: `{check, ok, code, params}`, and when.
    proof: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason_code: Mapped[str | None] = mapped_column(String(100))
    reason_params: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def stands(self) -> bool:
        """Whether something of it belongs on its router."""
        return self.state in STANDING

    @property
    def password_context(self) -> str:
        return f"provisioning.account/{self.company_id}/{self.id}/password"

    # Being activated.

    def ask(self, *, activation_id: UUID, asked_version: int, **wanted: Any) -> None:
        """Takes a newer request over: what is wanted now, under a new activation, and not suspended."""
        self._want(wanted)
        if self.suspended:
            self.suspended = False
        self.activation_id = activation_id
        self.asked_version = asked_version
        self.state = ASKED
        self.pending = self.adopted = None
        self.released = False
        self.begun_at = self.reason_code = self.reason_params = None
        self.version += 1

    def begin(self, mode: str, at: datetime) -> bool:
        """An attempt begins, on a router of this mode; true when it is the first. Raises `AccountNotAsked`."""
        self._must_be_asked()
        self.mode = mode
        first = self.begun_at is None
        self.begun_at = self.begun_at or at
        return first

    def is_overdue(self, at: datetime) -> bool:
        """Whether it was tried for so long that a person should hear of it."""
        return self.begun_at is not None and at - self.begun_at >= TRIED_FOR

    def progress(self) -> None:
        """A step of the work is behind us. Raises `AccountNotAsked`."""
        self._must_be_asked()
        self.version += 1

    def placed(self, observed: dict[str, Any], at: datetime) -> None:
        """The router was read back as it should be. Raises `AccountNotAsked`."""
        self._must_be_asked()
        self._stand(observed, at)

    def failed(self, reason_code: str, reason_params: dict[str, Any]) -> None:
        """It was given up. Raises `AccountNotAsked`."""
        self._must_be_asked()
        self.state = FAILED
        self.reason_code = reason_code
        self.reason_params = reason_params
        self.version += 1

    def prove(self, checks: list[dict[str, Any]], at: datetime) -> bool:
        """The router was looked at; true when it says something else than before."""
        news = _outcome(checks) != _outcome(self.proof or [])
        self.proof, self.proved_at = checks, at
        if news:
            self.version += 1
        return news

    # Being changed.

    def adjust(self, adjustment_id: UUID, operation: str | None, **wanted: Any) -> None:
        """Takes a newer wish over; without an operation, what is wanted already once more.

        Raises `AccountNotPlaced`.
        """
        if self.state not in (PLACED, CHANGING, REFUSED):
            raise AccountNotPlaced(state=self.state)
        if self.state == PLACED:
            self.placed_as = self._snapshot()
        self._want(wanted)
        if operation in (SUSPEND, RECONNECT):
            self.suspended = operation == SUSPEND
        self.pending = _with(self.pending or [], operation)
        self.adjustment_id = adjustment_id
        self.state = CHANGING
        self.reason_code = self.reason_params = None
        self.version += 1

    def adjusted(self, observed: dict[str, Any], at: datetime) -> list[str]:
        """The router was read back as it should be; gives what was done. Raises `AccountNotChanging`."""
        self._must_be_changing()
        done = self.pending or []
        self.pending = None
        self._stand(observed, at)
        return done

    def awaits(self, adjustment_id: UUID) -> bool:
        """Whether this adjustment is the newest, and has not ended."""
        return self.adjustment_id == adjustment_id and self.state == CHANGING

    def refuse(self, adjustment_id: UUID, reason_code: str, reason_params: dict[str, Any]) -> str | None:
        """The router refuses for good: gives up one wish, goes back to what was there, and says which it was.

        None when nothing was left to give up. Raises `AccountNotChanging`.
        """
        self._must_be_changing()
        self.version += 1
        self.adjustment_id = adjustment_id
        self.reason_code, self.reason_params = reason_code, reason_params
        if not self.pending:
            self.state = REFUSED
            return None
        # A suspension must not fail because of a plan or a name.
        given_up = CHANGE if CHANGE in self.pending else self.pending[-1]
        self.pending = [operation for operation in self.pending if operation != given_up]
        self._go_back(given_up)
        return given_up

    # Being removed.

    def remove(self, *, release: bool = False) -> None:
        """Nothing of it should be anywhere; asking again is legal, whatever became of it.

        `release`: rows that were there before Alta stay, without what made them its own.
        """
        self.state = REMOVING
        self.released = release and bool(self.adopted)
        self.pending = None
        self.reason_code = self.reason_params = None
        self.version += 1

    def removal_waits(self, reason_code: str, reason_params: dict[str, Any]) -> bool:
        """The router cannot be asked yet; true when that is news."""
        news = self.reason_code != reason_code
        if news:
            self.not_removed(reason_code, reason_params)
        return news

    def remember_due(self, *, suspended: bool) -> None:
        """For the case that it is put back: nothing of it is to be on a router now."""
        if self.state in (REMOVING, REMOVED):
            self.suspended = suspended

    def keep(self, adjustment_id: UUID, **wanted: Any) -> bool:
        """It is to be on its router after all; true when it was on its way from there, or gone."""
        if self.state not in (REMOVING, REMOVED):
            return False
        self.placed_as = self._snapshot()
        self.state, self.released = PLACED, False
        self.adjust(adjustment_id, CHANGE, **wanted)
        return True

    def not_removed(self, reason_code: str, reason_params: dict[str, Any]) -> None:
        """The router refuses; it is still to be removed."""
        self.reason_code, self.reason_params = reason_code, reason_params
        self.version += 1

    def removed(self) -> None:
        """Nothing of it is on its router."""
        self.state = REMOVED
        self.observed = self.reason_code = self.reason_params = None
        self.version += 1

    def wants(self, wanted: Mapping[str, Any]) -> bool:
        """Whether that is what is wanted already."""
        return all(getattr(self, name) == value for name, value in wanted.items())

    def sessions(self) -> list[list[str]]:
        """Where its live sessions may be found on its present router, by (mode, key)."""
        key = session_key(self.mode, self.service_name, self.mac_address) if self.mode else None
        now = [[self.mode, key]] if self.mode and key else []
        former = (self.left_behind or {}).get(str(self.router_id), [])
        return [*(session for session in former if session not in now), *now]

    # Parts of the above.

    def _want(self, wanted: dict[str, Any]) -> None:
        if wanted and self.mode:
            self.left_behind = (self.left_behind or {}) | {str(self.router_id): self.sessions()}
        if wanted.get("router_id", self.router_id) != self.router_id:
            self.adopted = None
        for name, value in wanted.items():
            setattr(self, name, value)

    def _snapshot(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in WANTED}
        return values | {"router_id": str(self.router_id), "suspended": bool(self.suspended)}

    def _go_back(self, given_up: str) -> None:
        before = self.placed_as or self._snapshot()
        if given_up == CHANGE:
            self._want({name: before[name] for name in WANTED} | {"router_id": UUID(before["router_id"])})
        else:
            self.suspended = before["suspended"]

    def _stand(self, observed: dict[str, Any], at: datetime) -> None:
        self.state = PLACED
        self.observed = observed
        self.verified_at = at
        self.version += 1

    def _must_be_asked(self) -> None:
        if self.state != ASKED:
            raise AccountNotAsked(state=self.state)

    def _must_be_changing(self) -> None:
        if self.state != CHANGING:
            raise AccountNotChanging(state=self.state)


WANTED = ("service_name", "ip_address", "mac_address", "download_kbps", "upload_kbps", "shaping", "router_id")
"""What the installation says of its service."""


def _outcome(checks: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(check["check"], check["ok"], check["code"]) for check in checks]


def _with(pending: list[str], operation: str | None) -> list[str]:
    """The newest of suspend and reconnect counts, and nothing is done twice."""
    if operation is None:
        return pending
    replaced = (SUSPEND, RECONNECT) if operation in (SUSPEND, RECONNECT) else (operation,)
    return [*(each for each in pending if each not in replaced), operation]


class Cancellation(CompanyOwned, Base):
    """An installation that was cancelled before anything of it was known here: what is older has no effect.

    `version` is 0 where the first that was heard was no cancellation.
    """

    __tablename__ = "cancellations"

    installation_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
