"""The preinstall service's environment."""

from __future__ import annotations

from chassis.settings import ServiceSettings, setting


class PreinstallSettings(ServiceSettings):
    """See `python -m services.preinstall settings`."""

    max_file_bytes: int = setting(
        "ALTA_PREINSTALL_MAX_FILE_BYTES", help="the largest document that the public form takes", default=10 * 1024**2
    )
