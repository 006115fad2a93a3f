"""The Wi-Fi data of the client's own router, for the technician and the sheet; the password is kept sealed."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.secrets import Keyring
from services.installations.model import Installation


@dataclass(frozen=True)
class Wifi:
    wifi_ssid: str | None
    wifi_password: str | None


def keep_password(installation: Installation, keyring: Keyring, password: str | None) -> None:
    """None leaves the one that is there; without a network there is none."""
    if installation.wifi_ssid is None:
        installation.sealed_wifi_password = None
    elif password:
        installation.sealed_wifi_password = keyring.seal(password, _context(installation))


def wifi_of(installation: Installation, keyring: Keyring) -> Wifi:
    sealed = installation.sealed_wifi_password
    return Wifi(installation.wifi_ssid, keyring.open(sealed, _context(installation)) if sealed else None)


def _context(installation: Installation) -> str:
    return f"installations.wifi/{installation.company_id}/{installation.id}/password"
