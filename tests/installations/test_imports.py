"""INS-11: installations and clients from files."""

from __future__ import annotations

import io
import zipfile

import pytest
from sqlalchemy import select

from chassis.identifiers import new_id
from chassis.storage.tables import audit, event_log
from events.provisioning import ServiceRemoved
from services.installations import activation, ending, scheduling, wifi
from services.installations.errors import FormRefused
from services.installations.imports import columns, queries, running
from services.installations.model import Client, Installation, Pool
from tests.hosting import on_sqlite
from tests.installations.builders import NOON, confirm, fail
from tests.installations.importing import HEADINGS, Office, a_row, as_csv, as_xlsx
from tests.samples import COMPANY
from tests.samples import told as told_event


@pytest.fixture
def office(database, scene, tmp_path):
    office = Office(database, scene, tmp_path)
    yield office
    office.reader.close()


def installations(office) -> list[Installation]:
    with office.database.read(COMPANY) as session:
        return list(session.scalars(select(Installation).order_by(Installation.number)))


def told(office, begins: str = "Installation") -> list[tuple[str, str]]:
    with office.database.read(COMPANY) as session:
        rows = session.connection().execute(select(event_log.c.type, event_log.c.body).order_by(event_log.c.id)).all()
    return [(row.type, row.body) for row in rows if row.type.startswith(begins)]


def test_ins_11_a_file_becomes_installations_numbered_and_told_as_by_hand(office):
    found = office.map(office.begin(as_csv([HEADINGS, *(a_row(n) for n in range(1, 251))])))
    imported = office.get(found)
    assert (imported.state, imported.good, imported.bad, imported.unknown) == ("checked", 250, 0, [])
    assert installations(office) == []
    office.run(found)
    made = installations(office)
    assert [each.number for each in made] == list(range(1, 251))
    first = made[0]
    assert (first.first_name, first.last_name, first.phone) == ("José", "López 1", "777 123 4567")
    assert first.address == "Av. Hidalgo 12\nInterior 3"
    assert (first.installation_cost_minor, first.mac_address) == (150_050, "64:D1:54:0A:00:01")
    assert first.scheduled_at.isoformat() == "2026-11-24T16:30:00+00:00"
    assert (first.former_number, str(first.latitude)) == ("1001", "18.985000")
    assert [type for type, _body in told(office)] == ["InstallationScheduled"] * 250
    assert all('"quiet":true' in body for _type, body in told(office))
    imported = office.get(found)
    assert (imported.state, imported.made, imported.good) == ("imported", 250, 0)
    with office.database.read(COMPANY) as session:
        entries = session.connection().execute(select(audit).where(audit.c.method == "installations.run_import")).all()
    assert {entry.subject for entry in entries} == {str(each.id) for each in made}
    assert {entry.actor_name for entry in entries} == {"Elena"}


