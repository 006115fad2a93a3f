"""What each administration mode of a router means for one client: the rows that should be there.

Directions: a queue's limits are upload/download as the client sees them; a profile's `rate-limit` is
rx/tx as the router sees them, and what the router receives is the client's upload.
"""

from services.provisioning.modes.rates import Rates, profile_name
from services.provisioning.modes.rows import OWNED_MENUS, PROPERTIES, SUPPORTED, wanted_rows
from services.provisioning.modes.service import Service
from services.provisioning.modes.sessions import SESSIONS, SessionsMenu, session_key
from services.provisioning.modes.suspending import LOW_RATE, WAYS_OF, Cut

NEED_MAC = frozenset({"dhcp", "arp"})
"""The modes that know a client's device by its MAC address."""

WITH_PASSWORD = frozenset({"pppoe", "hotspot"})
"""The modes in which the client's own device logs in."""

__all__ = [
    "LOW_RATE",
    "NEED_MAC",
    "OWNED_MENUS",
    "PROPERTIES",
    "SESSIONS",
    "SUPPORTED",
    "WAYS_OF",
    "WITH_PASSWORD",
    "Cut",
    "Rates",
    "Service",
    "SessionsMenu",
    "profile_name",
    "session_key",
    "wanted_rows",
]
