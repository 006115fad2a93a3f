"""Articles, subscriptions, invoices, payments and what is owed; which states exist, which moves are legal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.storage import CompanyOwned, UtcDateTime, make_base
from services.billing.errors import IllegalInvoiceMove, MoreThanOwed

Base = make_base("billing")

SERVICE, OTHER_INCOME = "service", "other_income"
ISSUED, PARTLY_PAID, PAID, VOID = "issued", "partly_paid", "paid", "void"
OPEN = (ISSUED, PARTLY_PAID)
METHODS = ("cash", "transfer", "card", "other")
SERIES = "A"
DUE_DAYS = 10


class Company(CompanyOwned, Base):
    """What the gateway told about the company; `id` is the company's. `version` is the newest event's."""

    __tablename__ = "companies"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    time_zone: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    # The company's own choice here: days from an invoice's date to when it is due.
    due_days: Mapped[int] = mapped_column(default=DUE_DAYS)


class Client(CompanyOwned, Base):
    """What the installations service told about an installation, whose id this is; later a client."""

    __tablename__ = "clients"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int]
    client_number: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(20))
    first_name: Mapped[str] = mapped_column(String(200))
    last_name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(320))
    version: Mapped[int]


class Article(CompanyOwned, Base):
    """Something billable that is not the plan. `price_minor` in minor units of the company's currency."""

    __tablename__ = "articles"
    __table_args__ = (UniqueConstraint("company_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    invoice_text: Mapped[str] = mapped_column(String(500))
    price_minor: Mapped[int] = mapped_column(BigInteger)
    # Lower case without accents: what a search is compared with.
    search_text: Mapped[str] = mapped_column(Text)


class Subscription(CompanyOwned, Base):
    """A client's plan, to be invoiced every month from `starts_on` until `ends_on`; one per client."""

    __tablename__ = "subscriptions"
    __table_args__ = (UniqueConstraint("company_id", "installation_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    installation_id: Mapped[UUID]
    client_number: Mapped[int]
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)
    starts_on: Mapped[date]
    # The last day that may be invoiced, once an end is planned or asked for; `closed_at` when it came.
    ends_on: Mapped[date | None]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The installation's version in the newest word on its end.
    end_version: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    version: Mapped[int] = mapped_column(default=1)

    def end_on(self, last_day: date | None) -> None:
        """Nothing after that day is invoiced; with None it goes on. What was closed stays so."""
        if self.closed_at is None and self.ends_on != last_day:
            self.ends_on = last_day
            self.version += 1

    def close(self, last_day: date, at: datetime) -> bool:
        """The service has ended; false when that was known."""
        news = self.closed_at is None
        if news:
            self.ends_on, self.closed_at = last_day, at
            self.version += 1
        return news


class Invoice(CompanyOwned, Base):
    """What is owed for some lines, with a number of its series. States: issued -> partly_paid -> paid; issued -> void.

    The person is as on the day of issue. `occasion` names what may be invoiced only once, such as the
    cost of one installation.
    """

    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("company_id", "series", "sequence"),
        UniqueConstraint("company_id", "occasion"),
        Index("ix_invoices_company_id_issued_on_id", "company_id", "issued_on", "id"),
        Index("ix_invoices_company_id_installation_id", "company_id", "installation_id"),
        CheckConstraint("paid_minor >= 0 AND paid_minor <= total_minor", name="paid_within_total"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(String(10))
    sequence: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20))
    occasion: Mapped[str | None] = mapped_column(String(120))
    installation_id: Mapped[UUID]
    first_name: Mapped[str] = mapped_column(String(200))
    last_name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(320))
    issued_on: Mapped[date]
    due_on: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    total_minor: Mapped[int] = mapped_column(BigInteger)
    paid_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[str] = mapped_column(String(20), default=ISSUED)
    void_reason: Mapped[str | None] = mapped_column(Text)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by: Mapped[str | None] = mapped_column(String(200))
    search_text: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)

    lines: Mapped[list[InvoiceLine]] = relationship(order_by="InvoiceLine.position")
    payments: Mapped[list[Payment]] = relationship(order_by="Payment.registered_at, Payment.id", viewonly=True)

    @property
    def number(self) -> str:
        """As people read it: `A-000041`."""
        return f"{self.series}-{self.sequence:06d}"

    @property
    def balance_minor(self) -> int:
        """What is still owed; nothing once it is void."""
        return 0 if self.state == VOID else self.total_minor - self.paid_minor

    def pay(self, amount_minor: int) -> None:
        """Takes a positive amount off the balance. Raises `IllegalInvoiceMove` when void, `MoreThanOwed`."""
        if self.state == VOID:
            raise IllegalInvoiceMove(state=self.state)
        if amount_minor > self.balance_minor:
            raise MoreThanOwed(balance_minor=self.balance_minor, currency=self.currency)
        self.paid_minor += amount_minor
        self.state = PARTLY_PAID if self.balance_minor else PAID
        self.version += 1

    def void(self, *, reason: str, at: datetime, by: str | None) -> None:
        """Takes the invoice back; its number stays used. Raises `IllegalInvoiceMove` once money came in, or twice."""
        if self.state != ISSUED:
            raise IllegalInvoiceMove(state=self.state)
        self.state = VOID
        self.void_reason, self.voided_at, self.voided_by = reason, at, by
        self.version += 1


class InvoiceLine(CompanyOwned, Base):
    """One line; amounts in minor units of the invoice's currency."""

    __tablename__ = "invoice_lines"
    __table_args__ = (Index("ix_invoice_lines_invoice_id", "invoice_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"))
    position: Mapped[int]
    article_id: Mapped[UUID | None]
    description: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(BigInteger)
    unit_price_minor: Mapped[int] = mapped_column(BigInteger)

    @property
    def total_minor(self) -> int:
        return self.quantity * self.unit_price_minor


class Payment(CompanyOwned, Base):
    """Money that came in for an invoice. Its id is made by whoever registers it, so that twice is once."""

    __tablename__ = "payments"
    __table_args__ = (Index("ix_payments_invoice_id", "invoice_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    method: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str | None] = mapped_column(String(200))
    paid_on: Mapped[date]
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    registered_by: Mapped[str | None] = mapped_column(String(200))

    def is_same(self, *, invoice_id: UUID, amount_minor: int, method: str) -> bool:
        """Whether a second request with this id means this payment."""
        return (self.invoice_id, self.amount_minor, self.method) == (invoice_id, amount_minor, method)


class Debt(CompanyOwned, Base):
    """What a company is owed in one currency, kept with every invoice and payment so that nobody has to add it up."""

    __tablename__ = "debts"

    company_id: Mapped[UUID] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    owed_minor: Mapped[int] = mapped_column(BigInteger)
    open_invoices: Mapped[int]