def test_ins_11_each_bad_row_says_in_which_line_and_why(office, scene):
    with office.database.begin(COMPANY) as session:
        there = scene.schedule(session, ip_address="10.30.0.3", service_name="de.antes")
        number, person = there.number, there.person
    rows = [
        a_row(1),
        a_row(2),  # its address is somebody's already
        a_row(3, Teléfono="xx", Correo="no"),
        a_row(4, IP="10.30.0.2"),
        a_row(5, Usuario="jose.1", **{"ID Servicio": 1001}),
        a_row(6, Cédula="CURP000001"),
        a_row(7, **{"Fecha instalación": "ayer", "Costo instalación": "mucho", "Coordenadas": "lejos"}),
        a_row(8, Apellidos=""),
        a_row(9, Zona="La Loma"),
    ]
    found = office.map(office.begin(as_csv([HEADINGS, *rows])))
    seen = office.rows(found)
    # A record goes over two lines of the file: its address does.
    lines = sorted(seen)
    assert lines == [2 + 2 * n for n in range(9)]
    said = {
        n: {name: each[0]["code"] for name, each in (seen[line].complaints or {}).items()}
        for n, line in enumerate(lines)
    }
    assert said[0] == {}
    assert said[1] == {"ip_address": "ip-taken"}
    assert seen[lines[1]].complaints["ip_address"][0]["params"]["number"] == number
    assert seen[lines[1]].complaints["ip_address"][0]["params"]["name"] == person
    assert said[2] == {"phone": "invalid-phone", "email": "invalid-email"}
    assert said[3] == {"ip_address": "ip-twice-in-file"}
    assert seen[lines[3]].complaints["ip_address"][0]["params"] == {"line": lines[0]}
    assert said[4] == {"service_name": "service-name-twice-in-file", "former_number": "twice-in-file"}
    assert said[5] == {} and list(seen[lines[5]].warnings) == ["official_id"]
    assert said[6] == {
        "scheduled_at": "invalid-date",
        "installation_cost": "invalid-money",
        "coordinates": "invalid-coordinates",
    }
    assert said[7] == {"last_name": "required"}
    assert said[8] == {"zone": "name-not-known"}
    office.run(found)
    imported = office.get(found)
    assert (imported.made, imported.bad, imported.state) == (2, 7, "imported")
    assert len(installations(office)) == 3


def test_ins_11_names_that_are_not_known_are_chosen_or_made(office, scene):
    rows = [a_row(n, **{"Zona": "El Llano", "Plan Internet": "Plan 50/10 Megas", "Técnico": "R. Díaz"}) for n in (1, 2)]
    found = office.map(office.begin(as_csv([HEADINGS, *rows])))
    unknown = {(each["kind"], each["name"], each["rows"]) for each in office.get(found).unknown}
    assert unknown == {("zone", "El Llano", 2), ("technician", "R. Díaz", 2)}
    office.name(
        found,
        {"kind": "zone", "name": "El Llano", "router_id": scene.router_id},
        {"kind": "technician", "name": "R. Díaz", "id": scene.technician_id},
    )
    (unknown,) = office.get(found).unknown
    assert (unknown["kind"], unknown["within"]) == ("plan", str(scene.router_id))
    made = {"kind": "plan", "within": unknown["within"], "name": unknown["name"]}
    office.name(found, made | {"download_kbps": 50_000, "upload_kbps": 10_000, "price_minor": 40_000})
    assert (office.get(found).good, office.get(found).unknown) == (2, [])
    office.run(found)
    with office.database.read(COMPANY) as session:
        first = session.scalars(select(Installation)).first()
        assert (first.zone.name, first.plan.name, first.plan.download_kbps) == ("El Llano", "Plan 50/10 Megas", 50_000)


class Killed(Exception):
    pass


def one_piece_and_die(office, import_id) -> None:
    with office.database.begin(COMPANY) as session:
        running.make_some(session, keyring=office.scene.keyring, import_id=import_id, at=NOON)
        raise Killed


def test_ins_11_a_run_that_is_cut_off_goes_on_and_makes_nothing_twice(office):
    found = office.map(office.begin(as_csv([HEADINGS, *(a_row(n) for n in range(1, 251))])))
    office.run(found, pieces=1)
    assert len(installations(office)) == 100
    # A transaction that dies leaves nothing behind, neither rows nor numbers nor events.
    with pytest.raises(Killed):
        one_piece_and_die(office, found)
    office.go_on(found)
    office.go_on(found)
    assert [each.number for each in installations(office)] == list(range(1, 251))
    assert len(told(office)) == 250 and office.get(found).made == 250


def test_ins_11_an_address_that_is_gone_by_the_time_of_the_run_stays_out_and_is_told(office, scene):
    found = office.map(office.begin(as_csv([HEADINGS, a_row(1), a_row(2)])))
    with office.database.begin(COMPANY) as session:
        scene.schedule(session, ip_address="10.30.0.2", service_name="mientras.tanto")
    office.run(found)
    imported = office.get(found)
    assert (imported.made, imported.bad, imported.good) == (1, 1, 0)
    bad = next(row for row in office.rows(found).values() if row.state == "bad")
    assert bad.complaints["ip_address"][0]["code"] == "ip-taken"


