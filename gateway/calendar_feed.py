"""The agenda of one member of staff as their phone's calendar reads it: a secret address, and what is behind it.

The token is kept twice: as a hash, by which it is found, and sealed, so that its owner can copy the address again.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from icalendar import Calendar, Event
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.secrets import Keyring
from chassis.storage import enter_company
from gateway.model import AgendaFeed, Company, StaffAccount

EVERY = timedelta(minutes=30)
"""How often calendars are asked to look again; most do so when they like."""


def open_feed(session: Session, account_id: UUID, *, keyring: Keyring, at: datetime) -> str:
    """A new address; the one before opens nothing any more. Returns its token."""
    close_feed(session, account_id)
    session.flush()
    token, feed_id = secrets.token_urlsafe(32), new_id()
    sealed = keyring.seal(token, _context(feed_id))
    session.add(
        AgendaFeed(id=feed_id, account_id=account_id, token_sha256=_hashed(token), sealed_token=sealed, created_at=at)
    )
    return token


def close_feed(session: Session, account_id: UUID) -> None:
    for feed in session.scalars(select(AgendaFeed).where(AgendaFeed.account_id == account_id)):
        session.delete(feed)


def token_of(session: Session, account_id: UUID, *, keyring: Keyring) -> str | None:
    """For its owner alone; None without a feed."""
    feed = session.scalar(select(AgendaFeed).where(AgendaFeed.account_id == account_id))
    return keyring.open(feed.sealed_token, _context(feed.id)) if feed else None


def owner_of(session: Session, token: str) -> tuple[Company, StaffAccount] | None:
    """Whose agenda it opens; None for nobody's, and for who does not work here any more.

    `session` sees every company, and serves the owner's from here on.
    """
    feed = session.scalar(select(AgendaFeed).where(AgendaFeed.token_sha256 == _hashed(token)))
    if feed is None:
        return None
    enter_company(session, feed.company_id)
    company, account = session.get(Company, feed.company_id), session.get(StaffAccount, feed.account_id)
    if company is None or account is None or not company.active or not account.active:
        return None
    return company, account


def as_icalendar(visits: Iterable[Mapping[str, Any]], *, name: str, pages: str, at: datetime) -> bytes:
    """RFC 5545. `pages` is where the pages of installations are, no final /."""
    calendar = Calendar()
    calendar.add("prodid", "-//Alta//Agenda//ES")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT30M")
    for visit in visits:
        calendar.add_component(_event(visit, pages, at))
    return calendar.to_ical()


def _event(visit: Mapping[str, Any], pages: str, at: datetime) -> Event:
    event, page = Event(), f"{pages}/{visit['installation_id']}"
    event.add("uid", f"{visit['installation_id']}@alta")
    event.add("dtstamp", at)
    event.add("sequence", visit["version"])
    event.add("dtstart", datetime.fromisoformat(visit["scheduled_at"]))
    event.add("dtend", datetime.fromisoformat(visit["ends_at"]))
    person = f"{visit['first_name']} {visit['last_name']}"
    event.add("summary", _("Instalación %(number)s: %(person)s", number=visit["number"], person=person))
    event.add("location", ", ".join(filter(None, (visit["address"], visit["city"]))))
    event.add("description", "\n".join((visit["phone"], visit["plan_name"], page)))
    event.add("url", page)
    event.add("status", "CONFIRMED")
    if visit["latitude"] and visit["longitude"]:
        event.add("geo", (float(visit["latitude"]), float(visit["longitude"])))
    return event


def _context(feed_id: UUID) -> str:
    return f"gateway.agenda_feed/{feed_id}"


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
