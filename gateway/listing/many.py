"""Many rows of a list at once: who is meant, how many that is, and what is done with them."""

from __future__ import annotations

import dataclasses
from typing import Any

from flask import request

from chassis.errors import ValidationFailed
from gateway.backends import installations, preinstall
from gateway.forms import Form
from gateway.listing.asked import Asked
from gateway.listing.declaring import Listing

MOST_REQUESTS = 500
MOST_SERVICES = 1_000
"""As their services take at once."""
TICKED = {"accepted", "without_router"}
"""What is ticked or not."""


@dataclasses.dataclass(frozen=True, slots=True)
class Chosen:
    """The ticked ones, or with `everything` all that the list finds."""

    listing: Listing
    found: Asked
    ids: list[str]
    everything: bool

    def as_told(self) -> dict[str, Any]:
        """As the installations service takes it."""
        chosen: dict[str, Any] = {"list": self.listing.key}
        return (
            {**chosen, "filters": self.found.to_export()}
            if self.everything
            else {**chosen, "installation_ids": self.ids}
        )

    def resolved(self, most: int) -> list[str]:
        """Every id. Raises `ValidationFailed` when that is nobody, or more than `most`."""
        ids = self.ids
        if self.everything:
            ids = (
                _requests_like(self.found)
                if self.listing.backend is preinstall
                else installations.choose(self.as_told())
            )
        if len(ids) > most:
            raise ValidationFailed("too-many-chosen", most=most)
        if not ids:
            raise ValidationFailed("nothing-chosen")
        return ids


def chosen(listing: Listing, found: Asked) -> Chosen:
    """What the sent form names. Raises `ValidationFailed` when nothing is ticked."""
    ids, everything = request.form.getlist("chosen"), bool(request.form.get("all"))
    if not ids and not everything:
        raise ValidationFailed("nothing-chosen")
    return Chosen(listing, found, ids, everything)


def preview(whom: Chosen) -> dict[str, Any]:
    """`total`, and `by_state` where the service tells."""
    if whom.listing.backend is preinstall:
        return {"total": len(whom.resolved(MOST_REQUESTS)), "by_state": {}}
    return installations.preview_bulk_change(whom.as_told())


def wanted_of(form: Form, fields: tuple[str, ...]) -> dict[str, Any]:
    """What the action asks for, as it was typed. `days` is a number where it can be one."""
    wanted: dict[str, Any] = {name: form.text(name) for name in fields}
    if "days" in wanted and wanted["days"] is not None and wanted["days"].lstrip("+-").isdigit():
        wanted["days"] = int(wanted["days"])
    for name in TICKED & wanted.keys():
        wanted[name] = bool(wanted[name])
    return wanted


def _requests_like(found: Asked) -> list[str]:
    """One more than may be, at most: enough to see that it is too many."""
    ids: list[str] = []
    after = None
    while len(ids) <= MOST_REQUESTS:
        page = preinstall.list(limit=200, **{**found.to_export(), **({"after": after} if after else {})})
        ids += [row["request_id"] for row in page["rows"]]
        after = page["next"]
        if after is None:
            break
    return ids
