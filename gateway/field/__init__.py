"""The technician's phone: the jobs of the day, what is done at each, and how all of it goes on without signal.

Every act is a plain form. A phone without signal keeps it, sealed, and sends the same form with the same key later;
see docs/decisions for what is kept on a phone, and for how long.
"""

from gateway.field import acts, offline, pages
from gateway.field.room import blueprint

__all__ = ["acts", "blueprint", "offline", "pages"]
