"""The demo company and its people in the gateway; what is there stays as it is."""

from __future__ import annotations

from alta.accounts import gateway
from alta.demo import company
from deploy.local.stack import Stack


def found(stack: Stack, password: str) -> str:
    """The company's id; the company and its staff, who sign in with that password, exist when this returns."""
    known = {row["slug"]: row["company_id"] for row in gateway(stack, "company", "list")}
    company_id = known.get(company.SLUG) or _add_company(stack)
    present = {row["email"] for row in gateway(stack, "user", "list", "--company", company.SLUG)}
    for person in company.STAFF:
        if person.email not in present:
            _add_person(stack, person, password)
    return company_id


def logins(password: str) -> dict[str, dict[str, str]]:
    return {person.role: {"user": person.email, "password": password} for person in company.STAFF}


def company_options() -> list[str]:
    """What `python -m gateway company add` is told."""
    return _options(
        {
            "name": company.NAME,
            "slug": company.SLUG,
            "locale": company.LOCALE,
            "currency": company.CURRENCY,
            "time-zone": company.TIME_ZONE,
            "email": company.EMAIL,
            "phone": company.PHONE,
            "address": company.ADDRESS,
        }
    )


def person_options(person: company.Person) -> list[str]:
    """What `python -m gateway user add` is told."""
    return _options({"company": company.SLUG, "name": person.name, "email": person.email, "role": person.role})


def _add_company(stack: Stack) -> str:
    return gateway(stack, "company", "add", *company_options())["company_id"]


def _add_person(stack: Stack, person: company.Person, password: str) -> None:
    gateway(stack, "user", "add", *person_options(person), secrets={"ALTA_PASSWORD": password})


def _options(about: dict[str, str]) -> list[str]:
    return [word for name, value in about.items() for word in (f"--{name}", value)]
