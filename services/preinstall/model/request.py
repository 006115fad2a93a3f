"""Requests with their documents: which moves are legal, and what they change."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.auditing import DERIVED
from chassis.exporting.model import ExportColumns
from chassis.storage import BytewiseString, CompanyOwned, UtcDateTime
from chassis.storage.searching import searchable
from chassis.storage.words import words_of
from services.preinstall.errors import RequestNotOpen
from services.preinstall.model.projected import Recognisable
from services.preinstall.model.tables import Base

OPEN, APPROVED, REJECTED, MERGED = "open", "approved", "rejected", "merged"
STATES = (OPEN, APPROVED, REJECTED, MERGED)
CAMPAIGN = ("source", "medium", "name", "referrer")

# What a search reads word by word; it knows phones as what they are.
SEARCHED = (
    "first_name", "last_name", "official_id", "email", "address", "neighbourhood", "city", "tracking_number",
)  # fmt: skip
FILLED_IN = ("official_id", "email", "neighbourhood", "city", "postal_code", "second_phone", "campaign")
"""What a request takes over from one that is merged into it, where it says nothing itself."""

_IF_ALIKE = {"postgresql_where": text("alike"), "sqlite_where": text("alike = 1")}


class Request(Recognisable, CompanyOwned, Base):
    """What a prospect sent. `version` grows with every change and is told with each event."""

    __tablename__ = "requests"
    __table_args__ = (
        UniqueConstraint("company_id", "tracking_number"),
        UniqueConstraint("company_id", "open_email"),
        Index("ix_requests_list", "company_id", "submitted_at", "id"),
        Index("ix_requests_by_state", "company_id", "state", "submitted_at", "id"),
        Index("ix_requests_name", "company_id", "sort_name", "id"),
        Index("ix_requests_city", "company_id", "city_key", "id"),
        Index("ix_requests_source", "company_id", "source_key", "submitted_at", "id"),
        Index("ix_requests_phone_key", "company_id", "phone_key"),
        Index("ix_requests_identity_key", "company_id", "identity_key"),
        Index("ix_requests_address_key", "company_id", "address_key"),
        Index("ix_requests_alike", "company_id", "submitted_at", "id", **_IF_ALIKE),
        Index("ix_requests_alike_by_state", "company_id", "state", "submitted_at", "id", **_IF_ALIKE),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tracking_number: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    first_name: Mapped[str] = mapped_column(String(120))
    last_name: Mapped[str] = mapped_column(String(120))
    official_id: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(320))
    # In lower case while the request is open: the unique key then keeps others from using it.
    open_email: Mapped[str | None] = mapped_column(String(320))
    address: Mapped[str] = mapped_column(String(300))
    neighbourhood: Mapped[str | None] = mapped_column(String(120))
    city: Mapped[str | None] = mapped_column(String(120))
    postal_code: Mapped[str | None] = mapped_column(String(20))
    phone: Mapped[str] = mapped_column(String(30))
    second_phone: Mapped[str | None] = mapped_column(String(30))
    comments: Mapped[str | None] = mapped_column(Text)
    # What searches and filters compare with, and what lists are ordered by: no capitals, no accents.
    search_text: Mapped[str] = mapped_column(Text)
    sort_name: Mapped[str] = mapped_column(BytewiseString(250), info={DERIVED: True})
    city_key: Mapped[str] = mapped_column(BytewiseString(120), info={DERIVED: True})
    source_key: Mapped[str] = mapped_column(BytewiseString(200), info={DERIVED: True})
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    installation_id: Mapped[UUID | None]
    rejected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reject_reason: Mapped[str | None] = mapped_column(Text)
    # Where the person came from: what their address on the web said, and the page that led to ours.
    campaign: Mapped[dict[str, str] | None] = mapped_column(JSON)
    # The privacy notice that the person agreed to.
    privacy_version: Mapped[int | None]
    # Put aside by staff: what is still to be asked or waited for.
    flag_note: Mapped[str | None] = mapped_column(Text)
    merged_into: Mapped[UUID | None]
    # Whether there are others like it: kept up by the database (`likeness`).
    alike: Mapped[bool] = mapped_column(default=False, server_default=false(), info={DERIVED: True})

    # Filled in where requests are read for a screen.
    duplicated: ClassVar[bool] = False
    duplicates: ClassVar[list[dict[str, Any]]] = []
    privacy_text: ClassVar[str | None] = None
    ahead: ClassVar[dict[str, Any]] = {}

    documents: Mapped[list[Document]] = relationship(order_by="Document.position", cascade="all")

    def index(self) -> None:
        """Keeps what lists, searches and the check of addresses compare with."""
        self.sort_name, self.city_key = searchable(self.person), searchable(self.city)
        self.source_key = searchable((self.campaign or {}).get("source"))
        self.open_email = comparable(self.email) if self.state == OPEN else None
        self.recognise_by(phone=self.phone, official_id=self.official_id, address=self.address, city=self.city)
        self.search_text = words_of(
            texts=(getattr(self, name) for name in SEARCHED),
            whole=(self.email,),
            codes=(self.official_id, self.tracking_number),
            phones=(self.phone, self.second_phone),
        )

    @property
    def person(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def reject(self, reason: str, at: datetime) -> None:
        """Raises `RequestNotOpen`. Whoever was rejected may ask again."""
        if self.state != OPEN:
            raise RequestNotOpen(state=self.state)
        self.state, self.reject_reason, self.rejected_at, self.flag_note = REJECTED, reason, at, None
        self.version += 1
        self.index()

    def leave_to(self, other: Request) -> None:
        """The other request is what is left of both. Raises `RequestNotOpen` for either."""
        for request in (self, other):
            if request.state != OPEN:
                raise RequestNotOpen(state=request.state)
        self.state, self.merged_into, self.flag_note = MERGED, other.id, None
        self.version += 1
        self.index()

    def complete_with(self, other: Request) -> None:
        """What it does not say itself; comments of both are kept, and the other number as its second."""
        for name in FILLED_IN:
            setattr(self, name, getattr(self, name) or getattr(other, name))
        if not self.second_phone and other.phone_key != self.phone_key:
            self.second_phone = other.phone
        self.comments = "\n".join(dict.fromkeys(filter(None, (self.comments, other.comments)))) or None
        self.version += 1
        self.index()

    def approve(self, installation_id: UUID, at: datetime) -> bool:
        """Whether it was open until now: an installation of a request that was approved before changes nothing."""
        if self.state == APPROVED:
            return False
        self.state, self.installation_id, self.approved_at = APPROVED, installation_id, at
        self.rejected_at = self.reject_reason = self.flag_note = None
        self.version += 1
        self.index()
        return True


class Export(ExportColumns, CompanyOwned, Base):
    """See `chassis.exporting`."""

    __tablename__ = "exports"
    __table_args__ = (Index("ix_exports_created_at", "created_at"),)


class Document(CompanyOwned, Base):
    """A photo or a PDF of the prospect's papers, inspected and without what a camera hides in it."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("request_id", "kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("requests.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    filename: Mapped[str] = mapped_column(String(200))
    file_key: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    content_type: Mapped[str] = mapped_column(String(60))
    # Of a PDF, once somebody has looked at it.
    preview_key: Mapped[str | None] = mapped_column(String(200), info={DERIVED: True})

    @property
    def title(self) -> str:
        """Its kind: which words are put to it is decided where it is shown."""
        return self.kind


def comparable(email: str | None) -> str | None:
    """Addresses that differ in capitals are one."""
    return email.casefold() if email else None
