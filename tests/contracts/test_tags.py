"""Tags are replaced, nothing is executed, and nobody's name brings markup with it."""

from __future__ import annotations

import re
from html import unescape
from itertools import combinations

import pytest

from services.contracts.errors import TextEmpty, UnknownTags
from services.contracts.model import Company, Installation
from services.contracts.sanitising import sanitise
from services.contracts.tags import TAGS, replace_tags
from services.contracts.values import tag_values
from services.contracts.wording import LANGUAGES, default_template, wording
from tests.contracts.builders import AT, company_changed, scheduled

VALUES = dict.fromkeys(TAGS, "") | {"cliente.nombre": "María & José", "plan.precio": "$350.00"}


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        ("Yo, {{ cliente.nombre }}.", "Yo, María &amp; José."),
        ("{{cliente.nombre}} {{  plan.precio }}", "María &amp; José $350.00"),
        ("{{&nbsp;cliente.<b>nombre</b>\xa0}}", "María &amp; José"),
        ("{{ cliente.barrio }}|", "|"),
        ("{{ cliente.nombre }}, {{ cliente.barrio }}, {{ plan.precio }}.", "María &amp; José, $350.00."),
        ("{{ cliente.barrio }} · {{ plan.precio }}; {{ cliente.ciudad }}.", "$350.00."),
        ("{{ cliente.barrio }}, {{ cliente.ciudad }}|", "|"),
        ("{% if 1 %}{# no #}{ {cliente.nombre} }", "{% if 1 %}{# no #}{ {cliente.nombre} }"),
        ("{{ sin cerrar", "{{ sin cerrar"),
    ],
)
def test_what_is_replaced_and_what_stays(text, replaced):
    assert replace_tags(text, VALUES) == replaced


@pytest.mark.parametrize(
    "tag", ["cliente.apodo", "cliente", "7*7", "cliente.__class__", "self", "", "cliente.nombre|safe", "<i></i>"]
)
def test_a_tag_that_does_not_exist_is_told_and_nothing_is_evaluated(tag):
    with pytest.raises(UnknownTags) as refused:
        replace_tags("{{ cliente.nombre }} {{ " + tag + " }} {{" + tag + "}}", VALUES)
    (complaint,) = refused.value.fields["content"]
    assert complaint["code"] == "unknown-tag"
    assert len(complaint["params"]["tags"]) == 1


def test_all_unknown_tags_are_told_at_once():
    with pytest.raises(UnknownTags) as refused:
        replace_tags("{{ uno }} {{ dos }} {{ uno }}", VALUES)
    assert refused.value.fields["content"][0]["params"] == {"tags": ["uno", "dos"]}


def test_a_value_that_looks_like_a_tag_or_like_markup_stays_a_text():
    values = VALUES | {"cliente.nombre": "{{ plan.precio }}<script>alert(1)</script>"}
    assert sanitise(replace_tags("<p>{{ cliente.nombre }}</p>", values)) == (
        "<p>{{ plan.precio }}&lt;script&gt;alert(1)&lt;/script&gt;</p>"
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("<p>a<script>alert(1)</script></p>", "<p>a</p>"),
        ('<p onclick="x()">a</p>', "<p>a</p>"),
        ('<p>a<img src="file:///etc/passwd"></p>', "<p>a</p>"),
        ('<a href="javascript:x()">a</a>', "a"),
        ('<p style="text-align:right;top:0;background:url(http://x)">a</p>', '<p style="text-align:right">a</p>'),
        ("<style>@import url(http://x)</style><p>a</p>", "<p>a</p>"),
        ('<iframe src="http://x"></iframe><p>a</p>', "<p>a</p>"),
        ("<p>a<!-- b --></p>", "<p>a</p>"),
        ('<link rel="stylesheet" href="http://x"><p>a</p>', "<p>a</p>"),
        ("<svg><image href='http://x'/></svg><p>a</p>", "<p>a</p>"),
    ],
)
def test_only_what_a_printed_text_needs_is_kept(given, kept):
    assert sanitise(given) == kept


@pytest.mark.parametrize("nothing", ["", "<p> &nbsp; </p>", "<script>alert(1)</script>"])
def test_an_empty_text_is_refused(nothing):
    with pytest.raises(TextEmpty):
        sanitise(nothing)


def the_values(locale: str = "es_MX", **changed: object) -> dict[str, str]:
    told = company_changed(locale=locale)
    names = ("name", "email", "phone", "address", "tax_id", "locale", "currency", "time_zone")
    company = Company(id=told.company_id, **{name: getattr(told, name) for name in names})
    installation = Installation(details=scheduled(**changed).dump(), state="new")
    return tag_values(company, installation, AT)


def test_every_tag_has_a_value_and_no_value_is_without_a_tag():
    assert list(the_values()) == list(TAGS)


@pytest.mark.parametrize(
    ("locale", "price", "day"),
    [
        ("es_MX", "$350.00", "20 de noviembre de 2026"),
        ("en_US", "MX$350.00", "November 20, 2026"),
        ("xx_YY", "MX$350.00", "November 20, 2026"),
    ],
)
def test_money_and_dates_are_written_as_the_company_s_country_does(locale, price, day):
    values = the_values(locale)
    assert (values["plan.precio"], values["contrato.fecha"]) == (price, day)


def test_the_appointment_is_told_in_the_company_s_time_and_what_is_not_known_is_left_empty():
    values = the_values(second_phone=None)
    assert values["instalacion.fecha"].startswith("24 de noviembre de 2026, 10:00")
    assert values["cliente.telefono_adicional"] == ""


@pytest.mark.parametrize(("kbps", "written"), [(20480, "20 Mbps"), (10000, "10 Mbps"), (1500, "1.5 Mbps")])
def test_speeds_are_round(kbps, written):
    plan = scheduled().dump()["plan"] | {"download_kbps": kbps}
    assert the_values(plan=plan)["plan.velocidad_bajada"] == written


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_templates_to_begin_with_name_only_tags_that_exist_and_are_clean(language):
    filled = replace_tags(default_template(language), the_values())
    assert sanitise(filled).strip() == filled.strip()


COMPANYS = ("empresa.identificacion", "empresa.direccion", "empresa.telefono", "empresa.email")
OPTIONAL = ("official_id", "email", "second_phone", "neighbourhood", "city", "postal_code")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_to_begin_with_reads_well_whatever_is_not_known(language):
    for left in range(len(OPTIONAL) + 1):
        for missing in combinations(OPTIONAL, left):
            values = the_values(**dict.fromkeys(missing)) | (dict.fromkeys(COMPANYS, "") if left % 2 else {})
            filled = re.sub(r"</?strong>", "", replace_tags(default_template(language), values))
            text = unescape(re.sub(r"<[^>]+>", "|", filled))
            assert not re.search(r"[,·(]\s*[,.|·)]|\|\s*[,.·]|C\.P\.|\s[,.]", text), (missing, text)
    filled = replace_tags(default_template(language), the_values(neighbourhood=None, postal_code=None))
    assert "<td>Av. Hidalgo 12, Tepoztlán</td>" in filled


def test_every_language_has_the_same_texts():
    assert wording("es").keys() == wording("en").keys()
    assert wording("es_MX") == wording("es")
    assert wording("pt_BR") == wording("en")
