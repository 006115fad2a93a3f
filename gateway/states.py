"""States in words: of installations and clients, invoices, contracts, requests, services on routers, imports."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

STATES: dict[str, Any] = {
    "new": _("Nueva"),
    "in_progress": _("En progreso"),
    "activating": _("Activando"),
    "active": _("Activa"),
    "cancelled": _("Cancelada"),
    "ending": _("Dándose de baja"),
    "ended": _("De baja"),
    "open": _("Por revisar"),
    "approved": _("Aprobada"),
    "rejected": _("Rechazada"),
    "merged": _("Unida a otra"),
    "pending": _("Pendiente"),
    "replaced": _("Reemplazado"),
    "issued": _("Emitida"),
    "partly_paid": _("Pagada en parte"),
    "paid": _("Pagada"),
    "void": _("Anulada"),
    "sent": _("Enviado"),
    "withdrawn": _("Retirado"),
    "waiting": _("En espera"),
    "failed": _("Falló"),
    "asked": _("Pedido"),
    "placed": _("En el router"),
    "changing": _("Cambiando"),
    "removing": _("Quitándose"),
    "removed": _("Quitado"),
    "suspended": _("Suspendido"),
    "refused": _("Rechazado por el router"),
    "running": _("En curso"),
    "paused": _("En pausa"),
    "stopped": _("Detenido"),
    "done": _("Hecho"),
    "left_out": _("Sin hacer"),
    "mapping": _("Por mapear"),
    "checking": _("Revisando"),
    "checked": _("Revisada"),
    "importing": _("Importando"),
    "imported": _("Importada"),
    "import_stopped": _("Detenida"),
    "undoing": _("Deshaciendo"),
    "undone": _("Deshecha"),
    "unreadable": _("No se pudo leer"),
    "good": _("Correcta"),
    "bad": _("Con errores"),
    "made": _("Importada"),
    "taken_back": _("Deshecha"),
    "kept": _("Se quedó"),
    "leaving": _("Quitándose del router"),
}


def state_name(state: str) -> str:
    return str(STATES.get(state, state))
