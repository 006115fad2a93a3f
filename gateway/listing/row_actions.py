"""What may be done with a row of an installation, whether it is one still or a client by now."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from gateway.listing.declaring import RowAction

CONTRACT = RowAction(endpoint="contracts.edit", label=_("Contrato"), icon="signature")
CONTRACT_PDF = RowAction(endpoint="contracts.edit", label=_("PDF del contrato"), icon="file-text", anchor="pdf-box")
INVOICE = RowAction(
    endpoint="billing.new_invoice", label=_("Generar factura"), icon="cash", needs="billing.create_invoice"
)
