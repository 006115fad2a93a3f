"""The installations service's environment."""

from __future__ import annotations

from chassis.settings import ServiceSettings, setting


class InstallationsSettings(ServiceSettings):
    """See `python -m services.installations settings`."""

    activation_minutes: int = setting(
        "ALTA_ACTIVATION_MINUTES",
        help="after how many minutes without an answer an activation is given up; the router's own attempts take 20 s",
        default=10,
    )
