"""Templates, contracts, links, signatures; which states exist, which moves are legal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.storage import CompanyOwned, UtcDateTime, make_base
from services.contracts.errors import (
    ChangedMeanwhile,
    ContractAlreadySigned,
    ContractNotPending,
    ContractNotSigned,
    EndsBeforeItStarts,
    LinkExpired,
    LinkRevoked,
    PdfNotReady,
)

Base = make_base("contracts")

PENDING, ACTIVE, ENDED, REPLACED = "pending", "active", "ended", "replaced"
NO_PDF, RENDERING, READY, FAILED = "none", "rendering", "ready", "failed"
BY_LINK, IN_PERSON = "link", "in_person"
_UNSIGNED = text("state = 'pending' AND signed_at IS NULL")


class Company(CompanyOwned, Base):
    """What the gateway told about the company; `id` is the company's. `version` is the newest event's."""

    __tablename__ = "companies"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(320))
    phone: Mapped[str | None] = mapped_column(String(50))
    address: Mapped[str | None] = mapped_column(Text)
    tax_id: Mapped[str | None] = mapped_column(String(50))
    locale: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    time_zone: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]


class Installation(CompanyOwned, Base):
    """What the installations service told about an installation. `details` is the event's data as it travelled."""

    __tablename__ = "installations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int]

    @property
    def is_active(self) -> bool:
        return self.state == "active"

    @property
    def is_over(self) -> bool:
        """Nothing is signed for it any more."""
        return self.state in ("cancelled", "ended")

    @property
    def person(self) -> str:
        return f"{self.details['first_name']} {self.details['last_name']}"

    @property
    def email(self) -> str | None:
        return self.details.get("email")


