"""It is about somebody who works here: they see nothing of it from the second in which it is opened (PR-54).

And a notice asks for no place and no adult: nobody goes anywhere.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.access_words import ConflictKind
from crisis.events import IncidentOpened
from crisis.protocols import loader
from crisis.store import conflicts, incidents, protocols, roster
from crisis.store.engine import open_store
from crisis.vocabulary import Beside, IncidentId, PersonId, StaffRole
from tests.factories import DISTRICT, SCHOOL, STUDENT
from tests.journeys.page_as_read import Page
from tests.web.district import COUNSELOR, NURSE, STRANGER, TEACHER, District, a_district, acting
from tests.web.test_pages import at_console, words

HEAD = PersonId("p-head")
TOLD = "They are kept out from the first second"


@pytest.fixture
def district(sqlite_url: str, key_file: Path) -> Iterator[District]:
    """One database is enough for pages."""
    store = open_store(sqlite_url, key_file)
    made = a_district(store)
    with store.write() as tx:
        for name in ("abuse_disclosure", "sexual_assault", "handle_with_care"):
            protocols.publish(tx, loader.protocol(name), clock.now())
        roster.add_person(tx, DISTRICT, HEAD, ("Given", "Head"), staff=True)
        roster.give_post(tx, DISTRICT, HEAD, StaffRole.PRINCIPAL, SCHOOL)
    yield made
    store.close()


def the_one(address: str) -> IncidentId:
    return IncidentId(address.rpartition("/")[2])


def given(page: str) -> dict[str, str]:
    """What stands in the form of an opening, as a browser sends it again."""
    [form] = [each for each in Page(page).forms() if each.action == "/incidents"]
    return {each.name: "".join(each.given) for each in form.fields}


@pytest.mark.parametrize("kind", ["abuse_told", "sexual_assault_told"])
def test_a_suspected_principal_never_sees_that_there_is_an_incident_pr_54(
    site: TestClient, district: District, kind: str
) -> None:
    head = at_console(site, district, HEAD)
    address = at_console(site, district, COUNSELOR).opens(kind=kind, student=STUDENT, kept_out=HEAD)

    with district.store.read() as tx:
        opened = incidents.load(tx, the_one(address))
        (entered,) = conflicts.of_incident(tx, opened)
        assert conflicts.people(tx, opened) == {HEAD}
    assert (entered.person, entered.kind, entered.entered_by) == (HEAD, ConflictKind.NAMED, COUNSELOR)
    assert entered.entered_at == opened.opened_at
    assert "Abuse" not in words(head.get("/board"))
    head.get(address, 404)
    assert the_one(address) not in head.get("/board")


def test_by_a_program_too_and_nobody_is_named_who_is_not_there_or_opens_it_or_practises_pr_54(
    site: TestClient, district: District
) -> None:
    api = acting(site, district.token(COUNSELOR))
    refused = {
        "the one who opens it": api.open(crisis_type="abuse_told", kept_out=[COUNSELOR]),
        "somebody of another district": api.open(crisis_type="abuse_told", kept_out=[STRANGER]),
        "a drill": api.open(crisis_type="abuse_told", kept_out=[HEAD], mode="drill"),
    }
    opened = api.open(crisis_type="abuse_told", kept_out=[HEAD, NURSE, HEAD])

    assert {why: answer.status for why, answer in refused.items()} == dict.fromkeys(refused, 422)
    with district.store.read() as tx:
        incident = incidents.load(tx, IncidentId(opened.body["incident"]))
        assert conflicts.people(tx, incident) == {HEAD, NURSE}
    assert acting(site, district.token(HEAD)).get(f"/incidents/{incident.id}").status == 404


def test_the_form_asks_whether_it_is_about_staff_where_the_kind_can_be(site: TestClient, district: District) -> None:
    """By style alone: which kinds ask says the protocol, and a browser that cannot look ahead shows all of it."""
    page = at_console(site, district, TEACHER).get("/incidents/new")

    assert TOLD in words(page)
    asking = [line for line in page.split("<label>") if 'class="asks-who"' in line]
    assert len(asking) == 4  # both kinds of each of the two protocols
    assert 'name="kept_out"' not in page  # hundreds work in a district


def test_who_it_is_is_asked_before_anything_is_opened_and_nothing_is_typed_twice(
    site: TestClient, district: District
) -> None:
    teacher, head = at_console(site, district, TEACHER), at_console(site, district, HEAD)
    form = teacher.form("/incidents/new", "/incidents")
    sent = {**form, "school": SCHOOL, "kind": "abuse_told", "place": "Room 112", "beside": "me", "about_staff": "yes"}

    asked = teacher.post("/incidents", sent, 422)
    again = teacher.post("/incidents", {**given(asked), "kept_out": ""}, 422)
    with district.store.read() as tx:
        assert incidents.head(tx) == 0
    address = teacher.post("/incidents", {**given(again), "kept_out": HEAD})

    assert "Nothing is opened yet." in words(asked)
    assert 'href="#kept_out"' in asked
    assert f'value="{TEACHER}"' not in asked  # nobody is kept out of what they open
    assert given(again)["place"] == "Room 112"
    with district.store.read() as tx:
        assert conflicts.people(tx, incidents.load(tx, the_one(address))) == {HEAD}
    head.get(address, 404)


@pytest.mark.parametrize(
    "answers",
    [
        {"kind": "abuse_told", "kept_out": "-"},
        {"kind": "abuse_told", "drill": "yes"},
        {"kind": "suicide_ideation"},
    ],
)
def test_none_of_them_keeps_nobody_out_and_neither_another_kind_nor_a_drill_asks(
    site: TestClient, district: District, answers: dict[str, str]
) -> None:
    address = at_console(site, district, TEACHER).opens(about_staff="yes", **answers)

    with district.store.read() as tx:
        assert conflicts.people(tx, incidents.load(tx, the_one(address))) == set()


def test_a_notice_asks_for_no_place_and_everything_else_does(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    form = counselor.form("/incidents/new", "/incidents")
    sent = {**form, "school": SCHOOL}
    missing = counselor.post("/incidents", {**sent, "kind": "abuse_told", "beside": "me"}, 422)
    counselor.post("/incidents", {**sent, "kind": "abuse_told", "place": "Room 112"}, 422)
    address = counselor.post("/incidents", {**sent, "kind": "handle_with_care"})

    assert "Fill this in." in words(missing)
    with district.store.read() as tx:
        first = incidents.events_of(tx, the_one(address))[0].event
    assert isinstance(first, IncidentOpened)
    assert (first.place, first.beside) == (None, Beside.NOT_ASKED)