def test_ins_11_an_undo_takes_back_what_nobody_touched_and_says_what_it_left(office, scene):
    found = office.map(office.begin(as_csv([HEADINGS, *(a_row(n) for n in range(1, 6))])))
    office.run(found)
    one, two, three, *_others = installations(office)
    with office.database.begin(COMPANY) as session:
        scheduling.start(session, installation_id=one.id)
        activation.activate(session, installation_id=two.id, at=NOON)
        confirm(session, session.get(Installation, two.id))
        scheduling.cancel(session, installation_id=three.id, reason=None)
    office.undo(found)
    imported = office.get(found)
    assert (imported.state, imported.taken_back, imported.kept, imported.made) == ("undone", 2, 3, 0)
    kept = {
        row.installation_id: row.complaints["installation"][0]["code"]
        for row in office.rows(found).values()
        if row.state == "kept"
    }
    assert kept == {one.id: "changed-since", two.id: "client-already", three.id: "cancelled-since"}
    states = [each.state for each in installations(office)]
    assert states == ["in_progress", "active", "cancelled", "cancelled", "cancelled"]
    # The addresses of what was taken back are free again.
    again = office.map(office.begin(as_csv([HEADINGS, a_row(4), a_row(5)])))
    assert office.get(again).good == 2


def test_ins_11_clients_of_before_keep_their_day_and_nobody_is_written_to(office):
    rows = [a_row(1, **{"Fecha instalación": "12/03/2021", "Costo instalación": "0"}), a_row(2)]
    begun = office.begin(as_csv([HEADINGS, *rows]))
    found = office.map(begun, makes="to_routers", tells_people=True)
    assert list(list(office.rows(found).values())[1].warnings) == ["installation_cost"]
    office.run(found)
    first = installations(office)[0]
    assert first.state == "activating"
    with office.database.begin(COMPANY) as session:
        confirm(session, session.get(Installation, first.id))
    types = [type for type, _body in told(office)]
    assert types == ["InstallationScheduled", "InstallationActivationRequested"] * 2 + ["InstallationActivated"]
    assert all('"quiet":true' in body for type, body in told(office) if "Requested" not in type)
    with office.database.read(COMPANY) as session:
        client = session.get(Client, first.id)
    assert client.activated_at.isoformat().startswith("2021-03-12")


@on_sqlite
@pytest.mark.parametrize(
    ("content", "encoding", "separator"),
    [
        (as_csv([HEADINGS, a_row(1)], separator=";", encoding="cp1252"), "cp1252", ";"),
        (as_csv([HEADINGS, a_row(1)], separator="\t", encoding="utf-16"), "utf-16", "\t"),
        (as_csv([HEADINGS, a_row(1)], separator="|", encoding="utf-16-le"), "utf-16-le", "|"),
        (as_csv([HEADINGS, a_row(1)], encoding="utf-8-sig"), "utf-8-sig", ","),
        (b"sep=;\r\n" + as_csv([HEADINGS, a_row(1)], separator=";"), "utf-8", ";"),
        (as_xlsx(Portada=[["Clientes de 2026"]], Datos=[[], HEADINGS, a_row(1)]), None, None),
    ],
)
def test_ins_11_files_are_understood_as_programs_write_them(office, content, encoding, separator):
    begun = office.begin(content)
    imported = office.get(begun)
    assert (imported.encoding, imported.separator) == (encoding, separator)
    office.map(begun)
    assert office.get(begun).good == 1, [row.complaints for row in office.rows(begun).values()]


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        for number in range(5):
            book.writestr(f"xl/worksheets/sheet{number}.xml", b"0" * 100_000_000)
    return packed.getvalue()


