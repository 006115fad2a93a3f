"""INS-4: activation is asked about where one is, followed there, and what it changes is seen without a reload."""

from __future__ import annotations

import dataclasses
from typing import Any

from chassis import clock
from chassis.errors import Conflict
from chassis.identifiers import new_id
from chassis.inbox.handling import handle
from chassis.inbox.messages import Delivery, Received
from events.billing import InvoiceIssued
from events.installations import InstallationActivated, InstallationActivationRequested
from gateway import timeline
from tests.gateway.pages import House, hidden
from tests.gateway.test_field_pages import _job
from tests.hosting import on_sqlite
from tests.samples import MARIA, envelope_of

pytestmark = on_sqlite

PAGE = f"/instalaciones/{MARIA}"
OVER_THE_LIST = {"HX-Request": "true"}
INVOICE = {
    "invoice_id": str(new_id()), "number": "A-000009", "issued_on": "2026-11-24", "total_minor": 45_000,
    "currency": "MXN", "state": "issued",
}  # fmt: skip


def _answering(house: House, **found: Any) -> None:
    more = {"activated_at": None, "technician_name": "Raúl", "installation_cost_minor": 0, "currency": "MXN"}
    job = _job(installation_id=str(MARIA), email=None, official_id=None, **more, **found)
    house.services.answers |= {
        "installations.get_installation": lambda _: job,
        "installations.activate": lambda _: {"activation_id": str(new_id())},
        "contracts.get_for_installation": lambda _: None,
        "billing.account": lambda _: {"invoices": [INVOICE], "balance_minor": 45_000},
    }


def _told(house: House, *kinds: Any) -> None:
    """Just now."""
    of = {"company_id": house.company.id, "installation_id": MARIA}
    envelopes = [dataclasses.replace(envelope_of(kind, **of), time=clock.now()) for kind in kinds]
    handler = timeline.handler()
    received = [Received(Delivery(handler, n, False, {}, b""), each, each, 1) for n, each in enumerate(envelopes)]
    handle(house.database, received)


def test_ins_4_the_question_is_a_page_of_its_own_or_goes_over_the_list(house: House):
    _answering(house)
    client = house.staff()
    alone, page = client.get(f"{PAGE}/activar", headers=OVER_THE_LIST).text, client.get(f"{PAGE}/activar").text
    for text in (alone, page):
        assert "¿Activar el servicio de Ana Robles?" in text and f'action="{PAGE}/activar"' in text
    assert "<html" not in alone and "hx-post" in alone
    assert "<html" in page and "hx-post" not in page
    _answering(house, state="active", client_number=4)
    assert "<button" not in client.get(f"{PAGE}/activar", headers=OVER_THE_LIST).text


def test_ins_4_in_place_of_the_question_comes_how_far_it_is_or_why_not(house: House):
    _answering(house, state="activating")
    client = house.staff()

    def activate() -> str:
        question = client.get(f"{PAGE}/activar", headers=OVER_THE_LIST).text
        sent = {"csrf_token": hidden(question, "csrf_token"), "key": new_id().hex}
        return client.post(f"{PAGE}/activar", data=sent, headers=OVER_THE_LIST).text

    answer = activate()
    assert "Activación pedida" in answer and "alone=1" in answer, "it is followed without the rest of its page"

    def refuse(_: Any) -> Any:
        raise Conflict("illegal-move", state="cancelled", move="activate")

    house.services.answers["installations.activate"] = refuse
    assert 'role="alert"' in activate()


def test_ins_4_a_page_that_was_open_meanwhile_shows_the_client_and_the_invoice(house: House):
    _told(house, InstallationActivationRequested, InstallationActivated, InvoiceIssued)
    _answering(house, state="active", client_number=9)
    client = house.staff()
    page = client.get(f"{PAGE}/avance?seen=other").text
    for box in ("persona", "facturas", "contrato", "historia", "comprobacion", "state", "actions"):
        assert f'id="{box}" hx-swap-oob="true"' in page, box
    assert "A-000009" in page
    alone = client.get(f"{PAGE}/avance?seen=other&alone=1").text
    assert "ya está en el router" in alone and "hx-swap-oob" not in alone
