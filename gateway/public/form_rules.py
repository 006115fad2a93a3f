"""What the company asks for in its public form, and says there; known also while the service that owns it is away."""

from __future__ import annotations

import dataclasses
from typing import Any

from flask import current_app, g
from flask_babel import gettext as _

from chassis.errors import Unavailable
from gateway.backends import preinstall

KINDS = ("id_front", "id_back", "proof_of_address", "coupon")
FIELDS = ("second_phone", "email", "official_id", "neighbourhood", "city", "postal_code", "comments")
"""Those that a company may require or leave out."""
_PHONE = r"\+?[0-9][0-9 \(\)\.\-]{5,24}"
SHAPES = {
    "email": (r"[^@\s]+@[^@\s]+\.[^@\s]+", "invalid-email"),
    "phone": (_PHONE, "invalid-phone"),
    "second_phone": (_PHONE, "invalid-phone"),
    "postal_code": (r"[A-Za-z0-9][A-Za-z0-9 \-]{1,10}[A-Za-z0-9]", "invalid-postal-code"),
}
"""What a field must look like, read alike by Python and by a browser's `pattern`, and what else is said of it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Privacy:
    version: int
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class FormRules:
    """`documents`: (kind, whether it is required), in the order of the form; of `fields` what is asked for."""

    documents: tuple[tuple[str, bool], ...]
    max_file_bytes: int
    fields: tuple[tuple[str, bool], ...] = tuple((name, False) for name in FIELDS)
    welcome: str = ""
    thanks: str = ""
    privacy: Privacy | None = None

    def asks(self, name: str) -> bool:
        return name in dict(self.fields)

    def requires(self, name: str) -> bool:
        return dict(self.fields).get(name, False)


# As the product comes: everything but the coupon. A company that asks for less takes more papers than it needs
# for as long as its choice was never heard here, and no request is lost for it.
_ASKED = tuple((kind, kind != "coupon") for kind in KINDS)
_last_known: dict[str, FormRules] = {}


def labels() -> dict[str, str]:
    """What people call each kind of document."""
    return {
        "id_front": _("Identificación oficial, frente"),
        "id_back": _("Identificación oficial, reverso"),
        "proof_of_address": _("Comprobante de domicilio"),
        "coupon": _("Cupón o promoción"),
    }


def field_labels() -> dict[str, str]:
    return {
        "second_phone": _("Otro teléfono"),
        "email": _("Correo electrónico"),
        "official_id": _("Identificación oficial (clave)"),
        "neighbourhood": _("Barrio o localidad"),
        "city": _("Ciudad o municipio"),
        "postal_code": _("Código postal"),
        "comments": _("Comentarios"),
    }


def current() -> FormRules:
    """The company's rules, the last known ones, or the usual ones."""
    company_id = str(g.company.id)
    try:
        told = preinstall.form_settings()
    except Unavailable:
        return _last_known.get(company_id) or FormRules(_ASKED, _largest())
    rules = _last_known[company_id] = read(told)
    return rules


def read(told: dict[str, Any]) -> FormRules:
    """As the service tells them; one of an older version says less."""
    privacy = told.get("privacy")
    return FormRules(
        documents=_asked(KINDS, told["documents"], "kind"),
        max_file_bytes=min(told.get("max_file_bytes") or _largest(), _largest()),
        fields=_asked(
            FIELDS, told.get("person_fields") or [{"name": name, "required": False} for name in FIELDS], "name"
        ),
        welcome=told.get("welcome") or "",
        thanks=told.get("thanks") or "",
        privacy=Privacy(privacy["version"], privacy["text"]) if privacy else None,
    )


def _asked(order: tuple[str, ...], told: list[dict[str, Any]], name: str) -> tuple[tuple[str, bool], ...]:
    required = {each[name]: each["required"] for each in told if each.get("asked", True)}
    return tuple((each, required[each]) for each in order if each in required)


def _largest() -> int:
    return current_app.extensions["alta"].settings.max_upload_bytes
