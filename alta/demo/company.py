"""The company of the demo: made up, in Mexico, small enough to be read on one screen."""

from __future__ import annotations

import dataclasses

SLUG = "conecta-valle"
NAME = "Conecta Valle"
LOCALE = "es_MX"
CURRENCY = "MXN"
TIME_ZONE = "America/Mexico_City"
EMAIL = "oficina@conecta-valle.example"
PHONE = "55 5010 2030"
ADDRESS = "Av. Hidalgo 120, Centro, Valle Alto"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may sign in; `role` is the gateway's word."""

    role: str
    name: str
    email: str


STAFF = (
    Person(role="owner", name="Rosa Marín", email="rosa@conecta-valle.example"),
    Person(role="office", name="Julio Paredes", email="julio@conecta-valle.example"),
    Person(role="technician", name="Tomás Quiroz", email="tomas@conecta-valle.example"),
    Person(role="read_only", name="Elena Soto", email="elena@conecta-valle.example"),
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """`number` is the simulated router's; the zone and the plans are those that it serves."""

    number: int
    name: str
    mode: str
    zone: str
    sectors: tuple[str, ...]
    network: str


ROUTERS = (
    Router(
        number=1, name="RB Centro", mode="pppoe", zone="Centro", sectors=("Torre Norte", "Torre Sur"), network="10.10.0"
    ),
    Router(number=2, name="RB La Loma", mode="simple_queue", zone="La Loma", sectors=("Loma Alta",), network="10.20.0"),
    Router(number=3, name="RB El Valle", mode="pppoe", zone="El Valle", sectors=("Granero",), network="10.30.0"),
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Speeds in kbit/s, the price per month in minor units."""

    name: str
    download_kbps: int
    upload_kbps: int
    price_minor: int


PLANS = (
    Plan(name="Hogar 20", download_kbps=20_000, upload_kbps=5_000, price_minor=349_00),
    Plan(name="Hogar 50", download_kbps=50_000, upload_kbps=10_000, price_minor=499_00),
    Plan(name="Negocio 100", download_kbps=100_000, upload_kbps=50_000, price_minor=899_00),
)

INSTALLATION_ARTICLE = "Instalación"
INSTALLATION_COST_MINOR = 450_00


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """Who wants internet in this run of the story; another one each time."""

    number: int
    first_name: str
    last_name: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def email(self) -> str:
        return f"cliente{self.number:04}@correo.example"

    @property
    def phone(self) -> str:
        return f"55{10_000_000 + self.number:08}"

    @property
    def service_name(self) -> str:
        return f"cliente{self.number:04}"


FIRST_NAMES = ("Ana", "Bruno", "Carmen", "Diego", "Estela", "Fermín", "Gloria", "Hugo", "Inés", "Jorge", "Karla")
LAST_NAMES = ("Robles", "Castañeda", "Ibáñez", "Luna", "Peña", "Olvera", "Zúñiga")


def prospect(number: int) -> Prospect:
    """The person of the `number`th run, counted from 1."""
    first, last = FIRST_NAMES[number % len(FIRST_NAMES)], LAST_NAMES[number % len(LAST_NAMES)]
    return Prospect(number=number, first_name=first, last_name=last)
