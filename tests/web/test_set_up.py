"""Setting up: green by fact alone, what is next stands first; and whether people can be reached right now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.delivery import AttemptState, Purpose
from crisis.sentinel.condition import Condition, Part
from crisis.store import oncall, pins, proving, reach, roster, setting_up, signs
from crisis.store.channel_tables import OUTGOING
from crisis.store.engine import Store
from crisis.store.oncall import Shift
from crisis.store.reach import AtSchool, Level
from crisis.store.setting_up import Facts
from crisis.vocabulary import Channel, Mode, PersonId, Role, StaffRole
from tests.factories import DISTRICT
from tests.web.district import COUNSELOR, NEIGHBOUR, OFFICER, STRANGER, TEACHER, District, a_district
from tests.web.test_pages import at_console, words
from web.pages.status import against
from web.set_up_items import BEFORE_SCHOOL, FIRST, Known

LEAD, OPERATOR = PersonId("p-lead"), PersonId("p-operator")
AT = datetime(2026, 10, 6, 15, tzinfo=UTC)
WELL, SILENT, NONE = Part(at=AT, well=True), Part(at=AT, well=False), Part(at=None, well=None)
EMPTY = Facts(
    schools=0,
    staff=0,
    students=0,
    missing_posts=(StaffRole.DISTRICT_LEAD, StaffRole.PRIVACY_OFFICER),
    silent=(),
    protocols=0,
    on_rota=0,
    not_ready=0,
    levels_empty=2,
    last_levels_empty=2,
    ladders=0,
    tests_sent=0,
    tested_at=None,
    sealed=0,
    second_factor_from=None,
    own_law=False,
)
WHOLE = replace(
    EMPTY,
    schools=1,
    staff=4,
    students=9,
    missing_posts=(),
    protocols=13,
    on_rota=3,
    levels_empty=0,
    last_levels_empty=0,
    tested_at=AT - timedelta(days=29),
    sealed=2,
    second_factor_from=AT,
    own_law=True,
)
NOW = Condition(
    audit=WELL, worker=WELL, console=WELL, heartbeat=WELL, canaries=NONE, found={}, lines={}, alarms=(), down=(),
    degraded=False,
)  # fmt: skip
READY = Known(facts=WHOLE, now=NOW, providers=("twilio",), backup_at=AT - timedelta(days=1), at=AT)
NOTHING = Known(
    facts=EMPTY, now=replace(NOW, audit=SILENT, worker=SILENT, heartbeat=NONE), providers=(), backup_at=None, at=AT
)
ITEMS = {item.name: item for item in (*FIRST, *BEFORE_SCHOOL)}


def lacks(known: Known) -> set[str]:
    return {name for name, item in ITEMS.items() if not item.done(known)}


def without(**facts: object) -> Known:
    return replace(READY, facts=replace(WHOLE, **facts))


def test_of_an_empty_installation_nothing_is_done_and_of_a_whole_one_everything() -> None:
    assert lacks(NOTHING) == set(ITEMS)
    assert lacks(READY) == set()


@pytest.mark.parametrize(
    ("known", "lacking"),
    [
        (without(students=0), {"roster"}),
        (without(missing_posts=(StaffRole.PRIVACY_OFFICER,)), {"posts"}),
        (without(silent=("Bay High School",)), {"team"}),
        (without(on_rota=0), {"rota", "ladder", "numbers"}),
        (without(levels_empty=1), {"rota"}),
        (without(last_levels_empty=1), {"ladder"}),
        (without(not_ready=1), {"numbers"}),
        (without(tested_at=AT - timedelta(days=31)), {"test"}),
        (without(sealed=1), {"emergency"}),
        (replace(READY, providers=()), {"provider"}),
        (replace(READY, now=replace(NOW, down=(Channel.TEXT,))), {"provider"}),
        (replace(READY, now=replace(NOW, audit=SILENT)), {"running"}),
        (replace(READY, now=replace(NOW, heartbeat=NONE)), {"heartbeat"}),
        (replace(READY, backup_at=AT - timedelta(days=9)), {"backup"}),
    ],
)
def test_each_part_is_green_by_its_own_fact(known: Known, lacking: set[str]) -> None:
    assert lacks(known) == lacking


def test_whether_people_can_be_reached_is_a_yes_only_where_nothing_speaks_against_it() -> None:
    level = Level(role=Role.NURSE, level=0, people=1, reachable=1)
    good = [AtSchool(school=None, levels=(level,))]  # type: ignore[arg-type]  # its name is not asked here
    bad = [AtSchool(school=None, levels=(replace(level, reachable=0),))]  # type: ignore[arg-type]
    soon, late = timedelta(seconds=20), timedelta(minutes=2)

    assert list(against(NOW, ("twilio",), good, soon)) == []
    assert len(list(against(NOTHING.now, (), [], late))) == 5
    assert list(against(NOW, ("twilio",), bad, soon)) == [
        "At a school nobody who can be reached is on call at some level."
    ]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Counts alone: one database is enough for the pages."""
    return sqlite_url


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        for person, post in ((LEAD, StaffRole.DISTRICT_LEAD), (OPERATOR, StaffRole.OPERATOR)):
            roster.add_person(tx, DISTRICT, person, ("Given", person.title()), staff=True)
            roster.give_post(tx, DISTRICT, person, post)
    return made


