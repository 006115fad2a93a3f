"""Tags in texts that staff write: `{{ cliente.nombre }}` is replaced by a value, and nothing is executed.

The names are Spanish because that is what staff of every language reads in the templates.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from services.contracts.errors import UnknownTags

_TAG = re.compile(r"\{\{([^{}]*)\}\}")
_MARKUP = re.compile(r"<[^>]*>")
_WHITE = re.compile(r"(?:\s|&nbsp;|\xa0)+")

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
    return _TAG.sub(lambda match: html.escape(values[_name(match)]), text)


def check_tags(text: str) -> None:
    """Raises `UnknownTags`."""
    unknown = dict.fromkeys(name for name in map(_name, _TAG.finditer(text)) if name not in TAGS)
    if unknown:
        raise UnknownTags(list(unknown))


def _name(match: re.Match[str]) -> str:
    """An editor may have put markup or hard spaces into the braces."""
    return _WHITE.sub(" ", _MARKUP.sub("", match[1])).strip()
