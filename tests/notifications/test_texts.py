"""NOT-1: what people read, in the company's language, however its values look."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from events.billing import InvoiceIssued, PaymentRegistered
from events.contracts import ContractLinkIssued, ContractSigned
from events.gateway import CompanyChanged, StaffLinkIssued
from events.installations import InstallationActivated, InstallationScheduled
from events.preinstall import PreinstallSubmitted
from services.notifications.composing import COMPOSERS
from services.notifications.formats import Formats
from services.notifications.model import LINK_PLACE, Company
from services.notifications.rendering import Frame, Text, render, short_text_of, text_of
from services.notifications.wording import FOLDER, LANGUAGES, language_of
from tests.samples import told

FRAME = Frame("es", "Redes del Valle", ("Calle 5 de Mayo 3, Tepoztlán",))
FILES = sorted(path.stem for path in (FOLDER / "es").glob("*.txt") if not path.stem.endswith(".sms"))
SHORT = sorted(path.stem.removesuffix(".sms") for path in (FOLDER / "es").glob("*.sms.txt"))


def a_company(**changed):
    event = told(CompanyChanged, **changed)
    names = ("name", "email", "phone", "address", "locale", "currency", "time_zone", "base_url")
    return Company(id=event.company_id, version=1, **{name: getattr(event, name) for name in names})


def drafts(kind, company=None, **changed):
    return {draft.audience: draft for draft in COMPOSERS[kind](told(kind, **changed), company or a_company())}


def rendered(kind, audience="person", company=None, **changed):
    company = company or a_company()
    draft = drafts(kind, company, **changed)[audience]
    return render(text_of(language_of(company.locale), draft.kind, audience), draft.values, FRAME)


def test_every_language_has_every_text_with_the_same_tags():
    for language in LANGUAGES:
        names = sorted(path.stem for path in (FOLDER / language).glob("*.txt"))
        assert names == sorted([*FILES, *(f"{name}.sms" for name in SHORT)])
    for name in FILES:
        kind, audience = name.split(".")
        es, en = (text_of(language, kind, audience) for language in ("es", "en"))
        assert es.tags == en.tags, name
        assert [block[:1] == "=" for block in es.blocks] == [block[:1] == "=" for block in en.blocks], name


def test_every_text_for_telephones_has_the_same_tags_in_every_language_and_is_short():
    for name in SHORT:
        kind, audience = name.split(".")
        es, en = (short_text_of(language, kind, audience) for language in ("es", "en"))
        assert es.tags == en.tags, name
        assert max(len(es.body), len(en.body)) <= 160, name


@pytest.mark.parametrize("locale", ["es_MX", "en_US"])
@pytest.mark.parametrize("kind", COMPOSERS)
def test_every_fact_is_written_without_a_tag_left(kind, locale):
    company = a_company(locale=locale)
    for audience, draft in drafts(kind, company).items():
        mail = rendered(kind, audience, company)
        assert not re.search(
            r"[{}]", (mail.subject + mail.text + mail.html.split("</head>")[1]).replace(LINK_PLACE, "")
        )
        assert f"{draft.kind}.{audience}" in FILES
        Balanced().feed(mail.html)


def test_pre_8_the_mail_that_confirms_a_request_leads_to_its_state():
    company, request = a_company(), told(PreinstallSubmitted)
    place = f"{company.base_url}/seguimiento/{company.id}/{request.tracking_number}"
    mail = rendered(PreinstallSubmitted)
    assert f"Ver el estado de mi solicitud:\n{place}" in mail.text and f'href="{place}"' in mail.html


def test_who_is_written_to():
    assert drafts(PreinstallSubmitted).keys() == {"person", "company"}
    assert drafts(PreinstallSubmitted, email=None).keys() == {"company"}
    assert drafts(PreinstallSubmitted, a_company(email=None)).keys() == {"person"}
    for kind in COMPOSERS.keys() - {PreinstallSubmitted, StaffLinkIssued}:
        assert drafts(kind).keys() == {"person"}
        assert all(draft.phone and not draft.to for draft in drafts(kind, email=None).values())
    both = drafts(PreinstallSubmitted)
    assert (both["company"].reply_to, both["person"].reply_to) == (both["person"].to, both["company"].to)


def test_money_dates_and_speeds_are_the_countrys():
    mail = rendered(InvoiceIssued)
    assert mail.subject == "Factura A-000123 por $500.00"
    assert "Costo de instalación: $500.00" in mail.text and "Fecha límite de pago: 4 de diciembre de 2026" in mail.text
    english = a_company(locale="en_US")
    assert "Due: December 4, 2026" in rendered(InvoiceIssued, company=english).text
    assert "MX$500.00" in rendered(PaymentRegistered, company=english).subject
    active = rendered(InstallationActivated).text
    assert "Velocidad de bajada: 20 Mbps" in active and "Número de cliente: 38" in active
    # 16:00 in UTC is ten in the morning in Mexico City.
    assert "martes, 24 de noviembre de 2026, 10:00" in rendered(InstallationScheduled).text
    assert "Forma de pago: Efectivo" in rendered(PaymentRegistered).text
    assert Formats(a_company(locale="es")).speed(1500) == "1,5 Mbps"


@pytest.mark.parametrize(("locale", "subject"), [("en-GB", "Invoice"), ("es", "Factura"), ("xx_YY", "Invoice")])
def test_any_locale_has_a_language(locale, subject):
    assert rendered(InvoiceIssued, company=a_company(locale=locale)).subject.startswith(subject)


def test_values_cannot_become_markup_rows_buttons_or_headers():
    mail = rendered(
        PreinstallSubmitted,
        "company",
        first_name="<b>Eva</b>\r\nBcc: all@example.net",
        last_name="{{ cliente.email }}",
        comments="a\n\n[click](http://evil.example)\n= total: 0",
        address='"><script>alert(1)</script>',
    )
    assert "\n" not in mail.subject and "{{ cliente.email }}" in mail.subject
    for forbidden in ("<b>", "<script", 'href="http://evil', "Bcc: all@example.net\n"):
        assert forbidden not in mail.html
    assert "&lt;script&gt;" in mail.html
    Balanced().feed(mail.html)


def test_rows_without_a_value_are_left_out():
    assert "Teléfono adicional" not in rendered(PreinstallSubmitted, "company", second_phone=None).text
    assert "Teléfono adicional: 5511" in rendered(PreinstallSubmitted, "company", second_phone="5511").text
    lines = [
        {"description": "Antena", "quantity": 2, "unit_price_minor": 100, "total_minor": 200},
        {"description": "Cable", "quantity": 1, "unit_price_minor": 5, "total_minor": 5},
    ]
    text = rendered(InvoiceIssued, lines=lines).text
    assert "2 × Antena: $2.00\nCable: $0.05" in text


def test_the_contract_link_is_not_in_what_is_kept():
    draft = drafts(ContractLinkIssued)["person"]
    mail = rendered(ContractLinkIssued)
    assert f"https://redesdelvalle.example{LINK_PLACE}" in mail.text
    assert f'href="https://redesdelvalle.example{LINK_PLACE}"' in mail.html
    assert draft.sealed_link and draft.sealed_link not in mail.text + mail.html


def test_a_tag_without_a_value_is_a_mistake_that_is_heard():
    with pytest.raises(KeyError):
        render(Text("{{ no.such }}", "t", ("b",)), {}, FRAME)


def test_signed_by_whom_and_what():
    text = rendered(ContractSigned).text
    assert "Firmado por: María López Hernández" in text and "9f86d081884c" in text


class Balanced(HTMLParser):
    """Every element that is opened is closed, in order."""

    VOID = {"meta", "br"}

    def __init__(self):
        super().__init__()
        self.stack = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag
