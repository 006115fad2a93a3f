"""Whether what staff typed fits together, and with what is there. All that is wrong is told at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.schemas import coded
from chassis.storage import current_company, find
from services.installations import addresses, naming
from services.installations.errors import FormRefused
from services.installations.model import Installation, Plan, Router, Sector, Staff, Zone

Complaints = dict[str, list[dict[str, Any]]]
_RESERVED = {
    "ip_address": (Installation.reserved_ip, "ip-taken"),
    "service_name": (Installation.reserved_name, "service-name-taken"),
}


_CHOSEN: dict[str, type[Any]] = {
    "zone_id": Zone, "router_id": Router, "plan_id": Plan, "sector_id": Sector, "technician_id": Staff,
}  # fmt: skip


class Neighbours:
    """Who has the addresses and names that some forms want, and what else is in their way; asked for once for all."""

    def __init__(self, session: Session, forms: Sequence[dict[str, Any]]) -> None:
        self._kept = [_all_own(session, model, {form.get(name) for form in forms}) for name, model in _CHOSEN.items()]
        pairs = ((form["router_id"], form["ip_address"]) for form in forms if form["ip_address"])
        self.conflicts = addresses.Conflicts(session, pairs)
        self._holders: dict[tuple[str, UUID, str], Row[Any]] = {}
        for field, (column, _code) in _RESERVED.items():
            for router_id in {form["router_id"] for form in forms}:
                wanted = [form[field] for form in forms if form["router_id"] == router_id and form[field]]
                there = select(column, *_HOLDER).where(Installation.router_id == router_id, column.in_(wanted))
                self._holders |= {(field, router_id, row[0]): row for row in session.execute(there)}

    def holder(self, field: str, form: dict[str, Any]) -> Row[Any] | None:
        return self._holders.get((field, form["router_id"], form[field]))


_HOLDER = (
    Installation.id, Installation.number, Installation.first_name, Installation.last_name, Installation.state,
)  # fmt: skip


def check_form(
    session: Session, installation: Installation, form: dict[str, Any], neighbours: Neighbours | None = None
) -> None:
    """`installation` as it is before the form is applied. Raises `FormRefused` with every field that is wrong.

    Whoever checks many forms asks for their neighbours beforehand.
    """
    # What is being built must not be written by a look around.
    with session.no_autoflush:
        around = neighbours or Neighbours(session, [form])
        wrong = {
            **_place(session, installation, form),
            **_technician(session, installation, form),
            **_not_free(around, installation, form),
            **_taken(around, installation, form),
        }
    if wrong:
        raise FormRefused(fields=wrong)


def own_technician(session: Session, installation: Installation, technician_id: UUID) -> None:
    """Raises `FormRefused` when that is nobody who may be sent there."""
    with session.no_autoflush:
        if wrong := _technician(session, installation, {"technician_id": technician_id}):
            raise FormRefused(fields=wrong)


def check_service(
    session: Session,
    *,
    zone_id: UUID,
    installation_id: UUID | None,
    ip_address: str | None,
    service_name: str | None,
    wanted_name: str | None,
) -> dict[str, Any]:
    """What is wrong with an address and a name before the form is sent, and a name that is free."""
    router_id = find(session, Zone, zone_id).router_id
    known = _own(session, Installation, installation_id) if installation_id else None
    form = {"router_id": router_id, "ip_address": ip_address, "service_name": service_name}
    with session.no_autoflush:
        as_it_is = known or Installation(id=installation_id or new_id())
        around = Neighbours(session, [form])
        wrong = {**(_not_free(around, as_it_is, form) if ip_address else {}), **_taken(around, as_it_is, form)}
    if wanted_name is not None:
        wanted_name = naming.free_name(session, router_id=router_id, wanted=wanted_name, but=installation_id)
    return {"wrong": wrong, "free_name": wanted_name}


def _place(session: Session, installation: Installation, form: dict[str, Any]) -> Complaints:
    """Zone, router, plan and sector belong together."""
    zone = _own(session, Zone, form["zone_id"])
    if zone is None:
        return {"zone_id": coded("zone-not-found")}
    wrong: Complaints = {}
    if problem := _router(session, installation, zone, form["router_id"]):
        wrong["router_id"] = problem
    if problem := _plan(_own(session, Plan, form["plan_id"]), installation, form["router_id"]):
        wrong["plan_id"] = problem
    if form["sector_id"] and (problem := _sector(_own(session, Sector, form["sector_id"]), zone)):
        wrong["sector_id"] = problem
    return wrong


def _router(session: Session, installation: Installation, zone: Zone, router_id: UUID) -> list[Any]:
    if router_id != zone.router_id:
        return coded("router-not-of-zone", zone=zone.name)
    router = _own(session, Router, router_id)
    if router is None:
        return coded("router-not-found")
    if not router.active and router_id != installation.router_id:
        return coded("router-not-active", router=router.name)
    return []


def _plan(plan: Plan | None, installation: Installation, router_id: UUID) -> list[Any]:
    if plan is None:
        return coded("plan-not-found")
    if plan.router_id != router_id:
        return coded("plan-not-of-router", plan=plan.name)
    if not plan.active and plan.id != installation.plan_id:
        return coded("plan-not-active", plan=plan.name)
    return []


def _sector(sector: Sector | None, zone: Zone) -> list[Any]:
    if sector is None:
        return coded("sector-not-found")
    return [] if sector.zone_id == zone.id else coded("sector-not-of-zone", sector=sector.name)


def _technician(session: Session, installation: Installation, form: dict[str, Any]) -> Complaints:
    """Whoever has it already may keep it, though the account was closed since."""
    person = _own(session, Staff, form["technician_id"])
    if person is None:
        return {"technician_id": coded("technician-not-found")}
    if person.may_install or person.id == installation.technician_id:
        return {}
    return {"technician_id": coded("technician-not-active", technician=person.name)}


def _not_free(around: Neighbours, installation: Installation, form: dict[str, Any]) -> Complaints:
    """Whoever has the address already keeps it, whatever became of the pool since."""
    if (installation.router_id, installation.ip_address) == (form["router_id"], form["ip_address"]):
        return {}
    found = around.conflicts.of(form["router_id"], form["ip_address"], form["service_name"])
    return {"ip_address": coded(found[0], **found[1])} if found else {}


def _taken(around: Neighbours, installation: Installation, form: dict[str, Any]) -> Complaints:
    """Nobody else on this router has the address or the name; the complaint says who does."""
    wrong: Complaints = {}
    for field, (_column, code) in _RESERVED.items():
        holder = around.holder(field, form)
        if holder is not None and holder.id != installation.id:
            wrong[field] = coded(
                code,
                installation_id=str(holder.id),
                number=holder.number,
                name=f"{holder.first_name} {holder.last_name}",
                state=holder.state,
            )
    return wrong


def _own(session: Session, model: type[Any], identity: UUID) -> Any:
    row = session.get(model, identity)
    return row if row is not None and row.company_id == current_company(session) else None


def _all_own(session: Session, model: type[Any], identities: set[UUID | None]) -> list[Any]:
    """Held on to, so that the session answers for each of them without a statement."""
    return list(session.scalars(select(model).where(model.id.in_(identities - {None}))))
