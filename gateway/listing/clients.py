"""The list of clients: installations that were activated, without who has left unless they are asked for."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from gateway.backends import installations
from gateway.listing.declaring import BulkAction, Column, Filter, Listing, RowAction, View
from gateway.listing.row_actions import CONTRACT, CONTRACT_PDF, INVOICE
from gateway.states import STATES

ACTIVE, ENDED = ("active",), ("ended",)
EVERY_STATE = ("active", "ending", "ended")
ALL = "all"

COLUMNS = (
    Column(key="client_number", label=_("N.º"), kind="number", shown=True),
    Column(key="person", label=_("Cliente"), kind="person", shown=True, brief=True),
    Column(key="plan", label=_("Plan"), field="plan_name", shown=True, brief=True),
    Column(key="ip", label=_("IP"), kind="mono", field="ip_address", shown=True, brief=True),
    Column(key="phone", label=_("Teléfono"), kind="phone", shown=True, sortable=False),
    Column(key="activated_at", label=_("Instalado"), kind="moment", shown=True),
    Column(key="zone", label=_("Zona"), field="zone_name"),
    Column(key="router", label=_("Router"), field="router_name"),
    Column(key="sector", label=_("Sectorial"), field="sector_name", sortable=False),
    Column(key="technician", label=_("Técnico"), field="technician_name"),
    Column(key="service_name", label=_("Nombre en el router"), kind="mono", sortable=False),
    Column(key="mac_address", label=_("MAC"), kind="mono", sortable=False),
    Column(key="email", label=_("Correo electrónico"), kind="email", sortable=False),
    Column(key="second_phone", label=_("Segundo teléfono"), kind="phone", sortable=False),
    Column(key="official_id", label=_("Identificación"), sortable=False),
    Column(key="address", label=_("Dirección"), sortable=False),
    Column(key="neighbourhood", label=_("Colonia o barrio"), sortable=False),
    Column(key="city", label=_("Ciudad")),
    Column(key="number", label=_("N.º de instalación"), kind="number", sortable=False),
    Column(key="state", label=_("Estado"), kind="state"),
    Column(key="ended_at", label=_("De baja desde"), kind="moment"),
    Column(key="end_reason", label=_("Motivo de la baja"), kind="reason", sortable=False),
    Column(key="end_note", label=_("Nota de la baja"), kind="long", sortable=False),
    Column(key="wifi_ssid", label=_("Red Wi-Fi"), sortable=False),
    Column(key="comments", label=_("Comentarios"), kind="long", sortable=False),
)

FILTERS = (
    Filter(name="search", label=_("Buscar"), kind="search"),
    Filter(
        name="state",
        label=_("Estado"),
        kind="choice",
        empty=_("Clientes actuales"),
        options=(*((state, STATES[state]) for state in EVERY_STATE), (ALL, _("También los de baja"))),
    ),
    Filter(name="month", label=_("Mes"), kind="month"),
    Filter(name="day", label=_("Día"), kind="day"),
    Filter(name="from_on", label=_("Desde"), kind="day", extra=True),
    Filter(name="to_on", label=_("Hasta"), kind="day", extra=True),
    Filter(
        name="dates",
        label=_("Fechas de"),
        kind="choice",
        empty=_("Fechas de la instalación"),
        options=(("ended_at", _("Fechas de la baja")),),
        extra=True,
    ),
    Filter(name="zone_id", label=_("Zona"), kind="choice", empty=_("Todas las zonas"), extra=True),
    Filter(name="plan_id", label=_("Plan"), kind="choice", empty=_("Todos los planes"), extra=True),
    Filter(name="router_id", label=_("Router"), kind="choice", empty=_("Todos los routers"), extra=True),
    Filter(name="sector_id", label=_("Sectorial"), kind="choice", empty=_("Todas las sectoriales"), extra=True),
    Filter(name="technician_id", label=_("Técnico"), kind="choice", empty=_("Todos los técnicos"), extra=True),
    Filter(name="city", label=_("Ciudad"), kind="text", extra=True),
)

ACTIONS = (
    RowAction(endpoint="clients.show", label=_("Ver"), icon="file-text"),
    RowAction(endpoint="installations.edit", label=_("Editar"), icon="edit", needs="installations.edit", states=ACTIVE),
    RowAction(endpoint="clients.show", label=_("Archivos"), icon="files", anchor="archivos"),
    CONTRACT,
    CONTRACT_PDF,
    INVOICE,
    RowAction(endpoint="routers.account", label=_("Servicio en el router"), icon="router"),
    RowAction(
        endpoint="zone_change.show", label=_("Cambiar zona"), icon="map-pin", needs="zone_change.show", states=ACTIVE
    ),
    RowAction(
        endpoint="installations.new",
        label=_("Nueva instalación"),
        icon="plus",
        needs="installations.new",
        states=ENDED,
        argument="again",
    ),
    RowAction(
        endpoint="endings.show",
        label=_("Dar de baja"),
        icon="user-minus",
        needs="endings.end",
        states=ACTIVE,
        danger=True,
    ),
)


BULK = (
    BulkAction(key="suspend", label=_("Suspender"), icon="player-pause", danger=True),
    BulkAction(key="reconnect", label=_("Reconectar"), icon="player-play"),
    BulkAction(
        key="change_plan",
        label=_("Cambiar de plan"),
        icon="refresh",
        explains=_("El router de cada cliente recibe la velocidad nueva. El plan debe ser del mismo router."),
        fields=("plan_id",),
    ),
    BulkAction(
        key="end",
        label=_("Dar de baja"),
        icon="user-minus",
        explains=_(
            "Cada servicio se quita de su router. No se emiten más facturas mensuales, lo que se debe se queda por "
            "cobrar, y los contratos terminan. Los clientes salen de la lista cuando su router lo confirma."
        ),
        fields=("end_reason", "ends_on", "note", "without_router"),
        danger=True,
    ),
)


def _resolve(filters: dict[str, Any]) -> dict[str, Any]:
    state = filters.pop("state")
    filters["states"] = list(EVERY_STATE) if state == ALL else [state] if state else None
    return filters


LIST = Listing(
    key="clients",
    title=_("Clientes"),
    endpoint="clients.index",
    row_endpoint="clients.show",
    identity="installation_id",
    icon="users",
    nothing=_("No hay clientes con estos filtros."),
    search_hint=_("Nombre, teléfono, IP, número…"),
    columns=COLUMNS,
    filters=FILTERS,
    order="-activated_at",
    views=(
        View(key="all", name=_("Actuales"), query={}),
        View(
            key="left",
            name=_("De baja"),
            query={"state": "ended", "sort": "-ended_at"},
            columns=["client_number", "person", "plan", "phone", "ended_at", "end_reason", "activated_at"],
        ),
    ),
    actions=ACTIONS,
    backend=installations,
    read=installations.clients,
    for_screens=True,
    resolve=_resolve,
    bulk=BULK,
)
