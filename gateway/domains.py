"""Names of a company's own on the web: claimed, proven by a record in the name's DNS, and served from then on.

The proof is a TXT record that only who rules over the name can make. A file on the name's own web server would
prove less: a name that points here already would be proven by us, to whoever claims it first.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit
from uuid import UUID

import dns.exception
import dns.resolver
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.errors import Conflict, ValidationFailed
from chassis.identifiers import new_id
from chassis.schemas import coded
from chassis.storage import find
from gateway.model import Company, CompanyDomain

RECORD = "_alta"
SECONDS = 5.0
MOST = 10
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")

LookUp = Callable[[str], Iterable[str]]
"""The texts of a name's TXT records; raises `LookUpFailed` when nobody could say."""


class LookUpFailed(Exception):
    """The DNS did not answer in time, or not sensibly."""


class NotProven(Conflict):
    """The record is not there, or says something else. `record` and `text`: what is looked for."""

    code = "domain-not-proven"


class ServedAlready(Conflict):
    """Another company has proven that the name is its own."""

    code = "domain-served-already"


def claim(session: Session, *, host: str, ours: str, at: datetime) -> CompanyDomain:
    """Notes the name and what its DNS must say. `ours` is the deployment's own host. Raises `ValidationFailed`."""
    name = plain_host(host)
    if name is None or name == ours:
        raise ValidationFailed(fields={"host": coded("invalid-domain")})
    known = session.scalars(select(CompanyDomain)).all()
    if len(known) >= MOST:
        raise ValidationFailed(fields={"host": coded("too-many-domains", max=MOST)})
    claimed = next((domain for domain in known if domain.host == name), None)
    if claimed is None:
        claimed = CompanyDomain(id=new_id(), host=name, proof=secrets.token_hex(16), added_at=at)
        session.add(claimed)
    return claimed


def check(domain: CompanyDomain, look_up: LookUp) -> None:
    """Asks the name's DNS; takes up to `SECONDS`. Raises `NotProven`, `LookUpFailed`."""
    wanted = f"alta={domain.proof}"
    if wanted not in set(look_up(f"{RECORD}.{domain.host}")):
        raise NotProven(record=f"{RECORD}.{domain.host}", text=wanted)


def accept(session: Session, *, domain_id: UUID, at: datetime) -> CompanyDomain:
    """The name was proven: it is served, and the first one is where links lead. Raises `ServedAlready`."""
    domain = find(session, CompanyDomain, domain_id, lock=True)
    host = domain.host
    if domain.proven_at is None:
        has_main = session.scalar(select(CompanyDomain.id).where(CompanyDomain.is_main))
        domain.proven_at, domain.served_host, domain.is_main = at, host, has_main is None
        try:
            session.flush()
        except IntegrityError as taken:
            raise ServedAlready(host=host) from taken
    return domain


def make_main(session: Session, *, domain_id: UUID) -> None:
    """Links lead there from now on. Raises `NotProven`."""
    chosen = find(session, CompanyDomain, domain_id)
    if chosen.proven_at is None:
        raise NotProven(record=f"{RECORD}.{chosen.host}", text=f"alta={chosen.proof}")
    for domain in session.scalars(select(CompanyDomain)):
        domain.is_main = domain is chosen


def give_up(session: Session, *, domain_id: UUID) -> None:
    """The name is served no more, and anybody may claim it."""
    domain = find(session, CompanyDomain, domain_id)
    was_main = domain.is_main
    session.delete(domain)
    session.flush()
    heir = session.scalar(select(CompanyDomain).where(CompanyDomain.proven_at.is_not(None)).limit(1))
    if was_main and heir is not None:
        heir.is_main = True


def of_company(session: Session) -> list[CompanyDomain]:
    return list(session.scalars(select(CompanyDomain).order_by(CompanyDomain.host)))


def company_at(session: Session, host: str) -> Company | None:
    """Whose domain a request came by. `session` sees every company."""
    name = plain_host(host)
    if name is None:
        return None
    domain = session.scalar(select(CompanyDomain).where(CompanyDomain.served_host == name))
    return session.scalar(select(Company).where(Company.id == domain.company_id, Company.active)) if domain else None


def base_url_of(session: Session, company_id: UUID, base_url: str) -> str:
    """Where the company's public pages are, no final /: its own domain, or the deployment's."""
    main = session.scalar(
        select(CompanyDomain.served_host).where(CompanyDomain.company_id == company_id, CompanyDomain.is_main)
    )
    if main is None:
        return base_url
    ours = urlsplit(base_url)
    return f"{ours.scheme}://{main}" + (f":{ours.port}" if ours.port else "")


def is_ours(host: str) -> bool:
    """Whether it is the deployment's own, as an address that is no name is nobody else's; asked for every request, so
    without looking anything up."""
    return _is_that_of(current_app.extensions["alta"].settings.base_url, host)


@lru_cache(maxsize=1_000)
def _is_that_of(base_url: str, host: str) -> bool:
    return plain_host(host) in (None, urlsplit(base_url).hostname)


def plain_host(text: str) -> str | None:
    """As it is compared: lower case, ASCII, no port and no final dot; None when it is no name on the web."""
    name = text.strip().removeprefix("https://").removeprefix("http://").partition("/")[0]
    name = name.partition(":")[0].rstrip(".").casefold()
    try:
        name = name.encode("idna").decode()
    except UnicodeError:
        return None
    labels = name.split(".")
    if len(name) > 253 or len(labels) < 2 or labels[-1].isdigit():
        return None
    return name if all(_LABEL.fullmatch(label) for label in labels) else None


def dns_texts(server: str | None) -> LookUp:
    """Asks the machine's own name servers, or `server` (address:port)."""
    resolver = dns.resolver.Resolver(configure=server is None)
    if server is not None:
        address, _, port = server.rpartition(":")
        resolver.nameservers, resolver.port = [address], int(port)
    resolver.lifetime = SECONDS

    def look_up(name: str) -> list[str]:
        try:
            found = resolver.resolve(name, "TXT", search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException as error:
            raise LookUpFailed(name) from error
        return [b"".join(record.strings).decode("utf-8", "replace") for record in found]

    return look_up
