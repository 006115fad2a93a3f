"""What the billing service's RPC methods take and give. Money in minor units, dates ISO 8601."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema

from chassis.schemas import Schema
from services.billing.model import ISSUED, METHODS, OTHER_INCOME, PAID, PARTLY_PAID, SERVICE, VOID

MOST_MINOR = 10**12
_kind = validate.OneOf([SERVICE, OTHER_INCOME])
_method = validate.OneOf(METHODS)


class Nothing(Schema):
    pass


class Paging(Schema):
    after = fields.String(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=25, validate=validate.Range(1, 200))


class ArticleSearch(Paging):
    search = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=100))


class SaveArticle(Schema):
    article_id = fields.UUID(load_default=None, allow_none=True)
    name = fields.String(required=True, validate=validate.Length(1, 120))
    invoice_text = fields.String(required=True, validate=validate.Length(1, 500))
    price_minor = fields.Integer(required=True, strict=True, validate=validate.Range(0, MOST_MINOR))


class Article(Schema):
    article_id = fields.UUID(attribute="id")
    name = fields.String()
    invoice_text = fields.String()
    price_minor = fields.Integer()


class Articles(Schema):
    rows = fields.List(fields.Nested(Article))
    next = fields.String(allow_none=True)


class NewLine(Schema):
    article_id = fields.UUID(load_default=None, allow_none=True)
    description = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=500))
    quantity = fields.Integer(required=True, strict=True, validate=validate.Range(1, 1_000_000))
    unit_price_minor = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(0, MOST_MINOR)
    )

    @validates_schema
    def _is_an_article_or_says_all(self, line: dict, **_: object) -> None:
        """Without an article, a line needs words and a price of its own."""
        if line.get("article_id"):
            return
        missing = [name for name in ("description", "unit_price_minor") if line.get(name) in (None, "")]
        if missing:
            raise ValidationError({name: ["required"] for name in missing})


class NewInvoicePayment(Schema):
    amount_minor = fields.Integer(required=True, strict=True, validate=validate.Range(1, MOST_MINOR))
    method = fields.String(required=True, validate=_method)
    reference = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))


class CreateInvoice(Schema):
    installation_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=_kind)
    lines = fields.List(fields.Nested(NewLine), required=True, validate=validate.Length(1, 100))
    payment = fields.Nested(NewInvoicePayment, load_default=None, allow_none=True)


class InvoiceSearch(Paging):
    state = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(["open", "overdue", ISSUED, PARTLY_PAID, PAID, VOID]),
    )
    kind = fields.String(load_default=None, allow_none=True, validate=_kind)
    installation_id = fields.UUID(load_default=None, allow_none=True)
    search = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=100))


class InvoiceRow(Schema):
    invoice_id = fields.UUID(attribute="id")
    number = fields.String()
    kind = fields.String()
    state = fields.String()
    installation_id = fields.UUID()
    first_name = fields.String()
    last_name = fields.String()
    email = fields.String(allow_none=True)
    issued_on = fields.Date()
    due_on = fields.Date()
    currency = fields.String()
    total_minor = fields.Integer()
    paid_minor = fields.Integer()
    balance_minor = fields.Integer()


class Invoices(Schema):
    rows = fields.List(fields.Nested(InvoiceRow))
    next = fields.String(allow_none=True)


class Line(Schema):
    article_id = fields.UUID(allow_none=True)
    description = fields.String()
    quantity = fields.Integer()
    unit_price_minor = fields.Integer()
    total_minor = fields.Integer()


class Payment(Schema):
    payment_id = fields.UUID(attribute="id")
    invoice_id = fields.UUID()
    amount_minor = fields.Integer()
    method = fields.String()
    reference = fields.String(allow_none=True)
    paid_on = fields.Date()
    registered_at = fields.AwareDateTime()
    registered_by = fields.String(allow_none=True)


class Invoice(InvoiceRow):
    lines = fields.List(fields.Nested(Line))
    payments = fields.List(fields.Nested(Payment))
    void_reason = fields.String(allow_none=True)
    voided_at = fields.AwareDateTime(allow_none=True)
    voided_by = fields.String(allow_none=True)
    version = fields.Integer()


class OneInvoice(Schema):
    invoice_id = fields.UUID(required=True)


class VoidInvoice(OneInvoice):
    reason = fields.String(required=True, validate=validate.Length(1, 500))


class RegisterPayment(NewInvoicePayment):
    payment_id = fields.UUID(required=True)
    invoice_id = fields.UUID(required=True)
    paid_on = fields.Date(load_default=None, allow_none=True)


class OneInstallation(Schema):
    installation_id = fields.UUID(required=True)


class Subscription(Schema):
    subscription_id = fields.UUID(attribute="id")
    client_number = fields.Integer()
    plan = fields.Dict()
    starts_on = fields.Date()
    ends_on = fields.Date(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)


class Account(Schema):
    subscription = fields.Nested(Subscription, allow_none=True)
    invoices = fields.List(fields.Nested(InvoiceRow))
    currency = fields.String()
    balance_minor = fields.Integer()


class OwnInvoiceRef(OneInstallation):
    invoice_id = fields.UUID(required=True)


class OwnPayment(Schema):
    """A client's payment, without who took it."""

    invoice_number = fields.String(attribute="invoice.number")
    amount_minor = fields.Integer(attribute="payment.amount_minor")
    method = fields.String(attribute="payment.method")
    paid_on = fields.Date(attribute="payment.paid_on")


class OwnAccount(Schema):
    invoices = fields.List(fields.Nested(InvoiceRow))
    payments = fields.List(fields.Nested(OwnPayment))
    currency = fields.String()
    balance_minor = fields.Integer()


class OwnInvoice(InvoiceRow):
    lines = fields.List(fields.Nested(Line))
    payments = fields.List(fields.Nested(Payment(only=("amount_minor", "method", "paid_on"))))


class Summary(Schema):
    currency = fields.String(allow_none=True)
    owed_minor = fields.Integer()
    open_invoices = fields.Integer()
    overdue_minor = fields.Integer()
    overdue_invoices = fields.Integer()


class Terms(Schema):
    due_days = fields.Integer(required=True, strict=True, validate=validate.Range(0, 365))
