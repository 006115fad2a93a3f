"""What a new company begins with, and what staff may make of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from chassis.errors import NotFound
from services.contracts import queries
from services.contracts.errors import TemplateNameTaken, TextEmpty, UnknownTags
from services.contracts.model import Template
from services.contracts.projections import learn_company
from services.contracts.templates import save_template
from tests.contracts.builders import company_changed
from tests.samples import COMPANY, STRANGER


def names(session) -> list[str]:
    return [row.name for row in queries.list_templates(session, after=None, limit=25).rows]


@pytest.mark.parametrize(
    ("locale", "default"),
    [("es_MX", "Contrato de servicio de internet"), ("en_US", "Internet service agreement")],
)
def test_a_new_company_begins_with_a_template_of_its_language(database, locale, default):
    with database.begin(COMPANY) as session:
        learn_company(session, company_changed(locale=locale))
        session.flush()
        assert session.scalars(select(Template.name).where(Template.is_default)).all() == [default]
        assert len(names(session)) == 2


def test_a_company_that_changes_gets_no_second_set(session):
    learn_company(session, company_changed(version=2, name="Otro nombre"))
    assert len(names(session)) == 2


def test_a_template_is_saved_clean_and_can_be_changed(session):
    template = save_template(session, name="Corto", content="<p onclick='x'>{{ plan.nombre }}</p>")
    session.flush()
    assert (template.content, template.is_default) == ("<p>{{ plan.nombre }}</p>", False)
    save_template(session, template_id=template.id, name="Corto", content="<p>Otro</p>")
    assert template.content == "<p>Otro</p>"


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("Corto", "<p>{{ empresa.rfc }}</p>", UnknownTags),
        ("Corto", "<p> </p>", TextEmpty),
        ("Internet service agreement", "<p>a</p>", TemplateNameTaken),
    ],
)
def test_what_is_refused(session, name, content, error):
    with pytest.raises(error):
        save_template(session, name=name, content=content)


def test_a_stranger_can_neither_see_nor_change_our_template(database):
    with database.begin(COMPANY) as session:
        learn_company(session, company_changed())
        template = save_template(session, name="Corto", content="<p>a</p>")
    with database.begin(STRANGER) as theirs:
        assert names(theirs) == []
        with pytest.raises(NotFound, match="template-not-found"):
            save_template(theirs, template_id=template.id, name="Suyo", content="<p>b</p>")
