"""The client portal: one's own service, invoices, contract and files, with a code in place of a password."""

from gateway.portal import devices, entering, pages
from gateway.portal.room import blueprint

__all__ = ["blueprint", "devices", "entering", "pages"]
