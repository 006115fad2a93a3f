"""Making and unmaking virtual hosts and databases on servers that are shared by a test run."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import urllib.request
import uuid
from collections.abc import Iterator
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql


@dataclasses.dataclass(frozen=True, slots=True)
class Broker:
    """`uri` lacks the virtual host; `api` is the management plugin's address, with user and password."""

    uri: str
    api: str

    @contextlib.contextmanager
    def virtual_host(self) -> Iterator[str]:
        name = f"test-{uuid.uuid4().hex}"
        self.request("PUT", f"/vhosts/{name}")
        try:
            yield f"{self.uri.rstrip('/')}/{name}"
        finally:
            self.request("DELETE", f"/vhosts/{name}")

    def request(self, method: str, path: str, body: object = None) -> object:
        """What the management plugin answers, decoded; raises `urllib.error.HTTPError`."""
        address = urlsplit(self.api)
        url = urlunsplit(address._replace(netloc=f"{address.hostname}:{address.port}")) + path
        passwords = urllib.request.HTTPPasswordMgrWithPriorAuth()
        passwords.add_password(None, url, address.username or "", address.password or "", is_authenticated=True)
        opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(passwords))
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        with opener.open(urllib.request.Request(url, data, headers, method=method), timeout=20) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def queue(self, vhost_uri: str, name: str) -> object:
        """What the broker knows of a queue (messages, consumers); raises `HTTPError` 404 when there is none."""
        vhost = vhost_uri.rpartition("/")[2]
        return self.request("GET", f"/queues/{quote(vhost, safe='')}/{quote(name, safe='')}")


@dataclasses.dataclass(frozen=True, slots=True)
class Databases:
    """`url` is a PostgreSQL server's, with an administrator's rights and without a database."""

    url: str

    @contextlib.contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        name = f"test_{uuid.uuid4().hex}"
        names = sql.Identifier(name), sql.Identifier(template)
        self.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
        try:
            yield f"{self.url}/{name}"
        finally:
            self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def execute(self, statement: sql.Composable) -> None:
        connection = psycopg2.connect(f"{self.url}/postgres")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()
