"""A client leaves: no month after the last day is invoiced, and what is owed stays owed.

Payments of who has left are taken as ever; a subscription that is closed reconnects nobody.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.outbox import announce
from events.billing import SubscriptionClosed
from events.installations import (
    IMPORT_UNDONE,
    ServiceEnded,
    ServiceEndPlanned,
    ServiceEndRequested,
    ServiceEndWithdrawn,
)
from services.billing.errors import NotKnownYet
from services.billing.invoicing import cost_occasion
from services.billing.model import ISSUED, Invoice, Subscription
from services.billing.projections import company_of, learn_client
from services.billing.voiding import void_invoice
from services.billing.wording import wording


def plan_end(session: Session, event: ServiceEndPlanned | ServiceEndRequested) -> None:
    """Known from here on, whatever its router says. An older word changes nothing."""
    if (subscription := _newest(session, event)) is not None:
        subscription.end_on(event.ends_on)


def go_on(session: Session, event: ServiceEndWithdrawn) -> None:
    learn_client(session, event)
    if (subscription := _newest(session, event)) is not None:
        subscription.end_on(None)


def end_billing(session: Session, event: ServiceEnded) -> None:
    """Closes the subscription, once. Who was a client only by an import that is taken back owes no installation."""
    learn_client(session, event)
    subscription = _newest(session, event)
    if subscription is None or not subscription.close(event.ends_on, event.ended_at):
        return
    closed = SubscriptionClosed(
        subscription_id=subscription.id,
        installation_id=subscription.installation_id,
        client_number=subscription.client_number,
        ends_on=event.ends_on,
    )
    announce(session, closed, entity_version=subscription.version)
    if event.reason_code == IMPORT_UNDONE:
        _take_cost_back(session, event)


def _newest(
    session: Session, event: ServiceEndPlanned | ServiceEndRequested | ServiceEndWithdrawn | ServiceEnded
) -> Subscription | None:
    """Its subscription, locked, when the event is the newest word on its end. Raises `NotKnownYet` without one."""
    of_it = select(Subscription).where(Subscription.installation_id == event.installation_id).with_for_update()
    subscription = session.scalar(of_it)
    if subscription is None:
        raise NotKnownYet("subscription-not-known-yet", installation_id=str(event.installation_id))
    if event.meta.entity_version <= subscription.end_version:
        return None
    subscription.end_version = event.meta.entity_version
    return subscription


def _take_cost_back(session: Session, event: ServiceEnded) -> None:
    """One that somebody paid for, in part or whole, stays."""
    cost = session.scalar(select(Invoice).where(Invoice.occasion == cost_occasion(event.installation_id)))
    if cost is not None and cost.state == ISSUED:
        reason = wording(company_of(session, cost.company_id).locale)["import-undone"]
        void_invoice(session, invoice_id=cost.id, reason=reason, at=event.ended_at, by=None)