def put_on_rota(store: Store) -> None:
    at = clock.now()
    with store.write() as tx:
        roster.add_phone(tx, LEAD, "(617) 555-0127")
        times = {"starts_at": at - timedelta(hours=1), "ends_at": at + timedelta(days=20)}
        oncall.add_shifts(
            tx,
            [
                Shift(id=f"sh-{role}", district=DISTRICT, school=None, role=role, level=0, person=LEAD, **times)
                for role in (Role.ONCALL_CLINICIAN, Role.DISTRICT_ONCALL)
            ],
        )


def proved_to_be_reached(store: Store) -> None:
    at = clock.now()
    with store.write() as tx:
        for errand in proving.send_test(tx, DISTRICT, LEAD, at=at, by=LEAD):
            proving.answered(tx, errand, at)
        pins.set_pin(tx, LEAD, "482915", at=at)


def test_a_new_installation_is_led_from_its_first_step_to_a_tested_page(site: TestClient, district: District) -> None:
    lead, store = at_console(site, district, LEAD), district.store
    first = lead.get("/set-up")
    district.session(OFFICER)
    for counselor in (COUNSELOR, NEIGHBOUR):
        district.session(counselor)
    with store.write() as tx:
        signs.leave(tx, signs.WORKER, clock.now(), good=True)
        signs.leave(tx, signs.AUDIT, clock.now(), good=True)
        roster.give_post(tx, DISTRICT, LEAD, StaffRole.CLINICIAN)
    before = words(lead.get("/set-up"))
    put_on_rota(store)
    planned = words(lead.get("/set-up"))
    proved_to_be_reached(store)
    proved = words(lead.get("/set-up"))

    assert "Missing: Privacy officer, Clinician" in words(first)
    assert f"crisis roster staff {DISTRICT}" in first
    assert "Missing: School s-1, School s-2" in words(first)
    assert [page.partition(" of 10")[0][-1] for page in (words(first), before, planned, proved)] == [
        "2", "5", "7", "9",
    ]  # fmt: skip
    assert "A telephone provider takes texts and calls Next" in proved  # which no test here has


def test_the_operator_sees_what_is_missing_and_no_page_that_is_not_theirs(site: TestClient, district: District) -> None:
    operator = words(at_console(site, district, OPERATOR, "es").get("/set-up"))

    assert "Esto lo hace el responsable de crisis del distrito." in operator


def test_who_has_no_part_in_it_sees_neither_page(site: TestClient, district: District) -> None:
    teacher, counselor = at_console(site, district, TEACHER), at_console(site, district, COUNSELOR)

    teacher.get("/set-up", 404)
    teacher.get("/status", 404)
    counselor.get("/set-up", 404)
    assert "Not everybody, or nobody can say." in words(counselor.get("/status"))


def sent(store: Store, person: PersonId, state: AttemptState, number: int) -> None:
    row = {"purpose": next(iter(Purpose)), "channel": Channel.TEXT, "mode": Mode.LIVE, "urgency": None, "asked": "{}"}
    whose = {"reference": f"r-{number}", "incident": None, "page": None, "person": person, "phone": "+16175550127"}
    with store.write() as tx:
        tx.execute(OUTGOING.insert().values(**row, **whose, at=clock.now(), state=state, state_at=clock.now()))


def test_it_says_what_came_through_who_would_be_called_and_only_of_the_own_district(
    site: TestClient, district: District
) -> None:
    counselor, store = at_console(site, district, COUNSELOR), district.store
    put_on_rota(store)
    for number, state in enumerate((AttemptState.DELIVERED, AttemptState.FAILED, AttemptState.SENT)):
        sent(store, LEAD, state, number)
    sent(store, STRANGER, AttemptState.FAILED, 9)
    with store.read() as tx:
        counted, schools = reach.sent_lately(tx, DISTRICT, clock.now()), reach.at_schools(tx, DISTRICT, clock.now())

    page = words(counselor.get("/status"))

    assert [(each.arrived, each.on_the_way, each.failed) for each in counted] == [(1, 1, 1)]
    assert [len(each.empty) for each in schools] == [0, 0]
    assert "Did not arrivetext111" in page
    assert "School s-12 of 2" in page
    assert "Given P-Lead" not in page


def test_facts_name_no_person(district: District) -> None:
    with district.store.read() as tx:
        found = setting_up.facts(tx, DISTRICT, clock.now())

    assert found.silent == ("School s-1", "School s-2")
    assert (found.schools, found.students, found.on_rota) == (2, 1, 0)
