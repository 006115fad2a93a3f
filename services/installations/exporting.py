"""What the files of these lists hold, by the names that screens have for columns."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from sqlalchemy.orm import Session

from chassis.exporting import Exported, ExportedColumn
from chassis.spreadsheets.kinds import MOMENT, MONEY, NUMBER, WORD
from services.installations import listing, schemas
from services.installations.model import CURRENT, PENDING

_TEXTS = (
    "first_name", "last_name", "phone", "second_phone", "email", "official_id", "address", "neighbourhood",
    "city", "postal_code", "mac_address", "service_name", "wifi_ssid", "comments", "cancel_reason", "end_note",
)  # fmt: skip
_MOMENTS = ("scheduled_at", "created_at", "activated_at", "ended_at")
COLUMNS: dict[str, ExportedColumn] = {
    **{name: ExportedColumn(attrgetter(name)) for name in _TEXTS},
    "person": ExportedColumn(lambda row: f"{row.first_name} {row.last_name}"),
    **{name: ExportedColumn(attrgetter(f"{name}_name")) for name in ("zone", "router", "plan", "technician", "sector")},
    **{name: ExportedColumn(attrgetter(name), MOMENT) for name in _MOMENTS},
    **{name: ExportedColumn(attrgetter(name), NUMBER) for name in ("number", "client_number")},
    "ip": ExportedColumn(attrgetter("ip_address")),
    "state": ExportedColumn(attrgetter("state"), WORD),
    "end_reason": ExportedColumn(attrgetter("end_reason"), WORD),
    "installation_cost_minor": ExportedColumn(attrgetter("installation_cost_minor"), MONEY),
}
# What of the filters leaves nobody out.
_ORDER = {"sort", "after", "before", "limit", "dates"}


def _count_installations(session: Session, *, states: list[str], **filters: Any) -> int | None:
    if _narrowed(filters):
        return None
    counted = listing.totals(session)
    return sum(counted[state] for state in states or PENDING)


def _count_clients(session: Session, *, states: list[str], **filters: Any) -> int | None:
    if _narrowed(filters):
        return None
    counted = listing.totals(session)
    return sum(counted[state] for state in states or CURRENT)


def _narrowed(filters: dict[str, Any]) -> bool:
    return any(value for name, value in filters.items() if name not in _ORDER)


EXPORTED = {
    "installations": Exported(
        read=listing.list_installations,
        takes=schemas.InstallationSearch(),
        columns=COLUMNS,
        count=_count_installations,
    ),
    "clients": Exported(read=listing.list_clients, takes=schemas.ClientSearch(), columns=COLUMNS, count=_count_clients),
}
