"""The demo company and its people in the gateway; what is there stays as it is."""

from __future__ import annotations

from alta.demo import company
from alta.demo.target import Target


def found(target: Target) -> str:
    """The company's id; the company and its staff exist when this returns."""
    known = {row["slug"]: row["company_id"] for row in target.run_gateway("company", "list")}
    company_id = known.get(company.SLUG) or _add_company(target)
    present = {row["email"] for row in target.run_gateway("user", "list", "--company", company.SLUG)}
    for person in company.STAFF:
        if person.email not in present:
            _add_person(target, person)
    return company_id


def logins(target: Target) -> dict[str, dict[str, str]]:
    return {person.role: {"user": person.email, "password": target.password} for person in company.STAFF}


def _add_company(target: Target) -> str:
    about = {
        "name": company.NAME,
        "slug": company.SLUG,
        "locale": company.LOCALE,
        "currency": company.CURRENCY,
        "time-zone": company.TIME_ZONE,
        "email": company.EMAIL,
        "phone": company.PHONE,
        "address": company.ADDRESS,
    }
    options = [word for name, value in about.items() for word in (f"--{name}", value)]
    return target.run_gateway("company", "add", *options)["company_id"]


def _add_person(target: Target, person: company.Person) -> None:
    about = {"company": company.SLUG, "name": person.name, "email": person.email, "role": person.role}
    options = [word for name, value in about.items() for word in (f"--{name}", value)]
    target.run_gateway("user", "add", *options, ALTA_PASSWORD=target.password)
