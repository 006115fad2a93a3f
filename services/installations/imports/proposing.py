"""Addresses and names on routers for rows that have none: what nobody has, and no other row of the file either."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.installations import addresses
from services.installations.imports import values
from services.installations.imports.forming import Formed
from services.installations.model import Installation


class Proposing:
    """`taken` is what the file itself speaks of, in any row: names in lower case, and addresses."""

    def __init__(self, session: Session, taken: set[str]) -> None:
        self._session, self._taken = session, taken
        self._free: dict[UUID, Iterator[str]] = {}
        self._names: dict[UUID, set[str]] = {}

    def fill(self, formed: Formed) -> None:
        form = formed.form
        if "router_id" not in form:
            return
        router_id = UUID(form["router_id"])
        if not form.get("service_name"):
            form["service_name"] = self._name(router_id, f"{form.get('first_name', '')} {form.get('last_name', '')}")
        if not form.get("ip_address"):
            form["ip_address"] = next(self._addresses(router_id), None)
            if form["ip_address"] is None:
                formed.refuse("ip_address", "no-address-left")

    def _name(self, router_id: UUID, person: str) -> str | None:
        if router_id not in self._names:
            there = select(Installation.reserved_name).where(
                Installation.router_id == router_id, Installation.reserved_name.is_not(None)
            )
            self._names[router_id] = {name.casefold() for name in self._session.scalars(there) if name}
        taken, plain = self._names[router_id], values.plain_name(person)
        if not plain:
            return None
        free = (name for number in count(1) if (name := plain if number == 1 else f"{plain}.{number}") not in taken)
        name = next(name for name in free if name not in self._taken)
        taken.add(name)
        return name

    def _addresses(self, router_id: UUID) -> Iterator[str]:
        if router_id not in self._free:
            free = addresses.free_on(self._session, router_id)
            self._free[router_id] = (str(each) for each in free if str(each) not in self._taken)
        return self._free[router_id]