class Template(CompanyOwned, Base):
    """A text with tags, from which contracts are drafted. The default one is used when none is chosen."""

    __tablename__ = "templates"
    __table_args__ = (UniqueConstraint("company_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    content: Mapped[str] = mapped_column(Text)
    is_default: Mapped[bool]


class Contract(CompanyOwned, Base):
    """The text for one installation. States: pending -> active -> ended | replaced, and pending -> ended | replaced.

    Signing freezes the text and leaves it pending until the installation is active. `edition` counts
    what an editor may overwrite: text and dates; `version` every change, and orders its events.
    """

    __tablename__ = "contracts"
    __table_args__ = (
        Index("ix_contracts_company_id_installation_id", "company_id", "installation_id"),
        # One text at a time waits for a signature.
        Index(
            "uq_contracts_unsigned",
            "company_id",
            "installation_id",
            unique=True,
            sqlite_where=_UNSIGNED,
            postgresql_where=_UNSIGNED,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    installation_id: Mapped[UUID] = mapped_column(ForeignKey("installations.id"))
    state: Mapped[str] = mapped_column(String(20), default=PENDING)
    content: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pdf_state: Mapped[str] = mapped_column(String(20), default=NO_PDF)
    pdf_key: Mapped[str | None] = mapped_column(String(300))
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))
    edition: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)

    signature: Mapped[Signature | None] = relationship(viewonly=True)
    attachments: Mapped[list[Attachment]] = relationship(order_by="Attachment.id", viewonly=True)

    def edit(self, *, content: str, starts_on: date | None, ends_on: date | None, edition: int | None) -> bool:
        """Takes a new text and dates over; true when something changed.

        Raises `ContractAlreadySigned`, `ContractNotPending`, `EndsBeforeItStarts`, and `ChangedMeanwhile`
        when `edition` is given and is not the newest.
        """
        self.must_wait_for_signature()
        if edition is not None and edition != self.edition:
            raise ChangedMeanwhile
        check_period(starts_on, ends_on)
        if (self.content, self.starts_on, self.ends_on) == (content, starts_on, ends_on):
            return False
        self.content, self.starts_on, self.ends_on = content, starts_on, ends_on
        self.edition += 1
        self.version += 1
        return True

    def sign(self, at: datetime) -> None:
        """Freezes it. Raises `ContractAlreadySigned`, `ContractNotPending`."""
        self.must_wait_for_signature()
        self.signed_at = at
        self.version += 1

    def activate(self, at: datetime) -> None:
        """Its installation is active. Raises `ContractNotPending`, `ContractNotSigned`."""
        if self.state != PENDING:
            raise ContractNotPending(state=self.state)
        self._must_be_signed()
        self.state, self.activated_at = ACTIVE, at
        self.version += 1

    def end(self) -> None:
        """It is over, or will never begin. Raises `ContractNotPending` when it was over before."""
        self._close(ENDED)

    def replace(self) -> None:
        """Another contract took its place. Raises `ContractNotPending` when it was over before."""
        self._close(REPLACED)

    def begin_pdf(self) -> None:
        """Raises `ContractNotSigned`. One that is there stays readable until the new one is."""
        self._must_be_signed()
        self.pdf_state = RENDERING
        self.version += 1

    def pdf_ready(self, *, file_key: str, sha256: str) -> None:
        self.pdf_state, self.pdf_key, self.pdf_sha256 = READY, file_key, sha256
        self.version += 1

    def pdf_failed(self) -> None:
        self.pdf_state = FAILED
        self.version += 1

    def readable_pdf(self) -> str:
        """The newest PDF's file key; raises `PdfNotReady`."""
        if self.pdf_key is None:
            raise PdfNotReady(state=self.pdf_state)
        return self.pdf_key

    def must_wait_for_signature(self) -> None:
        """Raises `ContractAlreadySigned`, `ContractNotPending`."""
        if self.signed_at is not None:
            raise ContractAlreadySigned
        if self.state != PENDING:
            raise ContractNotPending(state=self.state)

    def _must_be_signed(self) -> None:
        if self.signed_at is None:
            raise ContractNotSigned

    def _close(self, state: str) -> None:
        if self.state not in (PENDING, ACTIVE):
            raise ContractNotPending(state=self.state)
        self.state = state
        self.version += 1


class Link(CompanyOwned, Base):
    """A way to read and sign one edition of a contract without a login.

    Whoever has the token can sign: it is looked up by its SHA-256, and kept only sealed.
    """

    __tablename__ = "links"
    __table_args__ = (Index("ix_links_contract_id", "contract_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    sealed_token: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def token_context(self) -> str:
        """What the sealed token is bound to."""
        return f"contracts.link/{self.company_id}/{self.id}/token"

    def is_live(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at

    def must_be_live(self, at: datetime) -> None:
        """Raises `LinkRevoked`, `LinkExpired`."""
        if self.revoked_at is not None:
            raise LinkRevoked
        if at >= self.expires_at:
            raise LinkExpired(expires_at=self.expires_at.isoformat())


class Signature(CompanyOwned, Base):
    """The evidence: what exactly was signed, by whom, when, from where, and how it had been opened.

    Hashes are SHA-256 in hex: of the contract's text and of the consent's in UTF-8, and of the image.
    """

    __tablename__ = "signatures"
    __table_args__ = (UniqueConstraint("contract_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"))
    signer_name: Mapped[str] = mapped_column(String(200))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    method: Mapped[str] = mapped_column(String(20))
    link_id: Mapped[UUID | None] = mapped_column(ForeignKey("links.id"))
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    witness: Mapped[str | None] = mapped_column(String(200))
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(500))
    text_sha256: Mapped[str] = mapped_column(String(64))
    consent: Mapped[str] = mapped_column(Text)
    consent_sha256: Mapped[str] = mapped_column(String(64))
    image_key: Mapped[str] = mapped_column(String(300))
    image_sha256: Mapped[str] = mapped_column(String(64))


class Attachment(CompanyOwned, Base):
    """A file that belongs to a contract: a photo of an id, a proof of address."""

    __tablename__ = "attachments"
    __table_args__ = (Index("ix_attachments_contract_id", "contract_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"))
    title: Mapped[str] = mapped_column(String(200))
    filename: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    file_key: Mapped[str] = mapped_column(String(300))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


def check_period(starts_on: date | None, ends_on: date | None) -> None:
    """Raises `EndsBeforeItStarts`."""
    if starts_on and ends_on and ends_on < starts_on:
        raise EndsBeforeItStarts
