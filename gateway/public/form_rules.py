"""What the company asks for in its public form; known also while the service that owns it is away."""

from __future__ import annotations

import dataclasses

from flask import current_app, g
from flask_babel import gettext as _

from chassis.errors import Unavailable
from gateway.backends import preinstall

KINDS = ("id_front", "id_back", "proof_of_address", "coupon")


@dataclasses.dataclass(frozen=True, slots=True)
class FormRules:
    """`documents`: (kind, whether it is required), in the order of the form."""

    documents: tuple[tuple[str, bool], ...]
    max_file_bytes: int


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


def current() -> FormRules:
    """The company's rules, the last known ones, or the usual ones."""
    company_id = str(g.company.id)
    try:
        told = preinstall.form_settings()
    except Unavailable:
        return _last_known.get(company_id) or FormRules(_ASKED, _largest())
    required = {asked["kind"]: asked["required"] for asked in told["documents"]}
    documents = tuple((kind, required[kind]) for kind in KINDS if kind in required)
    rules = FormRules(documents, min(told.get("max_file_bytes") or _largest(), _largest()))
    _last_known[company_id] = rules
    return rules


def _largest() -> int:
    return current_app.extensions["alta"].settings.max_upload_bytes
