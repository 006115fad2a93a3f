"""Companies, staff, sessions, the timeline of events, and commands that wait."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Connection, Index, String, Text, UniqueConstraint, event, false, update
from sqlalchemy.orm import Mapped, mapped_column

from chassis.auditing import DERIVED
from chassis.storage import CompanyOwned, UtcDateTime, make_base

Base = make_base("gateway")

OWNER, OFFICE, TECHNICIAN, READ_ONLY = "owner", "office", "technician", "read_only"
ROLES = (OWNER, OFFICE, TECHNICIAN, READ_ONLY)
WAITING, DELIVERED, REFUSED = "waiting", "delivered", "refused"
PROOF_OF_WORK, RECAPTCHA_V2, RECAPTCHA_V3 = "proof_of_work", "recaptcha_v2", "recaptcha_v3"
CAPTCHAS = (PROOF_OF_WORK, RECAPTCHA_V2, RECAPTCHA_V3)


class Company(CompanyOwned, Base):
    """The ISP; `id` is the company's. `public_identifier` says which of slug and uuid names its public form."""

    __tablename__ = "companies"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    public_uuid: Mapped[UUID] = mapped_column(unique=True)
    public_identifier: Mapped[str] = mapped_column(String(4), default="slug")
    email: Mapped[str | None] = mapped_column(String(320))
    phone: Mapped[str | None] = mapped_column(String(30))
    address: Mapped[str | None] = mapped_column(String(300))
    tax_id: Mapped[str | None] = mapped_column(String(40))
    locale: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    time_zone: Mapped[str] = mapped_column(String(64))
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    # A digest of what was told of it last; None when an older gateway told it.
    told_as: Mapped[str | None] = mapped_column(String(64), info={DERIVED: True})
    # Whether everybody must have a second factor to sign in.
    second_factor_required: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Another whenever anybody of the company chooses columns or views otherwise.
    lists_revision: Mapped[int] = mapped_column(default=0, server_default="0", info={DERIVED: True})

    @property
    def public_name(self) -> str:
        """What names the company in the address of its public form; the other one answers 404."""
        return self.slug if self.public_identifier == "slug" else str(self.public_uuid)


