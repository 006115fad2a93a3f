"""The whole story, from the request on the web to the client online, played from outside.

Prospect, staff and client are browsers of their own; the router is looked into with a client for
routers, the mail is read in the mailbox, and another system listens. A step is over when what it
should bring about was seen by somebody else than the page that did it.
"""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import httpx
from librouteros.exceptions import LibRouterosError

from alta.demo import company, founding, papers
from alta.demo.company import Prospect
from alta.demo.pages import Form, find_form, links, text_of
from alta.demo.seeding import wait_until
from alta.demo.target import Target
from alta.demo.visitor import Refused, Visitor, solve
from chassis import clock

PATIENCE_SECONDS = 30.0
IDENTIFIER = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# What the person is written to, by a word of each subject.
MAILS = ("solicitud", "Tu instalación", "listo para firmar", "Firmaste", "activo", "Factura", "pago")

Tell = Callable[[str], None]


class StoryFailed(Exception):
    """A step did not bring about what it should; the message ends with what the page said."""


class Listener(Protocol):
    """Another system that hears events."""

    def wait_for(self, event: str, about: str) -> object:
        """Returns when an event of that type, which contains `about`, was heard; raises when it is not in time."""


def play(target: Target, person: Prospect, listener: Listener, tell: Tell) -> dict[str, Any]:
    """The ids of what came about, for the report; raises what went wrong."""
    story = Story(target, person, listener)
    try:
        for name, step in story.steps():
            tell(name)
            step()
    finally:
        story.close()
    return story.ids


