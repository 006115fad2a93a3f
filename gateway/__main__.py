"""The operator's side of the gateway: `python -m gateway migrate|topology|settings|company|user|domain ...`."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from chassis import clock, topology
from chassis.errors import ValidationFailed
from chassis.settings import BadSettings
from chassis.storage import Database
from gateway import accounts, domains, timeline
from gateway.model import ROLES, Company, StaffAccount
from gateway.settings import GatewaySettings

MIGRATIONS = Path(__file__).parent / "migrations"


def main() -> int:
    given = _parser().parse_args()
    if given.run is _settings:
        return _settings(given)
    try:
        settings = GatewaySettings.load(os.environ)
    except BadSettings as bad:
        print(*bad.problems, sep="\n", file=sys.stderr)
        return 2
    try:
        answer = given.run(given, settings)
    except ValidationFailed as refused:
        print(json.dumps(refused.fields or {"error": refused.code}), file=sys.stderr)
        return 1
    if answer is not None:
        print(json.dumps(answer, indent=2, ensure_ascii=False, default=str))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gateway", description=__doc__)
    actions = parser.add_subparsers(required=True)
    _action(actions, "migrate", _migrate, "bring the database to the version of this code")
    _action(actions, "topology", _topology, "declare the exchange and the timeline's queue")
    _action(actions, "settings", _settings, "every environment variable")
    company = actions.add_parser("company", help="the companies of this deployment").add_subparsers(required=True)
    _action(company, "list", _list_companies, "all of them")
    add = _action(company, "add", _add_company, "add one, or change the one with this slug")
    for name, options in _COMPANY_OPTIONS.items():
        add.add_argument(f"--{name}", **options)
    user = actions.add_parser("user", help="the people who may sign in").add_subparsers(required=True)
    listing = _action(user, "list", _list_users, "those of a company")
    listing.add_argument("--company", required=True, help="its slug")
    add = _action(user, "add", _add_user, "add one, or change the one with this e-mail address")
    for name in ("company", "name", "email"):
        add.add_argument(f"--{name}", required=True)
    add.add_argument("--role", required=True, choices=ROLES)
    add.add_argument("--password", help="asked for when not given; ALTA_PASSWORD works too")
    domain = actions.add_parser("domain", help="the companies' own domains").add_subparsers(required=True)
    listing = _action(domain, "list", _list_domains, "those of a company, and what their DNS must say")
    confirm = _action(domain, "confirm", _confirm_domain, "serve one without asking its DNS: you know whose it is")
    for one in (listing, confirm):
        one.add_argument("--company", required=True, help="its slug")
    confirm.add_argument("--host", required=True)
    return parser


_COMPANY_OPTIONS: dict[str, dict[str, Any]] = {
    "name": {"required": True},
    "slug": {"required": True},
    "locale": {"default": "es_MX"},
    "currency": {"default": "MXN"},
    "time-zone": {"default": "America/Mexico_City"},
    "email": {},
    "phone": {},
    "address": {},
    "tax-id": {},
    "public-identifier": {"choices": ("slug", "uuid"), "default": "slug"},
}


def _action(actions: Any, name: str, run: Callable[..., Any], help: str) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=help)
    parser.set_defaults(run=run)
    return parser


def _migrate(_given: argparse.Namespace, settings: GatewaySettings) -> None:
    from chassis.storage.migrations import migrate

    migrate(Database(settings.database_url, pool_size=1), MIGRATIONS)


def _topology(_given: argparse.Namespace, settings: GatewaySettings) -> None:
    topology.declare_at(settings.amqp_uri, "gateway", [timeline.handler()])


def _settings(_given: argparse.Namespace) -> int:
    from chassis.host import print_settings

    print_settings(GatewaySettings, as_json=False)
    return 0


def _add_company(given: argparse.Namespace, settings: GatewaySettings) -> dict[str, Any]:
    database = Database(settings.database_url, pool_size=2)
    with database.read_unscoped() as session:
        known = session.scalar(select(Company).where(Company.slug == given.slug))
    names = ("name", "slug", "locale", "currency", "time_zone", "email", "phone", "address", "tax_id")
    values = {name: getattr(given, name) for name in names} | {"public_identifier": given.public_identifier}
    with database.begin_unscoped() as session:
        company = accounts.save_company(
            session, base_url=settings.base_url, company_id=known.id if known else None, **values
        )
    return {"company_id": company.id, "slug": company.slug, "public_uuid": company.public_uuid}


def _list_companies(_given: argparse.Namespace, settings: GatewaySettings) -> list[dict[str, Any]]:
    with Database(settings.database_url, pool_size=1).read_unscoped() as session:
        rows = session.scalars(select(Company).order_by(Company.name)).all()
    return [{"company_id": row.id, "name": row.name, "slug": row.slug, "active": row.active} for row in rows]


def _add_user(given: argparse.Namespace, settings: GatewaySettings) -> dict[str, Any]:
    password = given.password or os.environ.get("ALTA_PASSWORD") or _asked_for_password()
    database = Database(settings.database_url, pool_size=2)
    company = _company(database, given.company)
    with database.begin(company.id) as session:
        email = given.email.strip().casefold()
        known = session.scalar(select(StaffAccount).where(StaffAccount.email == email))
        account = accounts.save_staff(
            session,
            name=given.name,
            email=email,
            role=given.role,
            password=password,
            staff_id=known.id if known else None,
        )
    return {"staff_id": account.id, "email": account.email, "role": account.role}


def _asked_for_password() -> str:
    try:
        return getpass.getpass()
    except EOFError as error:  # no terminal, and nothing to read
        raise ValidationFailed(fields={"password": [{"code": "required"}]}) from error


def _list_users(given: argparse.Namespace, settings: GatewaySettings) -> list[dict[str, Any]]:
    database = Database(settings.database_url, pool_size=1)
    company = _company(database, given.company)
    with database.read(company.id) as session:
        rows = session.scalars(select(StaffAccount).order_by(StaffAccount.name)).all()
    return [{"name": row.name, "email": row.email, "role": row.role, "active": row.active} for row in rows]


def _list_domains(given: argparse.Namespace, settings: GatewaySettings) -> list[dict[str, Any]]:
    database = Database(settings.database_url, pool_size=1)
    with database.read(_company(database, given.company).id) as session:
        rows = domains.of_company(session)
    record = [(row, f"{domains.RECORD}.{row.host} TXT alta={row.proof}") for row in rows]
    return [{"host": row.host, "proven_at": row.proven_at, "main": row.is_main, "record": text} for row, text in record]


def _confirm_domain(given: argparse.Namespace, settings: GatewaySettings) -> dict[str, Any]:
    """Links in mails lead there as soon as the services have heard of it."""
    database, at = Database(settings.database_url, pool_size=2), clock.now()
    company = _company(database, given.company)
    ours = urlsplit(settings.base_url).hostname or ""
    try:
        with database.begin(company.id) as session:
            claimed = domains.claim(session, host=given.host, ours=ours, at=at)
            session.flush()
            domain = domains.accept(session, domain_id=claimed.id, at=at)
            session.flush()
            accounts.save_company(session, base_url=settings.base_url, company_id=company.id)
    except domains.ServedAlready as taken:
        raise ValidationFailed(fields={"host": [{"code": taken.code, "params": taken.params}]}) from taken
    return {"host": domain.host, "proven_at": domain.proven_at, "main": domain.is_main}


def _company(database: Database, slug: str) -> Company:
    with database.read_unscoped() as session:
        company = session.scalar(select(Company).where(Company.slug == slug))
    if company is None:
        raise ValidationFailed(fields={"company": [{"code": "not-found", "params": {"slug": slug}}]})
    return company


if __name__ == "__main__":
    sys.exit(main())
