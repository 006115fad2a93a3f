"""A client's subscription: opened when the installation becomes one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.outbox import announce
from chassis.storage import current_company
from events.billing import SubscriptionOpened
from events.installations import InstallationActivated
from services.billing.calendar import day
from services.billing.invoicing import invoice_installation_cost
from services.billing.model import Client, Subscription
from services.billing.projections import company_of, learn_client


def begin_billing(session: Session, event: InstallationActivated) -> None:
    """Opens the client's subscription and invoices the installation's cost: each once, however often it is told."""
    client = learn_client(session, event)
    open_subscription(session, client=client, event=event)
    invoice_installation_cost(session, client=client, event=event)


def open_subscription(session: Session, *, client: Client, event: InstallationActivated) -> None:
    if session.scalar(select(Subscription.id).where(Subscription.installation_id == client.id)):
        return
    subscription = Subscription(
        id=new_id(),
        installation_id=client.id,
        client_number=event.client_number,
        plan=event.dump()["plan"],
        starts_on=day(company_of(session, current_company(session)), event.activated_at),
        version=1,
    )
    session.add(subscription)
    opened = SubscriptionOpened(
        subscription_id=subscription.id,
        installation_id=client.id,
        client_number=event.client_number,
        plan=event.plan,
        starts_on=subscription.starts_on,
    )
    announce(session, opened, entity_version=subscription.version)
