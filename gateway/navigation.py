"""What the side bar offers, to whom; and the words for states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import lazy_gettext as _

from gateway import formats, messages, roles
from gateway.model import TimelineEntry
from gateway.states import state_name

# Headings, each with its rooms: room (blueprint), its first page, icon, name.
GROUPS = (
    ("", (("home", "home.dashboard", "home", _("Inicio")),)),
    (
        _("Día a día"),
        (
            ("requests", "requests.index", "inbox", _("Preinstalaciones")),
            ("agenda", "agenda.index", "calendar-time", _("Agenda")),
            ("installations", "installations.index", "tool", _("Instalaciones")),
            ("field", "field.index", "device-mobile", _("Mis trabajos")),
        ),
    ),
    (
        _("Clientes"),
        (
            ("clients", "clients.index", "users", _("Clientes")),
            ("billing", "billing.invoices", "cash", _("Facturación")),
            ("messages", "messages.index", "mail", _("Mensajes")),
        ),
    ),
    (
        _("Red"),
        (
            ("routers", "routers.index", "router", _("Routers")),
            ("pools", "pools.index", "network", _("Direcciones IP")),
            ("territory", "territory.index", "map-pin", _("Zonas y planes")),
        ),
    ),
)
# What is arranged once and seldom looked at again: folded until somebody is in it.
SETTINGS = (
    ("public_settings", "public_settings.edit", "settings", _("Formulario público")),
    ("portal_settings", "portal_settings.edit", "users", _("Portal de clientes")),
    ("contracts", "contracts.templates", "signature", _("Contratos")),
    ("sheets", "sheets.templates", "printer", _("Hojas de instalación")),
    ("checklist", "checklist.edit", "list-check", _("Lista de verificación")),
    ("imports", "imports.index", "file-import", _("Importar")),
    ("people", "people.index", "user", _("Personal")),
    ("audit_log", "audit_log.index", "history", _("Auditoría")),
)
Rooms = list[tuple[str, str, str, Any]]

END_REASONS = {
    "moved": _("Se mudó"),
    "price": _("Precio"),
    "competitor": _("Se fue con otra empresa"),
    "quality": _("Problemas con el servicio"),
    "debt": _("No paga"),
    "other": _("Otro motivo"),
    "import-undone": _("Se deshizo su importación"),
}
METHODS = {"cash": _("Efectivo"), "transfer": _("Transferencia"), "card": _("Tarjeta"), "other": _("Otra")}
MODES = {
    "simple_queue": _("Cola simple (Simple Queue)"),
    "pppoe": _("PPPoE (Secrets)"),
    "hotspot": _("Hotspot (Users)"),
    "dhcp": _("DHCP (Leases)"),
    "arp": _("ARP estático"),
}


# What the history of an installation says about each event.
EVENTS = {
    "PreinstallSubmitted": _("Solicitud recibida"),
    "PreinstallApproved": _("Solicitud aprobada"),
    "PreinstallRejected": _("Solicitud rechazada"),
    "PreinstallMerged": _("Solicitud unida a otra"),
    "InstallationScheduled": _("Instalación programada"),
    "InstallationChanged": _("Datos cambiados"),
    "InstallationActivationRequested": _("Activación pedida"),
    "InstallationActivated": _("Cliente creado"),
    "InstallationActivationFailed": _("La activación falló"),
    "InstallationCancelled": _("Instalación cancelada"),
    "ServiceChanged": _("Servicio cambiado"),
    "ServiceEndPlanned": _("Baja programada"),
    "ServiceEndRequested": _("Baja pedida"),
    "ServiceEndWithdrawn": _("Baja cancelada: sigue como cliente"),
    "ServiceEnded": _("Cliente dado de baja"),
    "ServiceProvisioned": _("Servicio comprobado en el router"),
    "ServiceVerified": _("Servicio comprobado otra vez"),
    "ProvisioningFailed": _("El router no quedó configurado"),
    "ServiceAdjusted": _("Servicio cambiado en el router"),
    "ServiceSuspended": _("Servicio suspendido"),
    "ServiceReconnected": _("Servicio reconectado"),
    "ServiceAbandoned": _("Dado por quitado sin preguntar al router, que está fuera de uso"),
    "ServiceRemoved": _("Servicio quitado del router"),
    "RemovalDelayed": _("Todavía no se puede quitar del router; se intenta de nuevo"),
    "AdjustmentFailed": _("El router no aceptó el cambio"),
    "ContractCreated": _("Contrato escrito"),
    "ContractLinkIssued": _("Enlace de contrato creado"),
    "ContractSigned": _("Contrato firmado"),
    "ContractPdfReady": _("PDF del contrato listo"),
    "ContractActivated": _("Contrato activo"),
    "ContractEnded": _("Contrato terminado"),
    "SubscriptionOpened": _("Suscripción abierta"),
    "SubscriptionClosed": _("Suscripción cerrada: ya no se factura"),
    "InvoiceIssued": _("Factura emitida"),
    "InvoiceVoided": _("Factura anulada"),
    "PaymentRegistered": _("Pago registrado"),
    "NotificationSent": _("Correo enviado"),
    "NotificationFailed": _("Un correo no se pudo enviar"),
}
_ENDS = ("ServiceEndPlanned", "ServiceEndRequested", "ServiceEnded")
_PROVISIONING_STEPS = {
    "started": _("Conectando con el router"),
    "waiting": _("El router no respondió; se intenta de nuevo"),
    "written": _("Servicio escrito en el router"),
}
_PAPERS = {
    "id_front": _("Identificación oficial, frente"),
    "id_back": _("Identificación oficial, reverso"),
    "proof_of_address": _("Comprobante de domicilio"),
    "coupon": _("Cupón o promoción"),
    "contract": _("Contrato firmado"),
    "conformity": _("Conformidad firmada"),
}


def register(app: Flask) -> None:
    app.add_template_global(end_reason)
    app.add_template_global(event_name)
    app.add_template_global(event_detail)
    app.add_template_global(file_title)
    app.add_template_global(may)
    app.add_template_global(method_name)
    app.add_template_global(mode_name)
    app.add_template_global(state_name)
    app.add_template_global(with_query)


def groups_of(role: str) -> list[tuple[Any, Rooms]]:
    """The rooms that the role opens, under their headings."""
    open_ones = [(heading, _open_to(role, rooms)) for heading, rooms in GROUPS]
    return [(heading, rooms) for heading, rooms in open_ones if rooms]


def settings_of(role: str) -> Rooms:
    """The rooms of the folded group that the role opens."""
    return _open_to(role, SETTINGS)


def _open_to(role: str, rooms: Sequence[tuple[str, str, str, Any]]) -> Rooms:
    views = current_app.view_functions
    return [room for room in rooms if room[1] in views and role in (roles.rule_of(views[room[1]]) or ())]


def may(endpoint: str) -> bool:
    """Whether this person's role opens the page or does what it does."""
    return role_may(g.signed_in.account.role, endpoint)


