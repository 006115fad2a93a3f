"""GAT-1: whose service it is, by a contact however it was written; and which files are for the client."""

from __future__ import annotations

import pytest

from chassis.errors import NotFound
from chassis.identifiers import new_id
from services.installations import portal
from services.installations.model import ACTIVE, CANCELLED, File
from tests.installations.builders import NOON

COUNTRY = "MX"


def found(session, kind, value, country=COUNTRY):
    return [each.id for each in portal.services_of(session, kind=kind, value=value, country=country)]


def test_a_contact_is_found_however_it_was_written(session, scene):
    one = scene.schedule(
        session, email=" Maria@Example.NET", phone="55 (1111) 22-22", second_phone="+52 1 55 3333 4444"
    )
    assert found(session, "email", "maria@example.net") == [one.id]
    assert found(session, "phone", "+525511112222") == [one.id]
    assert found(session, "phone", "+525533334444") == [one.id]


def test_who_only_ends_the_same_is_somebody_else(session, scene):
    scene.schedule(session, email="maria@example.net", phone="33 1111 2222")
    assert found(session, "phone", "+525511112222") == []
    assert found(session, "phone", "+523311112222", country="ES") == []
    assert found(session, "email", "maria@example.ne") == []


def test_all_that_is_a_persons_and_nothing_that_was_cancelled(session, scene):
    first, second, gone = (scene.schedule(session, email="maria@example.net") for _ in range(3))
    gone.state = CANCELLED
    session.flush()
    assert found(session, "email", "maria@example.net") == [second.id, first.id]


def test_a_client_is_shown_the_files_that_are_for_them(session, scene):
    ours, theirs = scene.schedule(session), scene.schedule(session)
    files = {name: _file(session, ours, name, name != "hidden") for name in ("shown", "hidden", "contract")}
    alien = _file(session, theirs, "shown", True)
    assert portal.files_for(session, installation_id=ours.id) == [files["shown"]]
    ours.state, ours.activated_at = ACTIVE, NOON
    assert portal.files_for(session, installation_id=ours.id) == [files["shown"], files["contract"]]
    assert portal.open_file_for(session, installation_id=ours.id, file_id=files["shown"].id) is files["shown"]
    for other in (files["hidden"], alien):
        with pytest.raises(NotFound):
            portal.open_file_for(session, installation_id=ours.id, file_id=other.id)


def _file(session, installation, title, visible):
    contract = title == "contract"
    file = File(
        id=new_id(), installation_id=installation.id, source=str(new_id()), title=title, visible_to_client=visible,
        origin="contract" if contract else "staff", kind="other", filename="a.pdf", file_key="k", sha256="0" * 64,
        size=1, content_type="application/pdf", added_at=NOON,
    )  # fmt: skip
    session.add(file)
    session.flush()
    return file
