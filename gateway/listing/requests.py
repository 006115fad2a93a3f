"""The list of requests from the public form."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from gateway.backends import preinstall
from gateway.listing.declaring import BulkAction, Column, Filter, Listing, RowAction, View

OPEN = ("open",)

COLUMNS = (
    Column(key="person", label=_("Persona"), kind="person", shown=True, brief=True),
    Column(key="phone", label=_("Teléfono"), kind="phone", shown=True, brief=True, sortable=False),
    Column(key="submitted_at", label=_("Recibida"), kind="moment", shown=True, brief=True),
    Column(key="state", label=_("Estado"), kind="state", shown=True),
    Column(key="address", label=_("Dirección"), sortable=False),
    Column(key="neighbourhood", label=_("Colonia o barrio"), sortable=False),
    Column(key="city", label=_("Ciudad")),
    Column(key="source", label=_("Cómo llegó"), kind="campaign", field="campaign"),
    Column(key="email", label=_("Correo electrónico"), kind="email", sortable=False),
    Column(key="second_phone", label=_("Segundo teléfono"), kind="phone", sortable=False),
    Column(key="official_id", label=_("Identificación"), sortable=False),
    Column(key="comments", label=_("Comentarios"), kind="long", sortable=False),
    Column(key="reject_reason", label=_("Motivo del rechazo"), kind="long", sortable=False),
    Column(key="tracking_number", label=_("N.º de seguimiento"), kind="mono", sortable=False),
)


FILTERS = (
    Filter(name="search", label=_("Buscar"), kind="search"),
    Filter(
        name="state",
        label=_("Estado"),
        kind="choice",
        empty=_("Por revisar"),
        options=(
            ("approved", _("Aprobadas")),
            ("rejected", _("Rechazadas")),
            ("merged", _("Unidas a otra")),
            ("all", _("Todas")),
        ),
        usual="open",
        unfiltered="all",
    ),
    Filter(name="from_on", label=_("Desde"), kind="day"),
    Filter(name="to_on", label=_("Hasta"), kind="day"),
    Filter(name="flagged", label=_("Solo las apartadas"), kind="flag", extra=True),
    Filter(name="duplicated", label=_("Solo posibles duplicados"), kind="flag", extra=True),
    Filter(name="clients", label=_("Solo las que ya son clientes"), kind="flag", extra=True),
    Filter(name="unsourced", label=_("Solo sin campaña"), kind="flag", extra=True),
    Filter(name="source", label=_("Cómo llegó"), kind="text", extra=True),
    Filter(name="city", label=_("Ciudad"), kind="text", extra=True),
)

ACTIONS = (
    RowAction(endpoint="requests.show", label=_("Ver documentos"), icon="files"),
    RowAction(
        endpoint="installations.new",
        argument="preinstall_request_id",
        label=_("Aprobar"),
        icon="check",
        needs="installations.new",
        states=OPEN,
    ),
    RowAction(
        endpoint="requests.show",
        label=_("Rechazar"),
        icon="x",
        anchor="confirm-reject",
        needs="requests.reject",
        states=OPEN,
        danger=True,
    ),
)

BULK = (
    BulkAction(
        key="reject",
        label=_("Rechazar"),
        icon="x",
        explains=_("Cada persona que dejó un correo recibirá este motivo."),
        fields=("reason",),
        danger=True,
    ),
)

LIST = Listing(
    key="requests",
    title=_("Preinstalaciones"),
    endpoint="requests.index",
    row_endpoint="requests.show",
    identity="request_id",
    icon="inbox",
    nothing=_("No hay solicitudes con estos filtros."),
    search_hint=_("Buscar por nombre, teléfono, dirección…"),
    columns=COLUMNS,
    filters=FILTERS,
    order="-submitted_at",
    views=(
        View(key="open", name=_("Por revisar"), query={}),
        View(key="flagged", name=_("Apartadas"), query={"flagged": "1"}),
        View(key="every", name=_("Todas"), query={"state": "all"}),
    ),
    actions=ACTIONS,
    backend=preinstall,
    read=preinstall.list,
    bulk=BULK,
)
