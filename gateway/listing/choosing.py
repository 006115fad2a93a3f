"""What the filters of lists offer to choose among."""

from __future__ import annotations

from gateway import formats
from gateway.backends import installations
from gateway.listing.declaring import Options


def choices_of_installations() -> dict[str, Options]:
    """Under the names of the filters: everything in one question."""
    found = installations.list_choices()
    return {
        f"{kind}_id": formats.choices(found[f"{kind}s"], "id", "name")
        for kind in ("zone", "technician", "router", "plan", "sector")
    }
