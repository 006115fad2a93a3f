"""Which messages a fact gives rise to, for whom, and the values of their tags.

The names of the tags are Spanish because that is what staff of every language reads in texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.messages import Event
from events.billing import InvoiceIssued, PaymentRegistered
from events.contracts import ContractLinkIssued, ContractSigned
from events.gateway import PortalCodeIssued, StaffLinkIssued
from events.installations import InstallationActivated, InstallationChanged, InstallationScheduled, ServiceEnded
from events.preinstall import PreinstallRejected, PreinstallSubmitted
from services.notifications.formats import Formats
from services.notifications.model import COMPANY, LINK_PLACE, PERSON, Company
from services.notifications.rendering import Values
from services.notifications.wording import language_of, words

PORTAL_CODE = "portal-code"

SCHEDULED = "installation-scheduled"
RESCHEDULED = "installation-rescheduled"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A message that is to be written: `to` an address, called `name`; answers go to `reply_to`.

    `phone` is where it goes as a text message, when the company sends those. `sealed_link` is as the event carries it.
    """

    kind: str
    audience: str
    to: str | None
    name: str
    about: UUID
    values: Values
    installation_id: UUID | None = None
    reply_to: str | None = None
    phone: str | None = None
    sealed_link: str | None = None
    expires_at: datetime | None = None


def request_received(event: PreinstallSubmitted, company: Company) -> Iterator[Draft]:
    values = _person(event) | {
        "solicitud.numero": event.tracking_number,
        "solicitud.fecha": Formats(company).moment(event.submitted_at),
        "solicitud.comentarios": event.comments,
        "solicitud.enlace": f"{company.base_url}/seguimiento/{company.id}/{event.tracking_number}",
    }
    common = {"kind": "request-received", "about": event.request_id, "values": values}
    if event.email:
        yield Draft(audience=PERSON, to=event.email, name=_name(event), reply_to=company.email, **common)
    if company.email:
        yield Draft(audience=COMPANY, to=company.email, name=company.name, reply_to=event.email, **common)


def request_rejected(event: PreinstallRejected, company: Company) -> Iterator[Draft]:
    values = _person(event) | {"solicitud.numero": event.tracking_number, "solicitud.motivo": event.reason}
    if event.email:
        yield Draft(
            kind="request-rejected",
            audience=PERSON,
            to=event.email,
            name=_name(event),
            about=event.request_id,
            values=values,
            reply_to=company.email,
        )


def installation_scheduled(event: InstallationScheduled, company: Company) -> Iterator[Draft]:
    formats = Formats(company)
    values = _person(event) | {
        "instalacion.fecha": formats.moment(event.scheduled_at),
        "instalacion.tecnico": event.technician_name,
        "instalacion.costo": formats.money(event.installation_cost_minor, event.currency),
        "plan.nombre": event.plan["name"],
    }
    yield from _to_person(company, SCHEDULED, event, event.installation_id, values)


def installation_rescheduled(
    event: InstallationChanged, company: Company, *, known_as: datetime | None = None
) -> Iterator[Draft]:
    """`known_as`: when the person thinks that it is, if that is not when it was before this change."""
    before = known_as or event.rescheduled_from
    if before is None or event.state not in ("new", "in_progress") or event.scheduled_at <= event.meta.time:
        return
    formats = Formats(company)
    values = _person(event) | {
        "instalacion.fecha": formats.moment(event.scheduled_at),
        "instalacion.fecha_anterior": formats.moment(before),
        "instalacion.tecnico": event.technician_name,
    }
    yield from _to_person(company, RESCHEDULED, event, event.installation_id, values)


def contract_link(event: ContractLinkIssued, company: Company) -> Iterator[Draft]:
    values = {
        "empresa.nombre": company.name,
        "cliente.nombres": event.first_name,
        # Whoever has the path can sign: it is put in at the moment of sending, and kept sealed until then.
        "contrato.enlace": f"{company.base_url}{LINK_PLACE}",
        "contrato.vence": Formats(company).moment(event.expires_at),
    }
    secret = {"sealed_link": event.sealed_path, "expires_at": event.expires_at}
    yield from _to_person(company, "contract-link", event, event.contract_id, values, **secret)


def contract_signed(event: ContractSigned, company: Company) -> Iterator[Draft]:
    values = {
        "empresa.nombre": company.name,
        "contrato.firmante": event.signer_name,
        "contrato.firmado": Formats(company).moment(event.signed_at),
        "contrato.huella": event.text_sha256,
    }
    yield from _to_person(company, "contract-signed", event, event.contract_id, values, name=event.signer_name)


