"""Who did what: a line for every change that a person makes through the gateway."""

from __future__ import annotations

from typing import Any

from flask import g, request
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from gateway.model import AuditEntry


def note(session: Session, *, action: str, actor: str | None = None, subject: str | None = None, **detail: Any) -> None:
    """`session` serves the company; nothing secret belongs into `detail`."""
    session.add(
        AuditEntry(
            id=new_id(),
            at=g.at,
            actor=actor or (g.signed_in.account.email if g.signed_in else "public"),
            action=action,
            subject=subject,
            detail=detail,
            ip=request.remote_addr,
            correlation_id=g.correlation_id,
        )
    )