def vast() -> bytes:
    """One cell, so far out that all before it would not fit into any memory."""
    content = as_xlsx(Hoja=[["Nombre", "Correo"], ["Ana", "a@example.net"]])
    packed, rewritten = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(rewritten, "w") as book:
        for name in packed.namelist():
            part = packed.read(name)
            book.writestr(name, part.replace(b'r="B2"', b'r="XFD1048576"').replace(b'<row r="2"', b'<row r="1048576"'))
    return rewritten.getvalue()


@on_sqlite
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import-no-table"),
        (b"\x00\x01\x02" * 100, "import-no-table"),
        (b"%PDF-1.7\n\x00\xff\xfe\x00" + bytes(range(256)) * 9, "import-no-table"),
        (b"PK\x03\x04 no more", "import-no-table"),
        (b"\xd0\xcf\x11\xe0 no more", "import-no-table"),
        (as_csv([["Nombre", "Correo"], *([["Ana", "a@example.net"]] * 50_002)]), "import-too-many-rows"),
        (bomb(), "import-too-large"),
        (vast(), "import-too-large"),
    ],
    ids=["empty", "zeros", "pdf", "zip", "ole", "long", "bomb", "vast"],
)
def test_ins_11_a_hostile_file_is_refused_and_the_next_is_read(office, content, code):
    with pytest.raises(FormRefused) as refused:
        office.begin(content)
    assert refused.value.fields["file"][0]["code"] == code
    assert office.get(office.begin(as_csv([HEADINGS, a_row(1)]))).sheets[0]["rows"] == 1


def test_ins_11_what_people_wrote_is_kept_sealed_and_formulas_are_texts(office):
    rows = [[*HEADINGS, "Clave wifi", "SSID"], [*a_row(1, Nombre="=1+1"), "s3creto-123", "Casa"]]
    begun = office.begin(as_xlsx(Hoja=rows))
    assert office.get(begun).columns["wifi_password"] == len(HEADINGS)
    assert "s3creto" not in str(office.get(begun).sheets)
    found = office.map(begun)
    (row,) = office.rows(found).values()
    assert "s3creto" not in row.sealed_cells + row.sealed_form and "López" not in row.sealed_cells
    office.run(found)
    (made,) = installations(office)
    assert made.first_name == "=1+1"
    assert wifi.wifi_of(made, office.scene.keyring).wifi_password == "s3creto-123"


def test_ins_11_a_column_is_found_as_the_manual_of_another_system_names_it():
    for name in ("Nombre (Simple Queue/Secrets/Users/Hotspot)", "Nombre Simple Queue"):
        found = columns.proposed(["Cliente", name, "IP"])
        assert (found["full_name"], found["service_name"], found["ip_address"]) == (0, 1, 2)


def test_ins_11_a_mapping_that_was_kept_is_proposed_for_the_next_file_of_its_kind(office):
    rows = as_csv([["a1", "b2", *HEADINGS[2:]], a_row(1)])
    begun = office.begin(rows)
    columns = office.get(begun).columns | {"former_number": 0, "first_name": 1, "last_name": 2}
    columns.pop("full_name", None)
    office.map(begun, columns=columns, layout_name="Del sistema viejo", defaults={"city": "Tepoztlán"})
    again = office.get(office.begin(rows))
    assert (again.columns, again.defaults) == (columns, {"city": "Tepoztlán"})


def test_ins_11_without_addresses_and_names_free_ones_are_given(office, scene):
    with office.database.begin(COMPANY) as session:
        session.add(
            Pool(
                id=new_id(), router_id=scene.router_id, name="Clientes", first_address="10.50.0.1",
                last_address="10.50.0.3", reserved=[], active=True, version=1, read_version=0,
            )
        )  # fmt: skip
    rows = [a_row(n, IP="", Usuario="", Apellidos="López") for n in range(1, 5)] + [
        a_row(5, IP="10.50.0.1", Usuario="jose.lopez.2")
    ]
    found = office.map(office.begin(as_csv([HEADINGS, *rows])))
    office.run(found)
    given = [(each.service_name, each.ip_address) for each in installations(office)]
    assert given == [("jose.lopez", "10.50.0.2"), ("jose.lopez.3", "10.50.0.3"), ("jose.lopez.2", "10.50.0.1")]
    assert office.get(found).bad == 2


