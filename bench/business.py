"""The business that the messaging figures are taken with: money comes in, and an account is told of it."""

from __future__ import annotations

import datetime
import uuid
from uuid import UUID

from sqlalchemy import BigInteger, Uuid
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.identifiers import new_id
from chassis.storage import CompanyOwned, Database, append, find, make_base
from events.billing import PaymentRegistered

COMPANY = uuid.UUID("01981f00-0000-7000-8000-000000000001")
Base = make_base("billing")


class Account(CompanyOwned, Base):
    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    balance_minor: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int]


class Payment(CompanyOwned, Base):
    __tablename__ = "payments"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(Uuid)
    amount_minor: Mapped[int] = mapped_column(BigInteger)


class Entry(CompanyOwned, Base):
    __tablename__ = "ledger"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(Uuid)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[datetime.date]


def prepared(url: str, accounts: int) -> tuple[Database, list[UUID]]:
    """A database with the tables and that many accounts."""
    database = Database(url)
    Base.metadata.create_all(database.engine)
    ids = [new_id() for _ in range(accounts)]
    with database.begin(COMPANY) as session:
        session.add_all(Account(id=i, company_id=COMPANY, balance_minor=0, version=1) for i in ids)
    return database, ids


def pay(session: Session, account_id: UUID, amount_minor: int) -> PaymentRegistered:
    """One business transaction's work: an account read and changed, a payment written; returns what to tell."""
    account = find(session, Account, account_id)
    account.balance_minor += amount_minor
    account.version += 1
    payment = Payment(id=new_id(), company_id=COMPANY, account_id=account_id, amount_minor=amount_minor)
    session.add(payment)
    return payment_registered(payment.id, account_id, amount_minor)


def payment_registered(payment_id: UUID, account_id: UUID, amount_minor: int) -> PaymentRegistered:
    return PaymentRegistered(
        payment_id=payment_id,
        invoice_id=account_id,
        invoice_number="A-000123",
        installation_id=account_id,
        first_name="María",
        last_name="López Hernández",
        email="maria@example.net",
        method="cash",
        paid_on=datetime.date(2026, 11, 24),
        currency="MXN",
        amount_minor=amount_minor,
        balance_minor=0,
    )


def enter(session: Session, event: PaymentRegistered) -> None:
    """The effect at the other end: an entry in a ledger."""
    append(
        session,
        Entry,
        id=event.payment_id,
        account_id=event.installation_id,
        amount_minor=event.amount_minor,
        paid_on=event.paid_on,
    )
