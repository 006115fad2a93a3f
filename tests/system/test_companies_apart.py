"""GAT-3: nobody of another company reaches anything, whatever their role, the page, or the number they guess.

The test makes its own list. It walks through every page that an owner is led to and notes each identifier
by the name that routes have for it, and each form with what it holds. Strangers of every role then try
every route with them. A route whose identifiers the walk never met fails the test, so that a new page is
tried from its first day.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from alta.accounts import gateway
from alta.demo import company
from alta.demo.pages import forms, text_of
from chassis.identifiers import new_id
from gateway import roles
from gateway.model import ROLES
from tests.system.crashing import Scene
from tests.system.portal import code_in_the_mail

pytestmark = pytest.mark.timeout(240)
PASSWORD = "secreto-123"
ADDRESS = re.compile(r'\b(?:href|src|action|formaction|hx-get|hx-post)="(/[^"#]*)')
IDENTIFIER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
AN_EXPORT = {
    "list": "clients", "format": "csv", "filename": "clientes.csv", "columns": [{"key": "email", "label": "Correo"}],
    "form": {
        "delimiter": ",", "decimal_mark": ".", "digits": 2, "moment": "%d", "number_format": "dd",
        "time_zone": "America/Mexico_City",
    },
}  # fmt: skip
# What a stranger does to their own account or company, which is theirs to do.
OWN_AFFAIRS = ("identity.", "account.", "people.require_second_factor", "people.save", "public_settings.")


class Guest:
    """A browser of somebody who is signed in."""

    def __init__(self, scene: Scene, address: str, user: str, password: str) -> None:
        self._http = httpx.Client(
            base_url=scene.target.url, timeout=30, trust_env=False, headers={"X-Forwarded-For": address}
        )
        page = self._http.get("/entrar").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        answer = self._http.post("/entrar", data={"csrf_token": token, "email": user, "password": password})
        assert answer.status_code == 302, text_of(answer.text)
        self._token = re.search(r'name="csrf-token" content="([^"]+)"', self.get("/").text)[1]

    def get(self, path: str) -> httpx.Response:
        return self._http.get(path)

    def post(self, path: str, fields: dict[str, Any]) -> httpx.Response:
        return self._http.post(path, data={**fields, "csrf_token": self._token, "key": new_id().hex})

    def upload(self, path: str, filename: str, content: bytes) -> httpx.Response:
        fields = {"csrf_token": self._token, "key": new_id().hex}
        return self._http.post(path, data=fields, files={"file": (filename, content)})


class Walk:
    """What an owner comes by: `ids` by the names that routes have for them, `sent` by the route that a form goes to.

    It begins at `first`, so that of each route the page is met that tells of it.
    """

    def __init__(self, app: Flask, owner: Guest, first: str) -> None:
        self.ids: dict[str, str] = {}
        self.sent: dict[str, dict[str, str]] = {}
        self._adapter = app.url_map.bind("")
        ahead, visited = deque([first, "/"]), set()
        while ahead:
            path = ahead.popleft()
            answer = owner.get(path)
            if "html" not in answer.headers.get("Content-Type", ""):
                continue
            for method, address, fields in _addresses(answer.text):
                route = self._note(method, address, fields)
                if method == "GET" and route is not None and route not in visited:
                    visited.add(route)
                    ahead.append(address)

    def _note(self, method: str, address: str, fields: dict[str, str]) -> str | None:
        """The route that it leads to, met again under other filters counts once."""
        path = address.partition("?")[0]
        try:
            endpoint, found = self._adapter.match(path, method)
        except HTTPException:
            return None
        known = {name: value for name, value in fields.items() if IDENTIFIER.fullmatch(value)}
        for name, value in {**found, **known}.items():
            self.ids.setdefault(name, str(value))
        if method == "POST":
            self.sent.setdefault(endpoint, fields)
        return endpoint


def _addresses(page: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    for address in ADDRESS.findall(page.replace("&amp;", "&")):
        yield "GET", address, {}
        yield "POST", address, {}
    for form in forms(page):
        yield form.method.upper(), form.action, dict(form.fields)


def test_nobody_of_another_company_reaches_anything(scene: Scene, app: Flask) -> None:
    person, ids = scene.play()
    chosen = {"installation_ids": [ids["installation_id"]]}
    scene.ask("provisioning", "begin_bulk", {"operation": "repair", "chosen": chosen})
    client = scene.ask("installations", "get_installation", {"installation_id": ids["installation_id"]})
    plans = scene.ask("installations", "list_plans", {"router_id": client["router_id"]})["rows"]
    another = next(plan["plan_id"] for plan in plans if plan["plan_id"] != client["plan_id"])
    move = {"from_plan_id": client["plan_id"], "to_plan_id": another}
    scene.ask("installations", "begin_plan_move", move)
    ticked = {"list": "clients", **chosen}
    scene.ask("installations", "begin_bulk_change", {"action": "start", "chosen": ticked})
    export = scene.ask("installations", "begin_export", AN_EXPORT)
    absence = {"technician_id": client["technician_id"], "first_on": "2040-01-01", "last_on": "2040-01-01"}
    scene.ask("installations", "add_absence", absence)
    scene.quiet()
    owner = Guest(scene, "10.30.0.1", company.STAFF[0].email, scene.target.password)
    saved = owner.post("/listas/clients/vistas", {"name": "De todos", "shared": "1", "query": "search=a"})
    owner.upload("/importar/", "clientes.csv", f"Nombre,Correo\nAna,{person.email}\n".encode())
    walk = Walk(app, owner, f"/instalaciones/{ids['installation_id']}")
    # Of what is on no page now: something to do with a bulk change, a job that failed, a possible duplicate, and a list
    # on its way to a file.
    walk.ids |= {"how": "pause", "step": "run", "job_id": str(new_id()), "export_id": export["export_id"]}
    walk.ids |= {"other_id": ids["installation_id"], "kind": "installation"}
    walk.ids["view_id"] = parse_qs(urlsplit(saved.headers["Location"]).query)["view"][0]
    tried = [rule for rule in app.url_map.iter_rules() if _is_tried(app, rule)]
    assert {name for rule in tried for name in rule.arguments} - walk.ids.keys() == set()
    before = owner.get("/auditoria/").text.partition("<tbody>")[2]
    for number, stranger in enumerate(_strangers(scene)):
        for rule in tried:
            answer = _try(app, stranger, rule, walk)
            where = (ROLES[number], rule.endpoint, answer.status_code, text_of(answer.text)[:300])
            assert answer.status_code < 500, where
            assert person.email not in answer.text, where
            if rule.arguments and "GET" in rule.methods:
                assert answer.status_code in (302, 403, 404), where
    scene.quiet()
    assert owner.get("/auditoria/").text.partition("<tbody>")[2] == before
    _nothing_of_theirs_names_ours(scene, set(filter(IDENTIFIER.fullmatch, walk.ids.values())))


def _is_tried(app: Flask, rule: Rule) -> bool:
    allowed = roles.rule_of(app.view_functions[rule.endpoint]) if rule.endpoint != "static" else roles.PUBLIC
    return allowed not in (roles.PUBLIC, roles.CLIENTS) and not rule.endpoint.startswith(OWN_AFFAIRS)


def test_no_client_reaches_what_is_another_clients(scene: Scene, app: Flask) -> None:
    """Every route of the portal, with the identifiers of somebody else's service, and with one's own elsewhere."""
    maria, hers = scene.play()
    pedro, _his = scene.play()
    scene.quiet()
    about = {"installation_id": hers["installation_id"]}
    ids = {
        "name": company.SLUG,
        "installation_id": hers["installation_id"],
        "invoice_id": scene.ask("billing", "account", about)["invoices"][0]["invoice_id"],
        "file_id": scene.ask("installations", "files_for_client", about)["rows"][0]["file_id"],
    }
    portal = [rule for rule in app.url_map.iter_rules() if _rule(app, rule) is roles.CLIENTS]
    assert {name for rule in portal for name in rule.arguments} - ids.keys() == set()
    herself = Client(scene, "10.33.0.1", maria.email)
    himself = Client(scene, "10.33.0.2", pedro.email)
    theirs = [rule for rule in portal if "installation_id" in rule.arguments]
    for rule in theirs:
        path = app.url_map.bind("").build(rule.endpoint, {name: ids[name] for name in rule.arguments})
        assert herself.open(rule, path).status_code in (200, 302), rule.endpoint
        refused = himself.open(rule, path)
        assert refused.status_code == 404, rule.endpoint
        assert maria.email not in refused.text and maria.last_name not in refused.text
        elsewhere = herself.open(rule, path.replace(f"/{company.SLUG}/", "/nobody/"))
        assert elsewhere.headers["Location"].startswith("/cliente/nobody/entrar"), rule.endpoint
    staff = Guest(scene, "10.33.0.3", company.STAFF[0].email, scene.target.password)
    for rule in portal:
        path = app.url_map.bind("").build(rule.endpoint, {name: ids[name] for name in rule.arguments})
        answer = staff.get(path) if "GET" in rule.methods else staff.post(path, {})
        assert answer.headers["Location"].startswith(f"/cliente/{company.SLUG}/entrar"), rule.endpoint


class Client:
    """A browser of somebody who entered the portal with a code from their mail."""

    def __init__(self, scene: Scene, address: str, email: str) -> None:
        self._http = httpx.Client(
            base_url=scene.target.url, timeout=30, trust_env=False, headers={"X-Forwarded-For": address}
        )
        path = f"/cliente/{company.SLUG}"
        self._post(f"{path}/entrar", {"contact": email})
        entered = self._post(f"{path}/codigo", {"code": code_in_the_mail(scene, email)})
        assert entered.status_code == 302, text_of(entered.text)

    def open(self, rule: Rule, path: str) -> httpx.Response:
        return (
            self._http.get(path)
            if "GET" in rule.methods
            else self._post(path, {}, at=f"/cliente/{company.SLUG}/entrar")
        )

    def _post(self, path: str, fields: dict[str, str], at: str | None = None) -> httpx.Response:
        page = self._http.get(at or path, follow_redirects=True).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        return self._http.post(path, data={**fields, "csrf_token": token, "key": new_id().hex})


def _rule(app: Flask, rule: Rule) -> frozenset[str] | None:
    return roles.rule_of(app.view_functions[rule.endpoint]) if rule.endpoint != "static" else roles.PUBLIC


def _try(app: Flask, stranger: Guest, rule: Rule, walk: Walk) -> httpx.Response:
    path = app.url_map.bind("").build(rule.endpoint, {name: walk.ids[name] for name in rule.arguments})
    if "GET" in rule.methods:
        return stranger.get(path)
    named = {name: value for name, value in walk.ids.items() if name not in rule.arguments}
    return stranger.post(path, {**named, **walk.sent.get(rule.endpoint, {})})


def _strangers(scene: Scene) -> Iterator[Guest]:
    """Somebody of each role in a company of their own."""
    gateway(scene.stack, "company", "add", "--name", "Vecina", "--slug", "vecina")
    for number, role in enumerate(ROLES):
        user = f"{role}@vecina.example"
        options = ["--company", "vecina", "--name", role, "--email", user, "--role", role]
        gateway(scene.stack, "user", "add", *options, secrets={"ALTA_PASSWORD": PASSWORD})
        yield Guest(scene, f"10.31.0.{number}", user, PASSWORD)


def _nothing_of_theirs_names_ours(scene: Scene, ours: set[str]) -> None:
    """Of what the strangers did change in their own company, nothing leads into ours."""
    owner = Guest(scene, "10.32.0.1", "owner@vecina.example", PASSWORD)
    page = owner.get("/auditoria/").text
    assert "Entró" in page
    assert {one for one in ours if owner.get(f"/auditoria/?search={one}").text.count("<tr>") > 1} == set()
