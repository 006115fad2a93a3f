"""The tags that contracts and their templates may have; see `chassis.tags`.

The names are Spanish because that is what staff of every language reads in the templates.
"""

from __future__ import annotations

from collections.abc import Mapping

from chassis.tags import fill_in, unknown_tags
from services.contracts.errors import UnknownTags

TAGS = (
    "empresa.nombre",
    "empresa.identificacion",
    "empresa.direccion",
    "empresa.telefono",
    "empresa.email",
    "cliente.nombre",
    "cliente.nombres",
    "cliente.apellidos",
    "cliente.identificacion",
    "cliente.email",
    "cliente.telefono",
    "cliente.telefono_adicional",
    "cliente.direccion",
    "cliente.barrio",
    "cliente.ciudad",
    "cliente.codigo_postal",
    "plan.nombre",
    "plan.precio",
    "plan.velocidad_bajada",
    "plan.velocidad_subida",
    "instalacion.numero",
    "instalacion.fecha",
    "instalacion.costo",
    "instalacion.zona",
    "instalacion.tecnico",
    "servicio.nombre",
    "servicio.ip",
    "contrato.fecha",
)
"""Every tag there is."""


def replace_tags(text: str, values: Mapping[str, str]) -> str:
    """HTML with the values in place of the tags, escaped. Raises `UnknownTags`, naming each of them."""
    check_tags(text)
    return fill_in(text, values.__getitem__)


def check_tags(text: str) -> None:
    """Raises `UnknownTags`."""
    if unknown := unknown_tags(text, TAGS):
        raise UnknownTags(unknown)