def role_may(role: str, endpoint: str) -> bool:
    return role in (roles.rule_of(current_app.view_functions[endpoint]) or ())


def end_reason(reason: str | None) -> str:
    """Why somebody left."""
    return str(END_REASONS.get(reason, reason)) if reason else ""


def method_name(method: str) -> str:
    """How somebody paid."""
    return str(METHODS.get(method, method))


def mode_name(mode: str) -> str:
    return str(MODES.get(mode, mode))


def event_name(entry: TimelineEntry) -> str:
    """The event in words; one of a newer service by its type."""
    if entry.type == "ProvisioningProgressed":
        return str(_PROVISIONING_STEPS.get(entry.data["step"], entry.type))
    return str(EVENTS.get(entry.type, entry.type))


def event_detail(entry: TimelineEntry) -> str:
    """What else there is to say about it: why it failed, which invoice, how much, to whom."""
    data = entry.data
    if entry.type in _ENDS:
        return f"{formats.day(data['ends_on'])} · {end_reason(data['reason_code'])}"
    if data.get("reason_code"):
        return messages.text_of(data["reason_code"], data.get("reason_params") or {})
    if data.get("failure_code"):
        return messages.text_of(data["failure_code"], data.get("failure_params") or {})
    if "total_minor" in data:
        return f"{data.get('number', '')} · {formats.money(data['total_minor'], data.get('currency'))}".strip(" ·")
    if "amount_minor" in data:
        return formats.money(data["amount_minor"], data.get("currency"))
    return str(data.get("reason") or data.get("recipient") or "")


def file_title(file: Any) -> str:
    """The title that staff gave; until then what the prospect and the contracts service sent is named by its kind."""
    return str(_PAPERS.get(file["kind"], file["title"]) if file["title"] == file["kind"] else file["title"])


def with_query(**changed: Any) -> str:
    """This page's address with other filters; None takes one away."""
    query = {**request.args.to_dict(), **(request.view_args or {}), **changed}
    return url_for(request.endpoint, **{name: value for name, value in query.items() if value not in (None, "")})
