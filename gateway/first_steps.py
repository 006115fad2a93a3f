"""What a company that is new here does first, and in which order: without a router nobody can be scheduled."""

from __future__ import annotations

import dataclasses
from typing import Any

from flask import g
from flask_babel import lazy_gettext as _

from gateway import navigation, roles
from gateway.backends import installations
from gateway.parts import Part, part


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """`done` is None for what one may also do later, or again."""

    title: Any
    explains: Any
    endpoint: str
    icon: str
    done: bool | None = None

    @property
    def mine(self) -> bool:
        """Whether this person's role opens it."""
        return navigation.may(self.endpoint)


def of(work: Part, month: Part) -> list[Step]:
    """The steps, while there is no installation and no client; of who arranges things alone."""
    if g.signed_in.account.role not in roles.OFFICE_WORK or work.away or month.away or _has_begun(work, month):
        return []
    known = part("installations", _known)
    return _steps(**known.data) if known.data else []


def _has_begun(work: Part, month: Part) -> bool:
    return any((month.data["installs"], month.data["installs_before"], *work.data["pending_by_state"].values()))


def _known() -> dict[str, bool] | None:
    """What is there already; None for who has clients, and only no installation lately."""
    if installations.clients(limit=1)["rows"]:
        return None
    return {
        "router": bool(installations.routers()),
        "zone": bool(installations.zones()),
        "plan": bool(installations.plans()),
        "team": len(installations.technicians()) > 1,
    }


def _steps(*, router: bool, zone: bool, plan: bool, team: bool) -> list[Step]:
    return [
        Step(
            _("Agrega tu router"),
            _("Un MikroTik, con su dirección y un usuario de su API."),
            "routers.new",
            "router",
            router,
        ),
        Step(
            _("Crea una zona y un plan"),
            _("La zona dice qué router atiende; el plan, velocidad y precio."),
            "territory.index",
            "map-pin",
            zone and plan,
        ),
        Step(
            _("Agrega a tu equipo"),
            _("Cada quien recibe un correo y elige su contraseña."),
            "people.index",
            "users",
            team,
        ),
        Step(
            _("Publica tu formulario"),
            _("Enlace, código QR y botón para tu página: por ahí llegan las solicitudes."),
            "public_settings.share",
            "send",
        ),
        Step(
            _("Importa a tus clientes"),
            _("De WispHub, Splynx o una hoja de cálculo; primero se revisa todo."),
            "imports.index",
            "file-import",
        ),
        Step(
            _("Programa tu primera instalación"),
            _("O espera la primera solicitud y apruébala."),
            "installations.new",
            "tool",
        ),
    ]
