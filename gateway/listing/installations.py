"""The list of installations: the agenda of what is to be done."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import g
from flask_babel import lazy_gettext as _

from gateway import formats
from gateway.backends import installations
from gateway.listing.declaring import BulkAction, Column, Filter, Listing, RowAction, View
from gateway.listing.row_actions import CONTRACT, CONTRACT_PDF, INVOICE
from gateway.states import STATES

PENDING = ("new", "in_progress")
STANDING = (*PENDING, "active")
EVERY_STATE = ("new", "in_progress", "activating", "active", "ending", "ended", "cancelled")
ALL = "all"
TODAY, TOMORROW, WEEK, LATE = "today", "tomorrow", "week", "late"
PERIODS = ((TODAY, _("Hoy")), (TOMORROW, _("Mañana")), (WEEK, _("Próximos 7 días")), (LATE, _("Atrasadas")))

COLUMNS = (
    Column(key="number", label=_("N.º"), kind="number", shown=True),
    Column(key="person", label=_("Persona"), kind="person", shown=True, brief=True),
    Column(key="scheduled_at", label=_("Fecha"), kind="moment", shown=True, brief=True),
    Column(key="zone", label=_("Zona"), field="zone_name", shown=True),
    Column(key="technician", label=_("Técnico"), field="technician_name", shown=True),
    Column(key="plan", label=_("Plan"), field="plan_name", shown=True),
    Column(key="state", label=_("Estado"), kind="state", shown=True, brief=True),
    Column(key="phone", label=_("Teléfono"), kind="phone", sortable=False),
    Column(key="second_phone", label=_("Segundo teléfono"), kind="phone", sortable=False),
    Column(key="email", label=_("Correo electrónico"), kind="email", sortable=False),
    Column(key="official_id", label=_("Identificación"), sortable=False),
    Column(key="address", label=_("Dirección"), sortable=False),
    Column(key="neighbourhood", label=_("Colonia o barrio"), sortable=False),
    Column(key="city", label=_("Ciudad")),
    Column(key="ip", label=_("IP"), kind="mono", field="ip_address"),
    Column(key="mac_address", label=_("MAC"), kind="mono", sortable=False),
    Column(key="service_name", label=_("Nombre en el router"), kind="mono", sortable=False),
    Column(key="router", label=_("Router"), field="router_name"),
    Column(key="sector", label=_("Sectorial"), field="sector_name", sortable=False),
    Column(key="installation_cost_minor", label=_("Costo de instalación"), kind="money", sortable=False),
    Column(key="created_at", label=_("Creada"), kind="moment"),
    Column(key="wifi_ssid", label=_("Red Wi-Fi"), sortable=False),
    Column(key="comments", label=_("Comentarios"), kind="long", sortable=False),
)  # fmt: skip

FILTERS = (
    Filter(name="search", label=_("Buscar"), kind="search"),
    Filter(
        name="state",
        label=_("Estado"),
        kind="choice",
        empty=_("Pendientes"),
        options=(*((state, STATES[state]) for state in EVERY_STATE), (ALL, _("Todos los estados"))),
    ),
    Filter(name="when", label=_("Cuándo"), kind="choice", empty=_("Cualquier fecha"), options=PERIODS),
    Filter(name="zone_id", label=_("Zona"), kind="choice", empty=_("Todas las zonas")),
    Filter(name="technician_id", label=_("Técnico"), kind="choice", empty=_("Todos los técnicos")),
    Filter(name="from_on", label=_("Desde"), kind="day", extra=True),
    Filter(name="to_on", label=_("Hasta"), kind="day", extra=True),
    Filter(
        name="dates",
        label=_("Fechas de"),
        kind="choice",
        empty=_("Fechas de la visita"),
        options=(("created_at", _("Fechas de registro")),),
        extra=True,
    ),
    Filter(name="router_id", label=_("Router"), kind="choice", empty=_("Todos los routers"), extra=True),
    Filter(name="plan_id", label=_("Plan"), kind="choice", empty=_("Todos los planes"), extra=True),
    Filter(name="sector_id", label=_("Sectorial"), kind="choice", empty=_("Todas las sectoriales"), extra=True),
    Filter(name="city", label=_("Ciudad"), kind="text", extra=True),
    Filter(name="failed", label=_("Solo las que fallaron al activarse"), kind="flag", extra=True),
)

ACTIONS = (
    RowAction(endpoint="installations.show", label=_("Ver"), icon="file-text"),
    RowAction(
        endpoint="installations.ask_activation",
        label=_("Activar"),
        icon="player-play",
        needs="installations.activate",
        states=PENDING,
        in_place=True,
    ),
    RowAction(
        endpoint="installations.edit", label=_("Editar"), icon="edit", needs="installations.edit", states=STANDING
    ),
    RowAction(
        endpoint="agenda.move_form",
        label=_("Mover la visita"),
        icon="calendar-time",
        needs="agenda.move",
        states=PENDING,
    ),
    RowAction(endpoint="installations.show", label=_("Archivos"), icon="files", anchor="archivos"),
    CONTRACT,
    RowAction(
        endpoint="contracts.edit",
        label=_("Enlace de contrato"),
        icon="send",
        anchor="link-box",
        needs="contracts.issue_link",
    ),
    CONTRACT_PDF,
    INVOICE,
    RowAction(endpoint="sheets.show", label=_("Imprimir hoja"), icon="printer"),
    RowAction(
        endpoint="zone_change.show", label=_("Cambiar zona"), icon="map-pin", needs="zone_change.show", states=STANDING
    ),
    RowAction(
        endpoint="installations.show",
        label=_("Cancelar"),
        icon="trash",
        anchor="confirm-cancel",
        needs="installations.cancel",
        states=PENDING,
        danger=True,
    ),
)

BULK = (
    BulkAction(
        key="assign",
        label=_("Asignar técnico"),
        icon="user",
        explains=_("La fecha y la hora de cada una se quedan como están."),
        fields=("technician_id", "accepted"),
    ),
    BulkAction(
        key="reschedule",
        label=_("Cambiar de día"),
        icon="calendar",
        explains=_("Cada una conserva su hora y su técnico."),
        fields=("day", "days", "accepted"),
    ),
    BulkAction(key="print", label=_("Imprimir hojas"), icon="printer"),
    BulkAction(key="start", label=_("Iniciar"), icon="tool", explains=_("Pasan a «en progreso».")),
    BulkAction(
        key="cancel",
        label=_("Cancelar"),
        icon="trash",
        explains=_("Sus direcciones IP y nombres en el router quedarán libres."),
        fields=("reason",),
        danger=True,
    ),
)
VIEWS = (
    View(key="pending", name=_("Pendientes"), query={}),
    View(key="today", name=_("Hoy"), query={"when": TODAY}),
    View(key="late", name=_("Atrasadas"), query={"when": LATE}),
    View(key="failed", name=_("Con fallo"), query={"failed": "1"}),
)


def days_of(when: str | None, today: date) -> tuple[date | None, date | None]:
    """From the first to the last day of a period; None where it has no end."""
    match when:
        case "today":
            return today, today
        case "tomorrow":
            return today + timedelta(days=1), today + timedelta(days=1)
        case "week":
            return today, today + timedelta(days=6)
        case "late":
            return None, today - timedelta(days=1)
    return None, None


def _resolve(filters: dict[str, Any]) -> dict[str, Any]:
    """Today's day is the company's; days that were typed go before a period."""
    state = filters.pop("state")
    filters["states"] = list(EVERY_STATE) if state == ALL else [state] if state else None
    first, last = days_of(filters.pop("when"), g.at.astimezone(formats.time_zone()).date())
    for name, day in (("from_on", first), ("to_on", last)):
        filters[name] = filters[name] or (day.isoformat() if day else None)
    return filters


LIST = Listing(
    key="installations",
    title=_("Instalaciones"),
    endpoint="installations.index",
    row_endpoint="installations.show",
    identity="installation_id",
    icon="calendar",
    nothing=_("No hay instalaciones con estos filtros."),
    search_hint=_("Nombre, teléfono, IP, número…"),
    columns=COLUMNS,
    filters=FILTERS,
    order="scheduled_at",
    views=VIEWS,
    actions=ACTIONS,
    backend=installations,
    read=installations.list,
    for_screens=True,
    resolve=_resolve,
    bulk=BULK,
)
