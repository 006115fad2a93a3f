"""What all tables of this service are declared on."""

from __future__ import annotations

from chassis.storage import make_base

Base = make_base("preinstall")
