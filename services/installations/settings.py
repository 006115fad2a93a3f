"""The installations service's environment: what every service needs, and nothing of its own."""

from __future__ import annotations

from chassis.settings import ServiceSettings


class InstallationsSettings(ServiceSettings):
    """See `python -m services.installations settings`."""
