"""Who outside the school helps, on the pages and by the API: everybody looks it up, the district lead keeps it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.policy.directory import CAPACITY_LASTS, Entry
from crisis.policy.opening_hours import ALWAYS
from crisis.referral_words import AgencyId, AgencyKind, Capacity
from crisis.store import directory, roster
from crisis.store.engine import Store
from crisis.vocabulary import PersonId, StaffRole, StudentId
from tests.factories import DISTRICT, SCHOOL
from tests.web.district import COUNSELOR, STRANGER, TEACHER, District, a_district, acting
from tests.web.test_pages import at_console, words

LEAD = PersonId("p-lead")
SPEAKS_SPANISH = StudentId("st-es")
PAGE = "/directory"
LINE = Entry(
    name="Night Line",
    kind=AgencyKind.SUPPORT_LINE,
    phone="617-555-0184",
    hours=ALWAYS,
    languages=frozenset({"en"}),
    interpreters=False,
)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Both databases are the business of tests/store/test_directory.py."""
    return sqlite_url


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, LEAD, ("Given", "Lead"), staff=True)
        roster.give_post(tx, DISTRICT, LEAD, StaffRole.DISTRICT_LEAD)
    return made


def kept(district: District, entry: Entry = LINE) -> AgencyId:
    with district.store.write() as tx:
        return directory.add(tx, DISTRICT, entry, by=LEAD, at=clock.now())


def test_the_lead_adds_one_and_everybody_finds_it_by_what_they_need(site: TestClient, district: District) -> None:
    lead, teacher = at_console(site, district, LEAD), at_console(site, district, TEACHER, "es")
    kept(district)
    form = {"name": "Open Door", "kind": "community_provider", "phone": "617-555-0183", "hours": "mon-sun 0:00-24:00"}

    refused = lead.send(f"{PAGE}/new", PAGE, 422, **form | {"hours": "weekdays"})
    made = lead.send(f"{PAGE}/new", PAGE, **form, youngest="12", oldest="18", languages="es")
    shown = words(lead.get(made))
    found, others = words(teacher.get(f"{PAGE}?language=es&age=14&open_now=yes")), words(teacher.get(f"{PAGE}?age=40"))

    assert "Write the hours as mon-fri 8:00-17:00" in words(refused)
    assert 'value="Open Door"' in refused
    assert "12–18" in shown
    assert "Open Door" in found
    assert "Night Line" not in found  # it speaks no Spanish and brings nobody who does
    assert "Contestan ahora" in found
    assert "Pregunte allí: si atienden a esta edad" in others
    assert "Open Door" not in others


def test_what_they_said_of_places_has_its_day_and_is_old_after_two_weeks(site: TestClient, district: District) -> None:
    one, counselor = kept(district), at_console(site, district, COUNSELOR)
    page = f"{PAGE}/{one}"
    assert "Places not known" in words(counselor.get(page))
    with district.store.write() as tx:
        long_ago = clock.now() - CAPACITY_LASTS - timedelta(minutes=1)
        directory.confirm_places(tx, DISTRICT, one, (Capacity.NO_CAPACITY, None), by=LEAD, at=long_ago)
    old = words(counselor.get(page))
    counselor.send(page, f"{page}/places", capacity="waitlist", days="9")
    fresh = words(counselor.get(page))

    assert "That is more than two weeks ago: ask again." in old
    assert "Has a waiting list: 9 days" in fresh
    assert "ask again" not in fresh
    assert "P-Counselor" in fresh


def test_the_step_of_a_handoff_names_who_could_take_this_student_over(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    kept(district)  # a line that students call is handed no student
    kept(district, replace(LINE, name="Mill Street", kind=AgencyKind.HEALTH_CENTER, languages=frozenset({"es"})))
    kept(district, replace(LINE, name="Only in English", kind=AgencyKind.HEALTH_CENTER))
    with district.store.write() as tx:
        roster.add_student(tx, (DISTRICT, SCHOOL), SPEAKS_SPANISH, ("Ximena", "Quetzal"), language="es")
    incident = counselor.opens()
    counselor.identifies(incident, "quetzal", SPEAKS_SPANISH)

    shown = words(counselor.get(f"{incident}/steps/referral"))

    assert "Mill Street" in shown
    assert "Only in English" not in shown
    assert "Night Line" not in shown


def test_nobody_else_changes_it_and_another_district_sees_none_of_it(site: TestClient, district: District) -> None:
    one = kept(district)
    page = f"{PAGE}/{one}"
    counselor, teacher, stranger = (at_console(site, district, who) for who in (COUNSELOR, TEACHER, STRANGER))

    assert "Change what is on record" not in words(counselor.get(page))
    assert "They have just said" not in words(teacher.get(page))
    token = counselor.form(page, f"{page}/places")
    counselor.post(f"{page}/end", token, 422)
    counselor.post(f"{page}/change", token | {"name": "Mine", "kind": "advocacy"}, 422)
    stranger.get(page, 404)
    assert "Night Line" not in stranger.get(PAGE)
    assert "Night Line" in counselor.get(PAGE)


def test_the_lead_takes_one_out(site: TestClient, district: District) -> None:
    page, lead = f"{PAGE}/{kept(district)}", at_console(site, district, LEAD)

    assert lead.send(page, f"{page}/end") == PAGE
    lead.get(page, 404)


def test_the_same_by_the_api(site: TestClient, district: District) -> None:
    lead, counselor = (acting(site, district.token(who)) for who in (LEAD, COUNSELOR))
    body = {"name": "Open Door", "kind": "community_provider", "hours": "always", "youngest": 12}

    made = lead.post(PAGE, body)
    path = f"{PAGE}/{made.body['id']}"
    places = counselor.post(f"{path}/places", {"capacity": "waitlist", "days": 9})
    changed = lead.post(path, {**body, "languages": ["es"]})

    assert (made.status, made.body["open"], made.body["asks"]) == (201, True, [])
    assert (places.body["capacity"], places.body["capacity_stale"]) == ("waitlist", False)
    assert (changed.body["languages"], changed.body["capacity"]) == (["es"], "waitlist")
    assert [each["asks"] for each in counselor.get(f"{PAGE}?age=14&insurance=medicaid").body] == [["insurance"]]
    assert counselor.get(f"{PAGE}?age=10").body == []
    assert lead.post(PAGE, {**body, "hours": "weekdays"}).status == 422
    assert counselor.post(PAGE, body).status == 422
    assert lead.post(f"{path}/end", {}).status == 200
    assert lead.get(path).status == 404
