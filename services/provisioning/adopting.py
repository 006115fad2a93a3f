"""Taking over what is on a router already: chosen by staff, done when the client is activated.

Nothing is written here. At the activation the chosen rows count as ours: they get our marker and the client's values,
and keep their place, so the client is not interrupted. A row that was changed since is somebody else's as before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.secrets import Keyring
from chassis.storage import find
from services.provisioning.finding import Found
from services.provisioning.model import STANDING, Account, Adoption, Router
from services.provisioning.preparing import known_by

ADOPTED, GONE, TAKEN, ON_ROUTER = "adopted", "row-gone", "row-adopted-by-another", "already-on-router"


def adopt(
    session: Session,
    *,
    keyring: Keyring,
    router_id: UUID,
    pairs: list[dict[str, Any]],
    found: Mapping[str, Found],
    at: datetime,
) -> list[dict[str, Any]]:
    """`pairs` of a row's id and an installation; `found` is what the router has now. What became of each, in order."""
    router = find(session, Router, router_id, lock=True)
    outcomes = []
    for pair in pairs:
        row = found.get(pair["row_id"])
        outcome = _refusal(session, router, pair, row)
        if row is not None and outcome == ADOPTED:
            _keep(session, router, pair["installation_id"], row, keyring, at)
        outcomes.append({**pair, "outcome": outcome})
    return outcomes


def adopted_by(session: Session, account: Account) -> Adoption | None:
    """What the account takes over on its router when it is put there."""
    adoption = session.get(Adoption, account.installation_id)
    return adoption if adoption is not None and adoption.router_id == account.router_id else None


def take_password(adoption: Adoption, account: Account, keyring: Keyring) -> None:
    """The client's own device goes on logging in."""
    if adoption.sealed_password:
        password = keyring.open(adoption.sealed_password, context=adoption.password_context)
        account.sealed_password = keyring.seal(password, context=account.password_context)


def forget(session: Session, account: Account) -> None:
    """The rows are the account's now, by their marker; what they were is kept for the day that they are released."""
    if (adoption := session.get(Adoption, account.installation_id)) is not None:
        if adoption.router_id == account.router_id:
            account.adopted = adoption.rows
        session.delete(adoption)


def _refusal(session: Session, router: Router, pair: dict[str, Any], row: Found | None) -> str:
    if row is None or row.name != pair["name"]:
        return GONE
    account = session.scalar(select(Account).where(Account.installation_id == pair["installation_id"]))
    if account is not None and account.state in STANDING:
        return ON_ROUTER
    others = select(Adoption).where(
        Adoption.router_id == router.id, Adoption.installation_id != pair["installation_id"]
    )
    if any(_identities(row.rows) & _identities(other.rows) for other in session.scalars(others)):
        return TAKEN
    return ADOPTED


def _identities(rows: Any) -> set[tuple[tuple[str, str], ...]]:
    return {tuple(sorted(known_by(row).items())) for row in rows}


def _keep(session: Session, router: Router, installation_id: UUID, row: Found, keyring: Keyring, at: datetime) -> None:
    adoption = session.get(Adoption, installation_id) or Adoption(
        installation_id=installation_id, company_id=router.company_id
    )
    adoption.router_id, adoption.rows, adoption.adopted_at = router.id, list(row.rows), at
    adoption.sealed_password = None
    if row.password:
        adoption.sealed_password = keyring.seal(row.password, context=adoption.password_context)
    session.add(adoption)
    session.flush()