@dataclasses.dataclass(slots=True)
class Story:
    """One person's. The steps build on each other; each may be taken again when it failed."""

    target: Target
    person: Prospect
    listener: Listener
    prospect: Visitor = dataclasses.field(init=False)
    office: Visitor = dataclasses.field(init=False)
    client: Visitor = dataclasses.field(init=False)
    mailbox: Visitor = dataclasses.field(init=False)
    ids: dict[str, Any] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        patience = self.target.patience_seconds
        self.prospect, self.office, self.client = (
            Visitor(self.target.url, patience_seconds=patience, address=f"{place}.{self.person.number}")
            for place in ("10.1.0", "10.2.0", "10.3.0")
        )
        self.mailbox = Visitor(self.target.mailbox_url, patience_seconds=patience)
        self.ids["person"] = self.person.name

    def close(self) -> None:
        for visitor in (self.prospect, self.office, self.client, self.mailbox):
            visitor.close()

    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        return [
            ("prospect asks on the public form", self.ask),
            ("staff signs in and looks at the papers", self.review),
            ("staff approves: it is an installation", self.approve),
            ("staff writes the contract and sends the link", self.write_contract),
            ("client signs on the glass", self.sign),
            ("staff activates: on the router, read back", self.activate),
            ("contract active, invoice issued and paid", self.settle),
            ("mails are in the mailbox", self.read_mail),
            ("another system was told", self.ask_other_system),
        ]

    # ---- the prospect

    def ask(self) -> None:
        path = f"/solicitar-instalacion/{company.SLUG}"
        page, form = self.prospect.form(path, lambda form: "id_front" in form.names)
        request_id = dict(form.fields)["request_id"]
        received = self._send_request(page, form, f"{path}/comprobacion/{request_id}")
        number = self._wait(lambda: self._tracking_number(received.url.path), "there is no tracking number")
        self.ids |= {"request_id": request_id, "tracking_number": number.group(1)}

    def _send_request(self, page: httpx.Response, form: Form, challenge: str) -> httpx.Response:
        """Each proof of work is good for one try, so one that was interrupted needs another."""
        ends = time.monotonic() + self.target.patience_seconds
        while True:
            typed = {**_asked(self.person), "altcha": solve(self.prospect.get(challenge).json())}
            try:
                return self.prospect.submit(page, form, typed, _photographs(self.person))
            except Refused:
                if time.monotonic() > ends:
                    raise

    def _tracking_number(self, path: str) -> re.Match[str] | None:
        """None while the request is kept for later."""
        return re.search(r'id="tracking-number">([^<]+)<', self.prospect.get(path).text)

    # ---- the office

    def review(self) -> None:
        login = founding.logins(self.target.password)["office"]
        page, form = self.office.form("/entrar", lambda form: "password" in form.names)
        self.office.submit(page, form, {"email": login["user"], "password": login["password"]})
        request_id = self.ids["request_id"]
        wait_until(
            lambda: request_id in self.office.get("/preinstalaciones/").text,
            "the request is not in the list of requests",
        )
        shown = self.office.get(f"/preinstalaciones/{request_id}")
        documents = {link for link in links(shown.text) if "/preinstalaciones/documentos/" in link}
        self._expect(len(documents) == 3, f"{len(documents)} documents instead of 3", shown)
        for document in documents:
            kind = self.office.get(document).headers["Content-Type"]
            self._expect(kind.startswith("image/"), f"a document is {kind}", shown)

    def approve(self) -> None:
        router = _router_of(self.person)
        page, form = self.office.form(
            f"/instalaciones/nueva?preinstall_request_id={self.ids['request_id']}", _offers_all
        )
        missing = self._missing_fields(form, router)
        saved = self._saved(page, form, missing)
        found = re.fullmatch(rf"/instalaciones/({IDENTIFIER})", saved.url.path)
        self._expect(found, f"approving ended at {saved.url.path}", saved)
        self.ids |= {"installation_id": found.group(1), "zone": router.zone, "router": router.name}
        self._wait(
            lambda: self.ids["request_id"] not in self.office.get("/preinstalaciones/").text, "it is still a request"
        )
        self._wait(lambda: len(self._files()) == 3, "the request's documents have not come over")

    def write_contract(self) -> None:
        path = f"{self._path}/contrato"
        page, form = self._wait(lambda: self._contract_form(path), "contracts has not heard of the installation")
        saved = self.office.submit(page, form, {"action": "save"})
        link = find_form(saved.text, lambda form: form.path.endswith("/enlace"))
        self.ids["contract_id"] = dict(link.fields)["contract_id"]
        self.office.submit(saved, link, {"action": "email"})
        mail = self._wait(lambda: self._mail("listo para firmar"), "the mail with the contract's link has not come")
        found = re.search(r"/contrato/[\w-]+", mail["text"])
        self._expect(found, f"no link in the mail: {mail['text']}")
        self.ids["contract_path"] = found.group()

    # ---- the client

    def sign(self) -> None:
        path = self.ids["contract_path"]
        page, form = self.client.form(path, lambda form: "signature_png" in form.names)
        typed = {"signer_name": self.person.name, "signature_png": papers.signature(self.person.name), "consent": "1"}
        paper = ("identificacion.png", papers.photograph(self.person.number), "image/png")
        self.client.submit(page, form, typed, {"paper_1": paper})
        pdf = self._wait(lambda: self._pdf(path), "the signed contract's PDF was not made")
        self.ids["contract_pdf_bytes"] = len(pdf)

    # ---- the office again

    def activate(self) -> None:
        page, form = self.office.form(self._path, lambda form: form.path.endswith("/activar"))
        self.office.submit(page, form)
        ended = self._wait(self._activation_ended, "the activation does not end")
        self._expect("alert-success" in ended.text, "the activation failed", ended)
        entries = self._wait(self._router_entries, "the router cannot be looked into")
        self._expect(len(entries) == 1, f"the router has {len(entries)} entries for the client instead of 1")
        self.ids["router_entry"] = entries[0][".id"]
        row = self.office.get("/clientes/", params={"search": self.person.last_name, "month": f"{clock.now():%Y-%m}"})
        self._expect(self._path.rpartition("/")[2] in row.text, "the client is not in the client list", row)
        waiting = self.office.get("/instalaciones/", params={"search": self.person.last_name}).text
        self._expect(self.ids["installation_id"] not in waiting, "the installation is still in its list")
        number = re.search(r"cliente (\d+)", text_of(ended.text))
        self._expect(number, "the page does not say which client it is", ended)
        self.ids |= {"client_number": int(number.group(1)), "client_path": self._path}

    def settle(self) -> None:
        contract = f"{self._path}/contrato"
        self._wait(lambda: "bg-green-lt" in self.office.get(contract).text, "the contract did not become active")
        invoice = self._wait(self._invoice_link, "the installation cost was not invoiced")
        page, form = self.office.form(invoice, lambda form: form.path.endswith("/pagos"))
        paid = self.office.submit(page, form, {"method": "cash", "reference": f"Recibo {self.person.number}"})
        self._expect("alert-danger" not in paid.text, "the payment was refused", paid)
        self._wait(lambda: "bg-green-lt" in self.office.get(invoice).text, "the invoice is not paid")
        self.ids["invoice_id"] = invoice.rpartition("/")[2]

    # ---- what others saw

    def read_mail(self) -> None:
        for word in MAILS:
            mail = self._wait(lambda word=word: self._mail(word), f"no mail to the person about {word!r}")
            # Between a mail server's yes and our note of it nothing can be certain: see decision 6.
            once = mail["receptions"] == 1 or self.target.patience_seconds
            self._expect(once, f"{mail['subject']} was received {mail['receptions']} times")
        self._wait(lambda: self._mail(self.person.name, to=company.EMAIL), "the company was not written to")

    def ask_other_system(self) -> None:
        self.listener.wait_for("PreinstallSubmitted", self.ids["request_id"])
        self.listener.wait_for("ContractSigned", self.ids["contract_id"])
        self.listener.wait_for("InstallationActivated", self.ids["installation_id"])

    # ---- looking

    @property
    def _path(self) -> str:
        return f"/instalaciones/{self.ids['installation_id']}"

    def _router(self) -> company.Router:
        return next(router for router in company.ROUTERS if router.name == self.ids["router"])

    def _router_entries(self) -> list[dict[str, Any]] | None:
        """None while the router does not answer, or has none."""
        router = self._router()
        try:
            return self.target.routers[router.number].entries(router.mode, self.person.service_name) or None
        except (OSError, LibRouterosError):
            return None

    def _missing_fields(self, form: Form, router: company.Router) -> dict[str, str]:
        """What PRE-7 asks for besides what the prospect wrote."""
        when = clock.now().astimezone(ZoneInfo(company.TIME_ZONE)) + timedelta(hours=2)
        free = dict(form.fields)["ip_address"] or f"{router.network}.{self.person.number % 250 + 2}"
        return {
            "scheduled_at": f"{when:%Y-%m-%dT%H:%M}",
            "installation_cost": "{}.{:02}".format(*divmod(company.INSTALLATION_COST_MINOR, 100)),
            "technician_id": form.choice("technician_id", "Tomás"),
            "plan_id": form.choice("plan_id", company.PLANS[self.person.number % len(company.PLANS)].name),
            "sector_id": form.choice("sector_id", router.sectors[0]),
            "service_name": self.person.service_name,
            "ip_address": free,
            "coordinates": f"{19.43 + self.person.number % 7 / 500:.6f}, {-99.13 + self.person.number % 11 / 400:.6f}",
            "wifi_ssid": f"Casa de {self.person.first_name}"[:32],
            "wifi_password": f"valle-{self.person.number:06}",
        }

    def _saved(self, page: httpx.Response, form: Form, typed: dict[str, str]) -> httpx.Response:
        """Somebody else's visit may have come in between: what is in conflict is then looked at again."""
        ticked = self.office.tick_conflicts(form, typed)
        while True:
            try:
                return self.office.submit(page, form, typed | ticked)
            except Refused:
                before, ticked = ticked, self.office.tick_conflicts(form, typed)
                if ticked == before:
                    raise

    def _contract_form(self, path: str) -> tuple[httpx.Response, Form] | None:
        """None while contracts is still to hear of the installation."""
        try:
            return self.office.form(path, lambda form: form.id == "contract-form")
        except (Refused, LookupError):
            return None

    def _files(self) -> set[str]:
        page = self.office.get(self._path).text
        return {link.partition("?")[0] for link in links(page) if "/instalaciones/archivos/" in link}

    def _activation_ended(self) -> httpx.Response | None:
        """None while it runs; the panel of one that succeeded goes on to wait for the invoice and the mails."""
        panel = self.office.get(f"{self._path}/avance")
        return panel if "alert-success" in panel.text or "hx-get" not in panel.text else None

    def _invoice_link(self) -> str | None:
        found = (re.fullmatch(rf"/facturas/{IDENTIFIER}", link) for link in links(self.office.get(self._path).text))
        return next((link.group() for link in found if link), None)

    def _pdf(self, path: str) -> bytes | None:
        page = self.client.get(path)
        address = f"{path}/pdf"
        return self.client.get(address).content if address in links(page.text) else None

    def _mail(self, word: str, *, to: str = "") -> dict[str, Any] | None:
        """The newest mail to the person, or to somebody else, with that word in its subject."""
        found = self.mailbox.get("/api/messages", params={"to": to or self.person.email, "subject": word}).json()
        return self.mailbox.get(f"/api/messages/{found[0]['id']}").json() if found else None

    def _wait(self, condition: Callable[[], Any], otherwise: str) -> Any:
        return wait_until(condition, otherwise, seconds=PATIENCE_SECONDS + self.target.patience_seconds)

    def _expect(self, condition: object, otherwise: str, page: httpx.Response | None = None) -> None:
        if not condition:
            shown = f"\n{page.url}: {text_of(page.text)[:1500]}" if page else ""
            raise StoryFailed(otherwise + shown)


def _router_of(person: Prospect) -> company.Router:
    """The one whose zone is called as the neighbourhood that they live in: the form has that zone chosen."""
    return company.ROUTERS[person.number % len(company.ROUTERS)]


def _asked(person: Prospect) -> dict[str, str]:
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "official_id": f"INE{person.number:08}",
        "email": person.email,
        "address": f"Calle Encino {person.number}",
        "neighbourhood": _router_of(person).zone,
        "city": "Valle Alto",
        "postal_code": "52100",
        "phone": person.phone,
        "comments": "Prefiero por la tarde.",
    }


def _photographs(person: Prospect) -> Mapping[str, tuple[str, bytes, str]]:
    kinds = ("id_front", "id_back", "proof_of_address")
    return {
        kind: (f"{kind}.png", papers.photograph(person.number * 10 + number), "image/png")
        for number, kind in enumerate(kinds)
    }


def _offers_all(form: Form) -> bool:
    """The form with everything that is to be chosen in it: it is shown without what a service cannot tell just then."""
    chosen = ("technician_id", "plan_id", "sector_id")
    return "installation_cost" in form.names and all(any(value for value, _ in form.options[name]) for name in chosen)
