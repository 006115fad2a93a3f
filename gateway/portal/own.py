"""What is a client's own: the one place that says which installations a request to the portal may touch."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, g

from chassis.errors import Unavailable
from gateway import app, clients
from gateway.parts import Part
from gateway.portal.entering import services_of


def own_services() -> Part:
    """The client's services as installations knows them now; away with it."""
    try:
        services = services_of(g.client.contact)
    except Unavailable:
        return Part("installations", None, away=True)
    ids = [each["installation_id"] for each in services]
    if tuple(ids) != g.client.known_ids:
        with app.runtime().database.begin(g.client.company.id) as writing:
            clients.learn(writing, g.client.session_id, installation_ids=ids)
    return Part("installations", services, away=False)


def own_service(installation_id: UUID) -> tuple[str, Any | None]:
    """The id as services take it, and the service; None while installations is away.

    404 for what is not this client's. Without installations, what was theirs when it last answered counts.
    """
    services = own_services()
    if services.data is None:
        if str(installation_id) not in g.client.known_ids:
            abort(404)
        return str(installation_id), None
    found = next((each for each in services.data if each["installation_id"] == str(installation_id)), None)
    if found is None:
        abort(404)
    return str(installation_id), found
