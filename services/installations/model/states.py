"""Which states exist, and from which each move may be made."""

from __future__ import annotations

NEW, IN_PROGRESS, ACTIVATING, ACTIVE, CANCELLED = "new", "in_progress", "activating", "active", "cancelled"
ENDING, ENDED = "ending", "ended"
STATES = (NEW, IN_PROGRESS, ACTIVATING, ACTIVE, ENDING, ENDED, CANCELLED)
PENDING = (NEW, IN_PROGRESS, ACTIVATING)
CURRENT = (ACTIVE, ENDING)
"""Of those who are clients: something of their service is on a router."""
OVER = (ENDED, CANCELLED)
"""Their addresses and names on routers are others' to have."""
RUNNING, PAUSED, STOPPED, DONE = "running", "paused", "stopped", "done"
TIMED_OUT = "activation-timed-out"
# From which states each move may be made.
MOVES = {
    "start": (NEW,),
    "activate": (NEW, IN_PROGRESS),
    "confirm": (ACTIVATING, IN_PROGRESS),
    "fail": (ACTIVATING,),
    "cancel": (NEW, IN_PROGRESS),
    "end": (ACTIVE,),
    "end_again": (ENDING,),
    "keep": (ACTIVE, ENDING),
    "ended": (ENDING,),
    "change": (NEW, IN_PROGRESS, ACTIVE),
    "reschedule": (NEW, IN_PROGRESS),
}
# What the router has of a client.
ON_THE_ROUTER = ("zone_id", "router_id", "plan_id", "service_name", "ip_address", "mac_address")
# What a search reads word by word; it knows phones and addresses of other kinds as what they are.
SEARCHED = ("first_name", "last_name", "official_id", "email", "address", "neighbourhood", "city", "service_name")
