"""Where this service's tables are declared."""

from __future__ import annotations

from chassis.storage import make_base

Base = make_base("installations")
