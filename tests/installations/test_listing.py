"""INS-3, INS-5: lists in any order, both ways, narrowed by all that is known of an installation."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Address

import pytest
from marshmallow import ValidationError
from sqlalchemy import delete, func, select, update

from chassis.errors import ValidationFailed
from chassis.identifiers import new_id
from chassis.schemas import load
from chassis.storage import finding
from chassis.storage.marks import Marks, marks_of
from chassis.storage.tallies import sum_up
from events.gateway import StaffChanged
from events.provisioning import RouterChanged
from services.installations import catalogue, choices, listing, overview, scheduling, schemas
from services.installations.model import (
    STATES,
    Installation,
    InstallationTally,
    InstallationWord,
    Plan,
    Router,
    Sector,
    Staff,
    Zone,
)
from services.installations.projections import learn_router, learn_staff
from tests.installations.builders import NOON, a_plan, list_clients, list_installations
from tests.samples import COMPANY, STRANGER, told

PEOPLE = (
    ("Zoé", "Ávila", "Tepoztlán", "10.20.0.15"), ("ana", "Núñez", "Cuernavaca", "10.20.0.9"),
    ("Ángel", "Ruiz", None, "10.3.0.200"), ("Beto", "Nava", "tepoztlan", "9.9.9.9"),
    ("Ana", "Nunez", "Yautepec", "10.20.1.1"),
)  # fmt: skip
KEYS = {
    "number": lambda row: row.number,
    "person": lambda row: plain(row.person),
    "scheduled_at": lambda row: row.scheduled_at,
    "created_at": lambda row: row.created_at,
    "city": lambda row: plain(row.city or ""),
    "ip": lambda row: IPv4Address(row.ip_address),
    "zone": lambda row: (plain(row.zone.name), row.scheduled_at),
    "router": lambda row: (plain(row.router.name), row.scheduled_at),
    "plan": lambda row: (plain(row.plan.name), row.scheduled_at),
    "technician": lambda row: (plain(row.technician.name), row.scheduled_at),
}


def plain(text):
    return text.casefold().translate(str.maketrans("áéíóúñ", "aeioun"))


@pytest.fixture
def places(scene, session):
    """Two more zones, each with its router, plan, sector and technician: in no order of their ids."""
    found = [{"zone_id": scene.zone_id, "router_id": scene.router_id, "plan_id": scene.plan_id}]
    for name in ("Ángeles", "álamos"):
        router_id, technician_id = new_id(), new_id()
        learn_router(session, told(RouterChanged, router_id=router_id, name=f"{name} 1"))
        learn_staff(session, told(StaffChanged, staff_id=technician_id, name=f"{name} Gil"))
        session.flush()
        zone = catalogue.save_zone(session, zone_id=None, name=name, router_id=router_id)
        plan = catalogue.save_plan(session, plan_id=None, router_id=router_id, **a_plan(name=f"Plan {name}"))
        session.flush()
        sector = catalogue.save_sector(session, sector_id=None, zone_id=zone.id, name="AP 1")
        session.flush()
        found.append(
            {"zone_id": zone.id, "router_id": router_id, "plan_id": plan.id, "technician_id": technician_id,
             "sector_id": sector.id}
        )  # fmt: skip
    return found


@pytest.fixture
def agenda(scene, session, places):
    """Ten jobs of five people over three zones, two of each moment."""
    return [
        scene.schedule(
            session, first_name=first, last_name=last, city=city, ip_address=str(IPv4Address(address) + 7 * turn),
            scheduled_at=NOON + timedelta(hours=number // 2), **places[(number + turn) % 3],
        )
        for turn in range(2)
        for number, (first, last, city, address) in enumerate(PEOPLE)
    ]  # fmt: skip


def walked(session, sort, back=False, **asked):
    """All pages of three; with `back`, from the last one to the first again."""
    pages = [list_installations(session, sort=sort, limit=3, **asked)]
    while pages[-1].next:
        pages.append(list_installations(session, sort=sort, limit=3, after=pages[-1].next, **asked))
    assert pages[0].previous is None
    if back:
        pages = [pages[-1]]
        while pages[0].previous:
            pages.insert(0, list_installations(session, sort=sort, limit=3, before=pages[0].previous, **asked))
            assert pages[0].next
    return [row.number for page in pages for row in page.rows]


@pytest.mark.parametrize("sort", KEYS)
def test_ins_3_a_list_is_in_the_order_that_was_asked_for_both_ways(session, agenda, sort):
    wanted = sorted(agenda, key=lambda row: (KEYS[sort](row), row.id))
    numbers = [row.number for row in wanted]
    assert walked(session, sort) == walked(session, sort, back=True) == numbers
    assert walked(session, f"-{sort}") == walked(session, f"-{sort}", back=True) == numbers[::-1]


def test_ins_3_by_state_and_narrowed_by_everything_at_once(scene, session, agenda, places):
    scheduling.start(session, installation_id=agenda[4].id)
    scheduling.cancel(session, installation_id=agenda[0].id, reason=None)
    session.flush()
    everything = ["new", "in_progress", "cancelled"]
    assert walked(session, "state", states=everything)[-2:] == [5, 1]
    assert walked(session, "-state", back=True, states=everything)[:2] == [1, 5]
    assert walked(session, "number", states=["in_progress", "cancelled"]) == [1, 5]
    one = places[1]
    for names in (("zone_id",), ("router_id",), ("plan_id",), ("technician_id",), ("sector_id",), tuple(one)):
        assert walked(session, "number", **{name: one[name] for name in names}) == [2, 5, 6, 9]
    assert walked(session, "-zone", city="TEPOZTLAN", zone_id=one["zone_id"]) == [9, 6]
    assert walked(session, "zone", search="nunez", zone_id=one["zone_id"]) == [2, 5]
    assert walked(session, "number", number=7, search="ana") == [7]
    day = NOON.date()
    assert walked(session, "number", dates="created_at", from_on=day, to_on=day) == list(range(2, 11))
    assert walked(session, "number", dates="created_at", from_on=day + timedelta(days=1)) == []


def test_ins_5_clients_are_narrowed_and_ordered_like_that_too(scene, session, places):
    for hour, place in enumerate(places):
        scene.activated(session, at=NOON + timedelta(days=hour), first_name=["Zoé", "Ana", "Eva"][hour], **place)
    scene.schedule(session)
    listed = lambda **asked: [row.client_number for row in list_clients(session, **asked).rows]  # noqa: E731
    assert listed() == [3, 2, 1]
    assert listed(sort="activated_at") == listed(sort="client_number") == [1, 2, 3]
    assert listed(sort="person") == [2, 3, 1]
    assert listed(sort="-zone") == [1, 2, 3]
    assert listed(zone_id=places[1]["zone_id"], sort="-router") == listed(number=2) == [2]
    assert listed(from_on=NOON.date() + timedelta(days=1)) == [3, 2]
    assert listed(from_on=NOON.date(), day=NOON.date() + timedelta(days=1), month="2026-11") == [2]
    first = list_clients(session, limit=1)
    second = list_clients(session, limit=1, after=first.next)
    assert list_clients(session, limit=1, before=second.previous) == first


def test_a_page_says_what_it_can_be_narrowed_to_once_it_is_asked(scene, database, session, agenda, places):
    """By name and kind, and nothing to another company."""
    asked = schemas.ListInstallations().load({"limit": 2, "choices": True})
    found = schemas.InstallationRows().dump(choices.with_choices(session, listing.list_installations, **asked))
    assert len(found["rows"]) == 2 and found["next"]
    assert {kind: [each["name"].partition(" · ")[0] for each in named] for kind, named in found["choices"].items()} == {
        kind: sorted((each.name for each in session.scalars(select(model))), key=plain)
        for kind, model in zip(found["choices"], (Zone, Staff, Router, Plan, Sector), strict=True)
    }
    assert len(found["choices"]["zones"]) > 1
    silent = choices.with_choices(session, listing.list_installations, **(asked | {"choices": False}))
    assert "choices" not in schemas.InstallationRows().dump(silent)
    with database.read(STRANGER) as theirs:
        assert not any(choices.list_choices(theirs).values())


def test_what_is_called_the_same_says_where_it_is(scene, session):
    """Two routers that each have a "Hogar 20": nobody could tell which is chosen."""
    south = new_id()
    learn_router(session, told(RouterChanged, company_id=COMPANY, router_id=south, name="Sur"))
    for router, name in ((scene.router_id, "Hogar 20"), (south, "Hogar 20"), (south, "Hogar 50")):
        catalogue.save_plan(session, plan_id=None, router_id=router, **a_plan(name=name))
    names = [each.name for each in choices.list_choices(session)["plans"]]
    assert {"Hogar 20 · Norte", "Hogar 20 · Sur", "Hogar 50"} <= set(names) and "Hogar 20" not in names


def test_what_a_page_can_be_narrowed_to_is_told_again_once_it_is_another(scene, session, agenda, places):
    """Whatever is new, gone or has another name, whoever wrote it; not for what a list does not show."""

    def page(known=None):
        told = load(schemas.ListInstallations(), {"choices": True, "wanted": ["state"], "choices_known": known})
        return schemas.InstallationRows().dump(choices.with_choices(session, listing.list_installations, **told))

    first = page()
    known = first["choices_revision"]
    assert "choices" in first and "choices" not in page(known)
    session.execute(update(Plan).values(price_minor=Plan.price_minor + 1))
    assert "choices" not in page(known)
    for model in (Zone, Staff, Router, Plan, Sector):
        session.execute(update(model).values(name=model.name + " nuevo"))
        later = page(known)
        assert later["choices_revision"] != known and "choices" in later, model
        known = later["choices_revision"]
    session.execute(update(Installation).values(sector_id=None))
    session.execute(delete(Sector))
    assert "choices" in page(known) and page(known)["choices"]["sectors"] == []


def test_ins_3_only_the_fields_that_are_wanted_are_given_with_the_identity(session, agenda):
    asked = load(schemas.ListInstallations(), {"limit": 2, "sort": "number", "wanted": ["plan_name", "first_name"]})
    found = schemas.InstallationRows().dump(choices.with_choices(session, listing.list_installations, **asked))["rows"]
    names = {"installation_id", "number", "plan_name", "first_name"}
    assert [{*row} for row in found] == [names, names]
    assert [row["first_name"] for row in found] == [job.first_name for job in agenda[:2]]
    with pytest.raises(ValidationFailed):
        load(schemas.ListInstallations(), {"wanted": ["sealed_wifi_password"]})


def test_what_a_list_cannot_be_asked_for_is_refused(session, agenda):
    for asked in ({"sort": "phone"}, {"states": ["gone"]}, {"dates": "activated_at"}):
        with pytest.raises(ValidationError):
            list_installations(session, **asked)
    for sort in ("zone", "person"):
        with pytest.raises(ValidationFailed) as refused:
            list_installations(session, sort=sort, after=list_installations(session, limit=1, sort="number").next)
        assert refused.value.code == "invalid-cursor"


def test_a_list_by_zone_follows_a_zone_that_gets_another_name(session, agenda, places):
    theirs = {row.number for row in agenda if row.zone_id == places[2]["zone_id"]}
    assert {*walked(session, "zone")[-len(theirs) :]} != theirs
    catalogue.save_zone(session, zone_id=places[2]["zone_id"], name="Zzz", router_id=places[2]["router_id"])
    session.flush()
    assert {*walked(session, "zone")[-len(theirs) :]} == theirs


@pytest.fixture
def few_are_many(monkeypatch):
    """So that a handful of rows takes each of the ways to what a search finds."""
    for name, n in (("RARE", 2), ("FIRST", 2), ("COMMON", 4), ("SELDOM", 1), ("ALIKE", 2), ("SORTED", 4), ("MET", 3)):
        monkeypatch.setattr(finding, name, n)


SEARCHES = ("an", "ana", "nunez ana", "a", "be", "tepoztlan", "cuer nun", "10.20", "zoe avila", "nobody", "1 2")


@pytest.mark.parametrize("sort", ["scheduled_at", "-scheduled_at", "person", "-person", "-zone"])
def test_ins_3_a_rare_word_and_a_common_one_find_the_same_rows_by_whatever_way(session, agenda, few_are_many, sort):
    scheduling.start(session, installation_id=agenda[1].id)
    session.flush()
    ordered = walked(session, sort)
    rows = {row.number: row for row in agenda}
    for search in SEARCHES:
        found = [number for number in ordered if is_found(rows[number], search)]
        assert walked(session, sort, back=True, search=search) == found, search
    for number in (2, 7):
        scheduling.cancel(session, installation_id=rows[number].id, reason=None)
    session.flush()
    assert sorted(walked(session, sort, states=["cancelled"], search="ana")) == [2, 7]


def test_ins_5_clients_that_some_thousand_have_a_word_with_are_found_zone_by_zone(
    scene, session, places, few_are_many, monkeypatch
):
    monkeypatch.setattr(finding, "SORTED", 10**9)
    for number in range(14):
        place = places[(0, 0, 0, 1, 0, 2)[number % 6]]
        person = {"first_name": "Zoé" if number % 5 == 4 else "Ana", "city": "Yautepec" if number < 9 else "Cuautla"}
        scene.activated(session, at=NOON + timedelta(hours=number // 2), **person, **place)
    session.flush()
    rows = {row.id: row for row in session.scalars(select(Installation))}
    for sort in ("zone", "-plan", "technician"):
        # The first ones of a zone are of another city than the last.
        for asked in ({}, {"city": "Yautepec"}, {"city": "Cuautla"}, {"zone_id": places[1]["zone_id"]}):
            listed = [row.installation_id for row in list_clients(session, sort=sort, **asked).rows]
            for search in ("ana", "ana yautepec"):
                wanted = [id for id in listed if is_found(rows[id], search)]
                assert both_ways(session, sort=sort, search=search, **asked) == wanted, (sort, asked, search)


def both_ways(session, **asked):
    """Clients by two, from the first to the last and back again."""
    pages = [list_clients(session, limit=2, **asked)]
    while pages[-1].next:
        pages.append(list_clients(session, limit=2, after=pages[-1].next, **asked))
    back = [pages[-1]]
    while back[0].previous:
        back.insert(0, list_clients(session, limit=2, before=back[0].previous, **asked))
    assert [page.rows for page in back] == [page.rows for page in pages]
    return [row.installation_id for page in pages for row in page.rows]


def is_found(row, search):
    words = row.search_text.split()
    return all(any(word.startswith(each) for word in words) for each in search.split())


def test_ins_3_words_and_counts_follow_their_rows_however_they_are_written(scene, session, agenda):
    of = lambda number: sorted(words_of(session, agenda[number - 1].id))  # noqa: E731
    scene.change(session, agenda[0], first_name="Xóchitl", scheduled_at=NOON + timedelta(days=3))
    agenda[1].state = "cancelled"
    session.flush()
    session.execute(update(Installation).where(Installation.id == agenda[2].id).values(search_text=" only "))
    session.execute(delete(Installation).where(Installation.id == agenda[3].id))
    assert ("pending", "xochitl", NOON + timedelta(days=3)) in of(1) and len({at for _, _, at in of(1)}) == 1
    assert {section for section, _, _ in of(2)} == {"cancelled"}
    assert [word for _, word, _ in of(3)] == ["only"]
    assert of(4) == []
    lines = {row.id: row for row in session.scalars(select(InstallationWord))}
    for row in session.scalars(select(Installation).where(Installation.id.in_(lines))):
        line = lines[row.id]
        assert Marks(line.marks, line.long_marks) == marks_of(row.search_text.split())
        assert line.sort_name == row.sort_name
    assert listing.totals(session) == dict.fromkeys(STATES, 0) | {"new": 8, "cancelled": 1}


def words_of(session, identity):
    lines = select(InstallationWord.section, InstallationWord.word, InstallationWord.at)
    return [tuple(line) for line in session.execute(lines.where(InstallationWord.id == identity))]


def test_counts_are_summed_up_and_stay_what_they_are(database, scene):
    with database.begin(COMPANY) as session:
        for _ in range(25):
            scheduling.start(session, installation_id=scene.schedule(session).id)
    for _ in range(2):
        sum_up(database, InstallationTally)
        with database.read(COMPANY) as session:
            assert listing.totals(session)["in_progress"] == 25
            assert session.scalar(select(func.count()).select_from(InstallationTally)) == 1
            assert overview.dashboard(session, at=NOON)["pending_by_state"]["in_progress"] == 25
    with database.read(STRANGER) as session:
        assert sum(listing.totals(session).values()) == 0
