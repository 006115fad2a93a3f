"""The lists that there are, by the names that addresses have for them."""

from __future__ import annotations

from urllib.parse import parse_qsl

from flask import request

from gateway.listing import clients, installations, page, requests
from gateway.listing.asked import Asked
from gateway.listing.declaring import Listing

LISTS: dict[str, Listing] = {each.LIST.key: each.LIST for each in (installations, clients, requests)}


def sent_query(listing: Listing) -> Asked:
    """What the list showed when one of its forms was sent."""
    found, _views, _preference = page.read(listing, dict(parse_qsl(request.form.get("query", ""))))
    return found
