"""Who did what in the gateway itself: signing in, people, the company. What services change, they note themselves."""

from __future__ import annotations

from flask import g, request
from sqlalchemy.orm import Session

from chassis import auditing
from chassis.auditing import Recording
from chassis.calls import CLIENT, Actor
from gateway.model import StaffAccount


def record(recording: Recording, *, action: str, by: StaffAccount | None = None) -> None:
    """What was changed since the recording began."""
    recording.write(actor=actor(by), method=f"gateway.{action}", at=g.at, correlation_id=g.correlation_id)


def note(session: Session, *, action: str, by: StaffAccount | None = None, subject: str | None = None) -> None:
    """Something done that changed nothing. `session` serves the company."""
    auditing.note(
        session,
        actor=actor(by),
        method=f"gateway.{action}",
        at=g.at,
        subject=subject,
        changes=[],
        correlation_id=g.correlation_id,
    )


def actor(account: StaffAccount | None = None) -> Actor:
    """Who is behind this request; `account` while they are only about to be signed in."""
    account = account or (g.signed_in.account if g.get("signed_in") else None)
    if account is None and g.get("client"):
        return Actor(kind=CLIENT, id=g.client.contact.id, name=g.client.person[:200], ip=request.remote_addr)
    if account is None:
        return Actor(kind="public", ip=request.remote_addr)
    return Actor(kind="staff", id=str(account.id), name=account.name, role=account.role, ip=request.remote_addr)
