"""What the tags stand for, written as the company's country writes money, dates and numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date

from chassis.formats import locale_named, moment, money, speed
from services.contracts.model import Company, Installation


def tag_values(company: Company, installation: Installation, at: datetime) -> dict[str, str]:
    """A text for each of `tags.TAGS`; empty where nothing is known."""
    given = installation.details
    return {name: str(value) if value is not None else "" for name, value in _values(company, given, at).items()}


def locale_of(company: Company) -> Locale:
    return locale_named(company.locale)


def local(company: Company, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(company.time_zone))


def _values(company: Company, given: dict[str, Any], at: datetime) -> dict[str, Any]:
    locale = locale_of(company)
    scheduled = local(company, datetime.fromisoformat(given["scheduled_at"]))
    return {
        "empresa.nombre": company.name,
        "empresa.identificacion": company.tax_id,
        "empresa.direccion": company.address,
        "empresa.telefono": company.phone,
        "empresa.email": company.email,
        "cliente.nombre": f"{given['first_name']} {given['last_name']}",
        "cliente.nombres": given["first_name"],
        "cliente.apellidos": given["last_name"],
        "cliente.identificacion": given["official_id"],
        "cliente.email": given["email"],
        "cliente.telefono": given["phone"],
        "cliente.telefono_adicional": given["second_phone"],
        "cliente.direccion": given["address"],
        "cliente.barrio": given["neighbourhood"],
        "cliente.ciudad": given["city"],
        "cliente.codigo_postal": given["postal_code"],
        **_plan_values(given["plan"], locale),
        "instalacion.numero": given["number"],
        "instalacion.fecha": moment(scheduled, locale),
        "instalacion.costo": money(given["installation_cost_minor"], given["currency"], locale),
        "instalacion.zona": given["zone_name"],
        "instalacion.tecnico": given["technician_name"],
        "servicio.nombre": given["service_name"],
        "servicio.ip": given["ip_address"],
        "contrato.fecha": format_date(local(company, at).date(), "long", locale=locale),
    }


def _plan_values(plan: dict[str, Any], locale: Locale) -> dict[str, str]:
    return {
        "plan.nombre": plan["name"],
        "plan.precio": money(plan["price_minor"], plan["currency"], locale),
        "plan.velocidad_bajada": speed(plan["download_kbps"], locale),
        "plan.velocidad_subida": speed(plan["upload_kbps"], locale),
    }
