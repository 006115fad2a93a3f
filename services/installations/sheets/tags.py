"""What the tags of sheets stand for, written as the company's country writes money, dates and speeds.

The names are Spanish, as the product that staff are used to has them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from chassis.formats import locale_named, moment, money, speed
from chassis.tags import Html
from services.installations.model import Company, Installation
from services.installations.sheets import codes
from services.installations.wifi import Wifi


@dataclass(frozen=True)
class Subject:
    """What a sheet is about; the Wi-Fi data are empty for those who may not read them."""

    company: Company
    installation: Installation
    wifi: Wifi
    logo: Html


def _scheduled(of: Subject) -> str:
    zone = ZoneInfo(of.company.time_zone)
    return moment(of.installation.scheduled_at.astimezone(zone), locale_named(of.company.locale), width="full")


def _money(of: Subject, minor: int, currency: str) -> str:
    return money(minor, currency, locale_named(of.company.locale))


def _speed(of: Subject, kbps: int) -> str:
    return speed(kbps, locale_named(of.company.locale))


def _coordinates(of: Subject) -> str | None:
    latitude, longitude = of.installation.latitude, of.installation.longitude
    return f"{latitude:f}, {longitude:f}" if latitude is not None and longitude is not None else None


def _service_number(of: Subject) -> str:
    """The client's; before there is one the installation's, as sheets are printed before the visit."""
    client = of.installation.client
    return str(client.number if client else of.installation.number)


TAGS: dict[str, Callable[[Subject], str | None]] = {
    "id_servicio": _service_number,
    "empresa.nombre": lambda of: of.company.name,
    "empresa.logo": lambda of: of.logo,
    "empresa.identificacion": lambda of: of.company.tax_id,
    "empresa.direccion": lambda of: of.company.address,
    "empresa.telefono": lambda of: of.company.phone,
    "empresa.email": lambda of: of.company.email,
    "instalacion.numero": lambda of: str(of.installation.number),
    "instalacion.fecha": _scheduled,
    "instalacion.costo": lambda of: _money(of, of.installation.installation_cost_minor, of.installation.currency),
    "instalacion.comentarios": lambda of: of.installation.comments,
    "instalacion.zona": lambda of: of.installation.zone.name,
    "instalacion.sectorial": lambda of: of.installation.sector.name if of.installation.sector else None,
    "instalacion.tecnico": lambda of: of.installation.technician.name if of.installation.technician else None,
    "cliente.nombre": lambda of: of.installation.person,
    "cliente.nombres": lambda of: of.installation.first_name,
    "cliente.apellidos": lambda of: of.installation.last_name,
    "cliente.identificacion": lambda of: of.installation.official_id,
    "cliente.email": lambda of: of.installation.email,
    "cliente.telefono": lambda of: of.installation.phone,
    "cliente.telefono_adicional": lambda of: of.installation.second_phone,
    "cliente.direccion": lambda of: of.installation.address,
    "cliente.barrio": lambda of: of.installation.neighbourhood,
    "cliente.ciudad": lambda of: of.installation.city,
    "cliente.codigo_postal": lambda of: of.installation.postal_code,
    "cliente.coordenadas": _coordinates,
    "cliente.mapa_qr": lambda of: codes.way_to(of.installation),
    "plan.nombre": lambda of: of.installation.plan.name,
    "plan.precio": lambda of: _money(of, of.installation.plan.price_minor, of.installation.plan.currency),
    "plan.velocidad_bajada": lambda of: _speed(of, of.installation.plan.download_kbps),
    "plan.velocidad_subida": lambda of: _speed(of, of.installation.plan.upload_kbps),
    "servicio.cliente_rb": lambda of: of.installation.service_name,
    "servicio.ip": lambda of: of.installation.ip_address,
    "servicio.mac": lambda of: of.installation.mac_address,
    "servicio.router": lambda of: of.installation.router.name if of.installation.router else None,
    "servicio.ssid_router_wifi": lambda of: of.wifi.wifi_ssid,
    "servicio.password_ssid_router_wifi": lambda of: of.wifi.wifi_password,
    "servicio.wifi_qr": lambda of: codes.joining(of.wifi),
}
"""Every tag there is."""