def test_ins_11_what_routers_did_not_take_is_asked_again_once_and_is_still_nobodys_touch(office):
    found = office.map(office.begin(as_csv([HEADINGS, *(a_row(n) for n in (1, 2, 3))])), makes="to_routers")
    office.run(found)
    one, two, three = installations(office)
    with office.database.begin(COMPANY) as session:
        confirm(session, session.get(Installation, one.id))
        fail(session, session.get(Installation, two.id))
        fail(session, session.get(Installation, three.id))
        # Somebody saw to the third by hand.
        activation.activate(session, installation_id=three.id, at=NOON)
        fail(session, session.get(Installation, three.id))
    attempts = {each.id: each.activation_id for each in installations(office)}
    office.retry(found)
    asked = {each.id for each in installations(office) if each.activation_id != attempts[each.id]}
    assert asked == {two.id, three.id}
    with office.database.begin(COMPANY) as session:
        fail(session, session.get(Installation, two.id))
        fail(session, session.get(Installation, three.id))
    office.undo(found)
    kept = {row.installation_id for row in office.rows(found).values() if row.state == "kept"}
    assert (kept, installations(office)[0].state) == ({three.id}, "ending")


@pytest.mark.parametrize(("makes", "grown"), [("to_routers", 1), ("on_routers", 2)])
def test_ins_11_an_undo_takes_clients_off_their_routers_and_follows_what_came_of_it(office, makes, grown):
    """What the run itself made a client of leaves as before Alta; whom somebody saw to since stays."""
    found = office.map(office.begin(as_csv([HEADINGS, *(a_row(n) for n in range(1, 6))])), makes=makes)
    office.run(found)
    gone, stays, waits, edited, job = installations(office)
    with office.database.begin(COMPANY) as session:
        for each in (gone, stays, waits, edited):
            if makes == "on_routers":
                activation.activate(session, installation_id=each.id, at=NOON)
            confirm(session, session.get(Installation, each.id))
        office.scene.change(session, session.get(Installation, edited.id), ip_address="10.30.9.9")
    made = office.rows(found)[2].made_version
    assert installations(office)[0].version == made + grown
    office.undo(found)
    asked = {each.id: each for each in installations(office)}
    assert [each.state for each in asked.values()][:4] == ["ending", "ending", "ending", "active"]
    requests = [body for type, body in told(office, "ServiceEndRequested")]
    assert len(requests) == 3 and all('"release":true' in body for body in requests)
    with office.database.begin(COMPANY) as session:
        word = {"installation_id": gone.id, "asked_version": asked[gone.id].ending_version, "version": 9}
        ending.removed(session, told_event(ServiceRemoved, **word))
        ending.keep(session, installation_id=stays.id)
    with office.database.read(COMPANY) as session:
        report = queries.get_import(session, import_id=found)
        shown = {
            row["installation_id"]: row["state"]
            for row in queries.list_rows(
                session, keyring=office.scene.keyring, import_id=found, state=None, after=None, limit=9
            ).rows
        }
        leaving = queries.list_rows(
            session, keyring=office.scene.keyring, import_id=found, state="leaving", after=None, limit=9
        )
    assert report["leaving"] == {"taken_back": 1, "kept": 1, "leaving": 1}
    assert (shown[gone.id], shown[stays.id], shown[waits.id]) == ("taken_back", "kept", "leaving")
    assert (shown[edited.id], [row["installation_id"] for row in leaving.rows]) == ("kept", [waits.id])
    assert shown[job.id] == ("kept" if makes == "to_routers" else "taken_back")
    (last,) = [body for type, body in told(office, "ServiceEnded")]
    assert '"quiet":true' in last and '"reason_code":"import-undone"' in last
    office.undo(found)
    assert office.get(found).kept == (3 if makes == "to_routers" else 2), "whom staff kept, they meant to keep"
