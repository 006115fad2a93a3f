"""What the file of this list holds, by the names that screens have for columns."""

from __future__ import annotations

from operator import attrgetter

from chassis.exporting import Exported, ExportedColumn
from chassis.spreadsheets.kinds import MOMENT, WORD
from services.preinstall import listing, schemas

_TEXTS = (
    "first_name", "last_name", "person", "phone", "second_phone", "email", "official_id", "address", "neighbourhood",
    "city", "postal_code", "tracking_number", "comments", "reject_reason",
)  # fmt: skip
COLUMNS: dict[str, ExportedColumn] = {
    **{name: ExportedColumn(attrgetter(name)) for name in _TEXTS},
    "submitted_at": ExportedColumn(attrgetter("submitted_at"), MOMENT),
    "state": ExportedColumn(attrgetter("state"), WORD),
    "source": ExportedColumn(lambda row: " · ".join(row.campaign.values()) if row.campaign else None),
}
EXPORTED = {"requests": Exported(read=listing.list_requests, takes=schemas.RequestSearch(), columns=COLUMNS)}
