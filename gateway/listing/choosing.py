"""What the filters of lists offer to choose among."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway import formats
from gateway.listing.declaring import Options

_KINDS = ("zone", "technician", "router", "plan", "sector")


def by_filter(choices: Mapping[str, Any]) -> dict[str, Options]:
    """What a service names, under the names of the filters."""
    return {f"{kind}_id": tuple(formats.choices(choices[f"{kind}s"], "id", "name")) for kind in _KINDS if choices}