class StaffAccount(CompanyOwned, Base):
    """Somebody of the company who signs in. One e-mail address is one account, whichever the company."""

    __tablename__ = "staff_accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    language: Mapped[str | None] = mapped_column(String(5))
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    sealed_totp_secret: Mapped[str | None] = mapped_column(Text)
    # The newest step whose code was taken: a code opens once.
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    wrong_codes: Mapped[int] = mapped_column(default=0, server_default="0")
    wrong_code_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecoveryCode(CompanyOwned, Base):
    """Opens once, in place of the second factor. `code_hash` is the SHA-256 of 60 random bits."""

    __tablename__ = "recovery_codes"
    __table_args__ = (Index("ix_recovery_codes_account_id", "account_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StaffSession(CompanyOwned, Base):
    """A signed-in browser. `id` is the SHA-256 of what its cookie holds, so that the table opens no door."""

    __tablename__ = "staff_sessions"
    __table_args__ = (Index("ix_staff_sessions_account_id", "account_id"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(300))


class AgendaFeed(CompanyOwned, Base):
    """Somebody's agenda for their own calendar. The address has a token: its SHA-256, and it sealed for its owner."""

    __tablename__ = "agenda_feeds"
    __table_args__ = (UniqueConstraint("account_id"), UniqueConstraint("token_sha256"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    token_sha256: Mapped[str] = mapped_column(String(64))
    sealed_token: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TimelineEntry(CompanyOwned, Base):
    """One event that some service told, filed under the installation or request that it is about."""

    __tablename__ = "timeline"
    __table_args__ = (
        Index("ix_timeline_about", "company_id", "about", "occurred_at"),
        Index("ix_timeline_occurred", "company_id", "occurred_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(String(80))
    type: Mapped[str] = mapped_column(String(120))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    correlation_id: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)


class DeferredCommand(CompanyOwned, Base):
    """A command that no service could take just then, delivered later with the same key. Refusals stay for staff."""

    __tablename__ = "deferred_commands"
    __table_args__ = (
        UniqueConstraint("company_id", "idempotency_key"),
        Index("ix_deferred_commands_state", "state", "next_attempt_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    service: Mapped[str] = mapped_column(String(40))
    method: Mapped[str] = mapped_column(String(60))
    idempotency_key: Mapped[str] = mapped_column(String(80))
    about: Mapped[str | None] = mapped_column(String(80))
    # Sealed: a command may hold a contract's token.
    sealed_request: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class ListPreference(CompanyOwned, Base):
    """How somebody wants a list: `columns` by their keys in order (None: the usual ones), the view it opens with."""

    __tablename__ = "list_preferences"
    __table_args__ = (UniqueConstraint("account_id", "list"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    list: Mapped[str] = mapped_column(String(30))
    columns: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    density: Mapped[str] = mapped_column(String(20))
    default_view: Mapped[str | None] = mapped_column(String(40))


class SavedView(CompanyOwned, Base):
    """Filters, order and columns of a list under a name; `query` is what the list's address says."""

    __tablename__ = "saved_views"
    __table_args__ = (Index("ix_saved_views_list", "company_id", "list", "account_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    list: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[dict[str, str]] = mapped_column(JSON)
    columns: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


@event.listens_for(ListPreference, "after_insert")
@event.listens_for(ListPreference, "after_update")
@event.listens_for(ListPreference, "after_delete")
@event.listens_for(SavedView, "after_insert")
@event.listens_for(SavedView, "after_update")
@event.listens_for(SavedView, "after_delete")
def _revise_lists(_mapper: Any, connection: Connection, row: ListPreference | SavedView) -> None:
    companies = Company.__table__
    revised = {"lists_revision": companies.c.lists_revision + 1}
    connection.execute(update(companies).where(companies.c.id == row.company_id).values(revised))


class UsedChallenge(Base):
    """A proof of work that was spent, remembered until it would have expired anyway."""

    __tablename__ = "used_challenges"

    signature: Mapped[str] = mapped_column(String(128), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Attempt(Base):
    """One try of something that is limited, by whom or at what; `subject` is hashed, so that nobody is named here."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_subject", "subject", "at"), Index("ix_attempts_at", "at"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AskedCount(Base):
    """How many times a page was asked for from one address, until the window ends; `subject` is a hash of both."""

    __tablename__ = "asked_counts"

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class StaffLink(CompanyOwned, Base):
    """Opens once, for somebody of the staff to choose a password. `token_hash` is the SHA-256 of 256 random bits."""

    __tablename__ = "staff_links"
    __table_args__ = (Index("ix_staff_links_account_id", "account_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    purpose: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PortalCode(CompanyOwned, Base):
    """A code that opens the portal for who has the contact: an e-mail address, or a telephone in E.164.

    There is one, too, for a contact that is nobody's: it was sent to nobody. `ended_at` is when it was used, or
    when a newer one took its place.
    """

    __tablename__ = "portal_codes"
    __table_args__ = (Index("ix_portal_codes_contact", "company_id", "contact"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    contact: Mapped[str] = mapped_column(String(320))
    code_hash: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PortalSession(CompanyOwned, Base):
    """A client's browser. `id` is the SHA-256 of what its cookie holds.

    `installation_ids` is what belonged to the contact when installations was last asked: it is away at times.
    """

    __tablename__ = "portal_sessions"
    __table_args__ = (Index("ix_portal_sessions_contact", "company_id", "contact"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    contact: Mapped[str] = mapped_column(String(320))
    person: Mapped[str] = mapped_column(String(250))
    installation_ids: Mapped[list[str]] = mapped_column(JSON)
    remembered: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(300))


class PublicFace(CompanyOwned, Base):
    """How the company's public pages look, and what keeps robots out of its form; `id` is the company's."""

    __tablename__ = "public_faces"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    colour: Mapped[str | None] = mapped_column(String(7))
    logo_key: Mapped[str | None] = mapped_column(String(200))
    logo_type: Mapped[str | None] = mapped_column(String(60))
    captcha: Mapped[str] = mapped_column(String(20), default=PROOF_OF_WORK)
    site_key: Mapped[str | None] = mapped_column(String(200))
    sealed_captcha_secret: Mapped[str | None] = mapped_column(Text)


class CompanyDomain(CompanyOwned, Base):
    """A name on the web under which the company's public pages answer once it has shown that the name is its own."""

    __tablename__ = "company_domains"
    __table_args__ = (UniqueConstraint("company_id", "host"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(String(253))
    # What the record in the name's DNS must hold.
    proof: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The host from its proof on: anybody may claim a name, one can have it.
    served_host: Mapped[str | None] = mapped_column(String(253), unique=True)
    # Whether links in mails lead there.
    is_main: Mapped[bool] = mapped_column(default=False)


class PartialUpload(CompanyOwned, Base):
    """A file of a public form that arrives in pieces. `pieces` are staged files; the whole one has `staged_key`."""

    __tablename__ = "partial_uploads"
    __table_args__ = (
        Index("ix_partial_uploads_request_id", "request_id"),
        Index("ix_partial_uploads_begun_at", "begun_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID]
    field: Mapped[str] = mapped_column(String(40))
    filename: Mapped[str] = mapped_column(String(200))
    length: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    pieces: Mapped[list[str]] = mapped_column(JSON)
    staged_key: Mapped[str | None] = mapped_column(String(200))
    sha256: Mapped[str | None] = mapped_column(String(64))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
