"""What must hold for every route, text and code of the gateway, whoever adds the next one."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.meta import find_undeclared_variables

import gateway
from chassis.identifiers import new_id
from chassis.secrets import Keyring
from chassis.storage import Database
from chassis.storage.migrations import differences, migrate
from gateway import messages, roles
from gateway.app import create_app
from gateway.model import Base
from gateway.settings import GatewaySettings
from gateway.tiles import BadTiles

ROOT = Path(gateway.__file__).parent
CODES_OF_OTHERS = {"pdf-asks-for-more"}  # stays inside a job of contracts


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """A gateway whose services and broker are all away."""
    room = tmp_path_factory.mktemp("gateway")
    Keyring.create(room / "gateway.key")
    settings = GatewaySettings(
        database_url=f"sqlite:///{room}/gateway.sqlite3",
        amqp_uri="amqp://nobody:nobody@127.0.0.1:1/none",
        files_url=f"file://{room}/files",
        keyring=room / "gateway.key",
    )
    migrate(Database(settings.database_url), ROOT / "migrations")
    return settings


@pytest.fixture(scope="module")
def app(settings):
    return create_app(settings)


def test_the_migrated_schema_is_what_the_models_say(settings):
    with Database(settings.database_url).engine.connect() as connection:
        assert differences(connection, Base.metadata) == []


def test_every_route_says_who_may_use_it(app):
    forgotten = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and roles.rule_of(app.view_functions[rule.endpoint]) is None
    ]
    assert forgotten == []


def test_a_route_without_a_rule_is_closed(settings):
    app = create_app(settings)
    app.add_url_rule("/forgotten", "forgotten", lambda: "open")
    assert app.test_client().get("/forgotten").status_code == 403


def test_what_changes_something_is_never_done_by_a_link(app):
    """GET pages are opened by previews, scanners and crawlers; only POST may change."""
    changing = ("save", "activate", "cancel", "sign", "revoke", "issue", "register", "logout", "send")
    by_link = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and rule.endpoint.rpartition(".")[2] in changing
    ]
    assert by_link == []


def test_every_page_is_told_to_stay_out_of_frames_and_scripts(app):
    headers = app.test_client().get("/entrar").headers
    assert "'unsafe-inline'" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_pictures_of_maps_come_from_the_tile_server_alone(settings, monkeypatch):
    monkeypatch.setattr(settings, "tiles_url", "https://{s}.tile.example:8443/{z}/{x}/{y}.png")
    policy = create_app(settings).test_client().get("/entrar").headers["Content-Security-Policy"]
    assert "img-src 'self' data: blob: https://*.tile.example:8443;" in policy
    monkeypatch.setattr(settings, "tiles_url", "/tiles/{z}/{x}/{y}.png")
    assert "blob: ;" in create_app(settings).test_client().get("/entrar").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "url", ["https://a.example/x.png", "ftp://a/{z}/{x}/{y}", "https://a;script-src */{z}/{x}/{y}"]
)
def test_what_is_no_tile_server_is_refused_at_the_start(settings, monkeypatch, url):
    monkeypatch.setattr(settings, "tiles_url", url)
    with pytest.raises(BadTiles):
        create_app(settings)


def test_every_page_is_found_with_and_without_a_slash_at_its_end(app):
    """People type addresses, and link them."""
    client, places = app.test_client(), app.url_map.bind("localhost")
    sample = {"UUIDConverter": new_id(), "IntegerConverter": 7, "UnicodeConverter": "algo"}
    pages = [rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and "<path:" not in rule.rule]
    for rule in pages:
        values = {part: sample.get(type(each).__name__) or min(each.items) for part, each in rule._converters.items()}
        page = places.build(rule.endpoint, values)
        other = page.rstrip("/") if page.endswith("/") else f"{page}/"
        answer = client.get(f"{other}?a=1&a=%C3%B1")
        where = answer.location.removeprefix("http://localhost")
        assert (answer.status_code, where) == (308, f"{page}?a=1&a=%C3%B1"), other
    assert client.get("/no-hay/").status_code == 404
    assert not (client.get("//elsewhere.example/").location or "").startswith("//")
    assert client.post("/entrar/").status_code == 404


def test_a_form_without_its_token_is_refused(app):
    answer = app.test_client().post("/entrar", data={"email": "a@b.example", "password": "x"})
    assert answer.status_code == 400


def test_no_template_has_a_script_or_a_style_of_its_own():
    inline = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if "<style" in (text := path.read_text()) or " style=" in text or "<script>" in text or " onclick=" in text
    ]
    assert inline == []


def test_every_template_compiles(app):
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)


def test_remembered_parts_speak_of_nobody(app):
    """Somebody of another company may get what was made for this one."""
    personal = {"signed_in", "client", "g", "session", "request", "csrf_token", "may", "form", "look", "tiles"}
    names = [name for name in app.jinja_env.list_templates() if name.startswith("remembered/")]
    for name in names:
        source = app.jinja_env.loader.get_source(app.jinja_env, name)[0]
        assert not find_undeclared_variables(app.jinja_env.parse(source)) & personal, name
    assert names


def test_english_is_complete_and_nothing_more(tmp_path):
    pot = tmp_path / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg"]
    subprocess.run([*command, "-k", "lazy_gettext", "-o", str(pot), "."], cwd=ROOT, check=True)
    with pot.open("rb") as file:
        wanted = {message.id for message in read_po(file) if message.id}
    with (ROOT / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        translated = {message.id for message in read_po(file) if message.id and message.string and not message.fuzzy}
    assert wanted ^ translated == set()


@pytest.mark.parametrize("service", ["installations", "preinstall", "contracts", "billing", "provisioning"])
def test_every_refusal_of_a_service_has_a_text(service):
    tree = ast.parse((ROOT.parent / "services" / service / "errors.py").read_text())
    codes = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _looks_like_a_code(node.value)
    }
    assert codes - messages.TEXTS.keys() - CODES_OF_OTHERS == set()


def _looks_like_a_code(text: str) -> bool:
    return "-" in text and text.replace("-", "").isalnum() and text == text.lower()
