"""Reads for screens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from chassis.secrets import Keyring
from chassis.storage import Page, current_company, find, paginate
from chassis.storage.tables import jobs
from services.provisioning.model import PLACED, REMOVED, Account, Router
from services.provisioning.modes import WITH_PASSWORD


def list_routers(session: Session, *, lost: bool = False, after: str | None, limit: int) -> Page:
    """With `lost` those alone that do not answer."""
    statement = select(Router).where(*_lost()) if lost else select(Router)
    return paginate(session, statement, order=[(Router.name, "asc"), (Router.id, "asc")], after=after, limit=limit)


def _lost() -> tuple[Any, ...]:
    return Router.lost_at.is_not(None), Router.active


def summary(session: Session) -> dict[str, int]:
    """How many routers do not answer, and how much of what was asked of routers could not be done."""
    lost = select(func.count()).where(*_lost())
    failed = select(func.count()).where(jobs.c.company_id == current_company(session), jobs.c.state == "failed")
    return {"lost_routers": session.scalar(lost) or 0, "failed_jobs": session.scalar(failed) or 0}


def get_router(session: Session, router_id: UUID) -> Router:
    return find(session, Router, router_id)


def account(session: Session, installation_id: UUID, *, keyring: Keyring, with_password: bool) -> dict[str, Any]:
    """A client's service as wanted and as last read. Raises `NotFound("account-not-found")`."""
    row = session.scalar(select(Account).where(Account.installation_id == installation_id))
    if row is None:
        raise NotFound("account-not-found")
    router = session.get(Router, row.router_id)
    mode = row.mode or (router.mode if router else None)
    view = {column: getattr(row, column) for column in _ACCOUNT_COLUMNS}
    view |= {"proof": row.proof, "proved_at": row.proved_at}
    view |= {"account_id": row.id, "mode": mode, "router_name": router.name if router else None, "password": None}
    if with_password and mode in WITH_PASSWORD and row.sealed_password:
        view["password"] = keyring.open(row.sealed_password, context=row.password_context)
    return view


def standing(session: Session, installation_id: UUID) -> dict[str, Any]:
    """A client's service in a few words. Raises `NotFound("account-not-found")`."""
    row = session.scalar(select(Account).where(Account.installation_id == installation_id))
    if row is None:
        raise NotFound("account-not-found")
    told = ("state", "download_kbps", "upload_kbps")
    return {"suspended": bool(row.suspended)} | {name: getattr(row, name) for name in told}


def list_accounts(
    session: Session, *, router_id: UUID | None, state: str | None, search: str | None, after: str | None, limit: int
) -> Page:
    """Every service that is, or should be, on a router, by name. `state` may be "suspended"; `search` finds a name,
    an address or a MAC."""
    statement = accounts_like(router_id=router_id, state=state, search=search)
    order = [(Account.service_name, "asc"), (Account.id, "asc")]
    page = paginate(session, statement, order=order, after=after, limit=limit)
    routers = {router.id: router for router in session.scalars(select(Router))}
    return Page([_account_row(row, routers.get(row.router_id)) for row in page.rows], page.next)


def accounts_like(*, router_id: UUID | None, state: str | None, search: str | None) -> Select[tuple[Account]]:
    statement = select(Account).where(Account.state != REMOVED)
    if router_id:
        statement = statement.where(Account.router_id == router_id)
    if state == SUSPENDED:
        statement = statement.where(Account.suspended, Account.state == PLACED)
    elif state:
        statement = statement.where(Account.state == state)
    if search:
        searched = (Account.service_name, Account.ip_address, Account.mac_address)
        statement = statement.where(or_(*(column.icontains(search, autoescape=True) for column in searched)))
    return statement


def _account_row(row: Account, router: Router | None) -> dict[str, Any]:
    view = {column: getattr(row, column) for column in _ACCOUNT_COLUMNS if column != "observed"}
    mode = row.mode or (router.mode if router else None)
    return view | {"account_id": row.id, "mode": mode, "router_name": router.name if router else None}


SUSPENDED = "suspended"
_ACCOUNT_COLUMNS = (
    "installation_id", "router_id", "state", "service_name", "ip_address", "mac_address", "download_kbps",
    "upload_kbps", "observed", "verified_at", "reason_code", "reason_params",
    "shaping", "suspended", "pending",
)  # fmt: skip


def list_jobs(session: Session, *, state: str | None, router_id: UUID | None, after: str | None, limit: int) -> Page:
    """Work that waits, runs or failed, with whose it is; the newest first."""
    columns = (
        jobs.c.id, jobs.c.kind, jobs.c.key, jobs.c.lane, jobs.c.payload, jobs.c.state, jobs.c.attempt,
        jobs.c.next_attempt_at, jobs.c.last_error, jobs.c.created_at,
    )  # fmt: skip
    statement = select(*columns).where(jobs.c.company_id == current_company(session))
    if state is not None:
        statement = statement.where(jobs.c.state == state)
    if router_id is not None:
        statement = statement.where(jobs.c.lane == str(router_id))
    order = [(jobs.c.created_at, "desc"), (jobs.c.id, "desc")]
    page = paginate(session, statement, order=order, after=after, limit=limit)
    routers = {str(id): name for id, name in session.execute(select(Router.id, Router.name))}
    wanted = [UUID(row.payload["account_id"]) for row in page.rows if "account_id" in row.payload]
    accounts = session.scalars(select(Account).where(Account.id.in_(wanted)))
    clients = {str(account.id): account for account in accounts}
    return Page([_job_row(row, routers, clients.get(row.payload.get("account_id"))) for row in page.rows], page.next)


def _job_row(row: Any, routers: dict[str, str], account: Account | None) -> dict[str, Any]:
    told = ("id", "kind", "key", "state", "attempt", "next_attempt_at", "last_error", "created_at")
    return {name: getattr(row, name) for name in told} | {
        "router_name": routers.get(row.lane or ""),
        "installation_id": account.installation_id if account else None,
        "service_name": account.service_name if account else None,
    }


def forget_job(session: Session, *, job_id: UUID) -> None:
    """Takes a job that failed off the list. Raises `NotFound` for any other."""
    failed = (jobs.c.id == job_id, jobs.c.company_id == current_company(session), jobs.c.state == "failed")
    if session.connection().execute(delete(jobs).where(*failed)).rowcount == 0:
        raise NotFound("job-not-found")
