"""What the billing service tells. Amounts are in minor units of `currency`."""

from marshmallow import fields, validate

from chassis.messages import Event
from events.shapes import InvoiceLineShape, PlanShape


class SubscriptionOpened(Event, source="billing", subject="subscription_id"):
    """A client's plan will be invoiced every month from `starts_on`."""

    subscription_id = fields.UUID(required=True)
    installation_id = fields.UUID(required=True)
    client_number = fields.Integer(required=True, strict=True)
    plan = fields.Nested(PlanShape, required=True)
    starts_on = fields.Date(required=True)


class SubscriptionClosed(Event, source="billing", subject="subscription_id"):
    """A client's service has ended: no month after `ends_on` is invoiced. What is owed stays owed."""

    subscription_id = fields.UUID(required=True)
    installation_id = fields.UUID(required=True)
    client_number = fields.Integer(required=True, strict=True)
    ends_on = fields.Date(required=True)


class InvoiceIssued(Event, source="billing", subject="invoice_id"):
    """An invoice got its number and is owed."""

    invoice_id = fields.UUID(required=True)
    number = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["service", "other_income"]))
    installation_id = fields.UUID(required=True)
    first_name = fields.String(required=True)
    last_name = fields.String(required=True)
    email = fields.String(load_default=None, allow_none=True)
    issued_on = fields.Date(required=True)
    due_on = fields.Date(required=True)
    currency = fields.String(required=True)
    total_minor = fields.Integer(required=True, strict=True)
    lines = fields.List(fields.Nested(InvoiceLineShape), required=True)


class InvoiceVoided(Event, source="billing", subject="invoice_id"):
    """An invoice was taken back before anything was paid; its number stays used. `total_minor` is owed no more."""

    invoice_id = fields.UUID(required=True)
    number = fields.String(required=True)
    installation_id = fields.UUID(required=True)
    reason = fields.String(required=True)
    voided_at = fields.AwareDateTime(required=True)
    currency = fields.String(required=True)
    total_minor = fields.Integer(required=True, strict=True)


class PaymentRegistered(Event, source="billing", subject="payment_id"):
    """Money came in for an invoice. `balance_minor` is what the invoice still owes after it."""

    payment_id = fields.UUID(required=True)
    invoice_id = fields.UUID(required=True)
    invoice_number = fields.String(required=True)
    installation_id = fields.UUID(required=True)
    first_name = fields.String(required=True)
    last_name = fields.String(required=True)
    email = fields.String(load_default=None, allow_none=True)
    method = fields.String(required=True)
    paid_on = fields.Date(required=True)
    currency = fields.String(required=True)
    amount_minor = fields.Integer(required=True, strict=True)
    balance_minor = fields.Integer(required=True, strict=True)


class SuspensionDue(Event, source="billing", subject="subscription_id"):
    """A client owes for too long: the service is to be suspended on its router."""

    subscription_id = fields.UUID(required=True)
    installation_id = fields.UUID(required=True)
    client_number = fields.Integer(required=True, strict=True)


class ReconnectionDue(Event, source="billing", subject="subscription_id"):
    """A suspended client owes nothing that is overdue any more: the service is to be reconnected."""

    subscription_id = fields.UUID(required=True)
    installation_id = fields.UUID(required=True)
    client_number = fields.Integer(required=True, strict=True)
