"""A gateway with services that answer what a test says, and visitors of its pages."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alta.demo.visitor import solve
from chassis import clock
from chassis.errors import Unavailable
from chassis.identifiers import new_id
from chassis.secrets import Keyring
from chassis.storage import Database
from chassis.storage.migrations import migrate
from gateway import accounts, sessions
from gateway.app import create_app, limiter
from gateway.model import OWNER, Company
from gateway.settings import GatewaySettings

MIGRATIONS = Path(accounts.__file__).parent / "migrations"
BASE_URL = "http://alta.example"
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n a signature").decode()
SIGNATURE = f"data:image/png;base64,{PNG}"
Answer = Callable[[dict[str, Any]], Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """One question or command, as it reached a service."""

    name: str
    data: dict[str, Any]
    context: dict[str, Any]


class FakeServices:
    """Stands where the RPC client does. `answers` by `service.method`; a service in `away` takes nothing."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[Asked] = []
        self.away: set[str] = set()

    def call(self, service: str, method: str, data: Any, *, context: Any, timeout: float = 5.0) -> Any:
        if service in self.away:
            raise Unavailable("service-away", service=service)
        name = f"{service}.{method}"
        self.asked.append(Asked(name, dict(data), dict(context)))
        if name not in self.answers:
            raise AssertionError(f"the test gives no answer to {name}")
        return self.answers[name](dict(data))

    def is_served(self, service: str) -> bool:
        return service not in self.away

    def told(self, name: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.name == name]


@dataclasses.dataclass(slots=True)
class House:
    """A company's gateway."""

    app: Any
    company: Company
    services: FakeServices
    database: Database

    def visitor(self, **headers: str) -> Any:
        client = self.app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = headers.get("language", "es")
        return client

    def staff(self, role: str = OWNER) -> Any:
        """Somebody of the company, signed in."""
        with self.database.begin(self.company.id) as session:
            account = accounts.save_staff(
                session, name="Eva Ruiz", email=f"{new_id().hex}@veloz.example", role=role, password="secreto-123"
            )
            token = sessions.open_session(session, account, at=clock.now(), ip=None, user_agent=None)
        client = self.app.test_client()
        client.set_cookie("alta_session", token)
        return client


def make_tables(database: Database) -> None:
    migrate(database, MIGRATIONS)


def a_new_house(room: Path) -> House:
    """With a database of its own, for what is not about storage."""
    url = f"sqlite:///{room}/gateway.sqlite3"
    with contextlib.closing(Database(url)) as database:
        make_tables(database)
    return a_house(url, room)


def a_house(database_url: str, room: Path) -> House:
    """Its company is Veloz, in Mexico. The database has its tables."""
    for name in ("gateway", "shared"):
        Keyring.create(room / f"{name}.key")
    settings = GatewaySettings(
        database_url=database_url,
        amqp_uri="amqp://nobody:nobody@127.0.0.1:1/none",
        files_url=f"file://{room}/files",
        keyring=room / "gateway.key",
        shared_keyring=room / "shared.key",
        base_url=BASE_URL,
        max_upload_bytes=1_000_000,
    )
    database = Database(database_url)
    app = create_app(settings)
    limiter.enabled = False
    services = app.extensions["alta"].rpc = FakeServices()
    return House(app, a_company(database), services, database)


def a_company(database: Database, **values: Any) -> Company:
    usual = {
        "name": "Veloz", "slug": "veloz", "locale": "es_MX", "currency": "MXN", "time_zone": "America/Mexico_City",
        "email": "hola@veloz.example", "phone": "55 1234 5678",
    }  # fmt: skip
    with database.begin_unscoped() as session:
        return accounts.save_company(session, base_url=BASE_URL, **{**usual, **values})


def proof_for(page: str) -> str:
    """The answer to the challenge that a page holds."""
    return solve(json.loads(html.unescape(attribute(page, "data-challenge"))))


def hidden(page: str, name: str) -> str:
    """What a hidden field holds."""
    return html.unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])


def attribute(page: str, name: str) -> str:
    return re.search(rf'{name}="([^"]*)"', page)[1]


def problem_of(page: str, field: str) -> str:
    """What is said beside a field of a public page."""
    found = re.search(rf'<p class="problem" id="{field}-problem"[^>]*>([^<]*)</p>', page)
    return html.unescape(found[1]).strip()


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)))


def send(client: Any, page_path: str, path: str, **fields: Any) -> Any:
    """Posts with the token and key of a page that shows the form."""
    page = client.get(page_path).text
    return client.post(path, data={"csrf_token": hidden(page, "csrf_token"), "key": new_id().hex, **fields})
