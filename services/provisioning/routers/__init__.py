"""Talking to MikroTik routers over the RouterOS API.

The only importer of librouteros. Every failure comes out as `Transient` or `Permanent` with a code:
this is the place that knows whether trying again can help.
"""

from services.provisioning.routers.connection import Applied, Connection, open_connection
from services.provisioning.routers.endpoint import Endpoint
from services.provisioning.routers.failures import SILENT, ChangedMeanwhile, MenuMissing
from services.provisioning.routers.kept import KeptConnections

__all__ = [
    "SILENT",
    "Applied",
    "ChangedMeanwhile",
    "Connection",
    "Endpoint",
    "KeptConnections",
    "MenuMissing",
    "open_connection",
]