def activated(event: InstallationActivated, company: Company) -> Iterator[Draft]:
    formats, plan = Formats(company), event.plan
    values = _person(event) | {
        "cliente.numero": str(event.client_number),
        "plan.nombre": plan["name"],
        "plan.velocidad_bajada": formats.speed(plan["download_kbps"]),
        "plan.velocidad_subida": formats.speed(plan["upload_kbps"]),
        "plan.precio": formats.money(plan["price_minor"], plan["currency"]),
        "servicio.activado": formats.moment(event.activated_at),
    }
    yield from _to_person(company, "activated", event, event.installation_id, values)


def ended(event: ServiceEnded, company: Company) -> Iterator[Draft]:
    formats = Formats(company)
    values = _person(event) | {
        "cliente.numero": str(event.client_number),
        "plan.nombre": event.plan["name"],
        "servicio.ultimo_dia": formats.day(event.ends_on),
    }
    yield from _to_person(company, "service-ended", event, event.installation_id, values)


def invoice(event: InvoiceIssued, company: Company) -> Iterator[Draft]:
    formats = Formats(company)
    values = {
        "cliente.nombres": event.first_name,
        "factura.numero": event.number,
        "factura.total": formats.money(event.total_minor, event.currency),
        "factura.fecha": formats.day(event.issued_on),
        "factura.vence": formats.day(event.due_on),
        "factura.lineas": [(_line(line), formats.money(line["total_minor"], event.currency)) for line in event.lines],
    }
    yield from _to_person(company, "invoice", event, event.invoice_id, values)


def payment(event: PaymentRegistered, company: Company) -> Iterator[Draft]:
    formats = Formats(company)
    methods = words(language_of(company.locale))["methods"]
    values = {
        "cliente.nombres": event.first_name,
        "pago.monto": formats.money(event.amount_minor, event.currency),
        "pago.forma": methods.get(event.method, methods["other"]),
        "pago.fecha": formats.day(event.paid_on),
        "factura.numero": event.invoice_number,
        "factura.saldo": formats.money(event.balance_minor, event.currency),
    }
    yield from _to_person(company, "payment", event, event.payment_id, values)


def portal_code(event: PortalCodeIssued, company: Company) -> Iterator[Draft]:
    values = {
        "empresa.nombre": company.name,
        "cliente.nombres": event.first_name,
        "codigo": LINK_PLACE,
    }
    secret = {"sealed_link": event.sealed_code, "expires_at": event.expires_at}
    yield from _to_person(company, PORTAL_CODE, event, event.code_id, values, **secret)


def staff_link(event: StaffLinkIssued, company: Company) -> Iterator[Draft]:
    values = {
        "empresa.nombre": company.name,
        "persona.nombre": event.name,
        "persona.email": event.email,
        "cuenta.enlace": LINK_PLACE,
        "cuenta.vence": Formats(company).moment(event.expires_at),
    }
    yield Draft(
        kind=f"staff-{event.purpose}",
        audience=PERSON,
        to=event.email,
        name=event.name,
        about=event.link_id,
        values=values,
        sealed_link=event.sealed_address,
        expires_at=event.expires_at,
    )


COMPOSERS: dict[type[Event], Callable[[Any, Company], Iterator[Draft]]] = {
    PreinstallSubmitted: request_received,
    PreinstallRejected: request_rejected,
    InstallationScheduled: installation_scheduled,
    InstallationChanged: installation_rescheduled,
    ContractLinkIssued: contract_link,
    ContractSigned: contract_signed,
    InstallationActivated: activated,
    ServiceEnded: ended,
    InvoiceIssued: invoice,
    PaymentRegistered: payment,
    PortalCodeIssued: portal_code,
    StaffLinkIssued: staff_link,
}


def _to_person(
    company: Company, kind: str, event: Any, about: UUID, values: Values, *, name: str | None = None, **more: Any
) -> Iterator[Draft]:
    """Nobody is written to who left neither address nor telephone."""
    phone = getattr(event, "phone", None)
    if event.email or phone:
        yield Draft(
            kind=kind,
            audience=PERSON,
            to=event.email,
            phone=phone,
            name=name or _name(event),
            about=about,
            installation_id=getattr(event, "installation_id", None),
            values=values,
            reply_to=company.email,
            **more,
        )


def _name(event: Any) -> str:
    return f"{event.first_name} {event.last_name}"


def _person(event: Any) -> dict[str, str | None]:
    place = (event.address, event.neighbourhood, event.postal_code, event.city)
    return {
        "cliente.nombre": _name(event),
        "cliente.nombres": event.first_name,
        "cliente.identificacion": event.official_id,
        "cliente.email": event.email,
        "cliente.telefono": event.phone,
        "cliente.telefono_adicional": event.second_phone,
        "cliente.direccion": ", ".join(filter(None, place)),
    }


def _line(line: dict[str, Any]) -> str:
    return line["description"] if line["quantity"] == 1 else f"{line['quantity']} × {line['description']}"
