"""What the filters of lists offer to choose among."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any
from uuid import UUID

from gateway import formats
from gateway.listing.declaring import Options

MOST_COMPANIES = 1_000
_KINDS = ("zone", "technician", "router", "plan", "sector")


class Offered:
    """What the filters of a company's lists offer, kept for as long as their service says that it is the same."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, tuple[int, dict[str, Options]]] = OrderedDict()
        self._lock = Lock()

    def read(self, company_id: UUID, read: Callable[..., Any], **asked: Any) -> tuple[Any, dict[str, Options]]:
        """The page that `read` gives, and what its filters offer."""
        with self._lock:
            revision, options = self._kept.get(company_id, (None, {}))
        page = read(choices=True, choices_known=revision, **asked)
        if "choices" in page:
            options = by_filter(page["choices"])
            self._keep(company_id, page["choices_revision"], options)
        return page, options

    def _keep(self, company_id: UUID, revision: int | None, options: dict[str, Options]) -> None:
        """Those of companies that were asked for first are forgotten first."""
        with self._lock:
            self._kept.pop(company_id, None)
            if revision is not None:
                self._kept[company_id] = revision, options
            if len(self._kept) > MOST_COMPANIES:
                self._kept.popitem(last=False)


def by_filter(choices: Mapping[str, Any]) -> dict[str, Options]:
    """What a service names, under the names of the filters."""
    return {f"{kind}_id": tuple(formats.choices(choices[f"{kind}s"], "id", "name")) for kind in _KINDS if choices}
