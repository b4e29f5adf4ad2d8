"""Pages on which those who plan say how pages climb, who can do what, and when a school is open."""

from datetime import date, time, timedelta

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.ladders import Asks, Ladder
from crisis.schedules.rota import Rotation as Turns
from crisis.schedules.rota import Slot, daily
from crisis.store import calendar_plans, calendars, people, roster, rotations, skills
from crisis.store.engine import Store
from crisis.vocabulary import Covers, PersonId, Role, StaffRole, Urgency
from tests.factories import DISTRICT, SCHOOL
from tests.web.district import NURSE, OTHER_SCHOOL, TEACHER, District, a_district
from tests.web.test_pages import Browser, at_console, words

PRINCIPAL, LEAD = PersonId("p-principal"), PersonId("p-lead")
ONE = f"/ladders/one?role=nurse&urgency=u1&school={SCHOOL}"
DAY = timedelta(days=1)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough here: what is stored is tested on both in tests/store."""
    return sqlite_url


@pytest.fixture
def district(store: Store) -> District:
    """A nurse, a principal and a lead who can be called; the lead leads both schools."""
    made = a_district(store)
    with store.write() as tx:
        for person, post, school in (
            (PRINCIPAL, StaffRole.PRINCIPAL, SCHOOL),
            (LEAD, StaffRole.DISTRICT_LEAD, None),
        ):
            roster.add_person(tx, DISTRICT, person, ("Given", person.title()), staff=True)
            roster.give_post(tx, DISTRICT, person, post, school)
        for number, person in enumerate((NURSE, PRINCIPAL, LEAD)):
            roster.add_phone(tx, person, f"617-555-01{number:02}")
    return made


@pytest.fixture
def lead(site: TestClient, district: District) -> Browser:
    return at_console(site, district, LEAD)


@pytest.fixture
def principal(site: TestClient, district: District) -> Browser:
    return at_console(site, district, PRINCIPAL)


def rungs(*levels: tuple[str, str], **changes: str) -> dict[str, str]:
    """A ladder as it is typed."""
    typed = {"texts": "0", "calls": "0, 30", "ring_again": "60", "most_calls": "4", "alarm": "90"}
    for n, (asks, within) in enumerate(levels, start=1):
        typed |= {f"asks.{n}": asks, f"within.{n}": within}
    return typed | changes


def tries(browser: Browser, typed: dict[str, str], status: int = 200) -> tuple[str, dict[str, str]]:
    """The page that comes back, and the fields with which the ladder would be saved."""
    fields = {**browser.form(ONE, "/ladders/try"), **typed}
    page = browser.post("/ladders/try", {name: value for name, value in fields.items() if value}, status)
    mark = page.partition('name="previewed" value="')[2].partition('"')[0]
    return page, {**fields, "previewed": mark}


def own_ladders(district: District) -> dict[tuple[Role, Urgency], Ladder]:
    with district.store.read() as tx:
        return calendars.ladders(tx, DISTRICT)


LEADS_ONLY = rungs(("supervisors", "60"), ("supervisors", "120"))


def test_a_ladder_is_shown_with_whom_it_would_call_before_it_counts(lead: Browser, district: District) -> None:
    page, fields = tries(lead, LEADS_ONLY)
    before = own_ladders(district)
    lead.post("/ladders/save", fields)
    (kept,) = own_ladders(district).items()
    shown = words(lead.get(ONE))
    lead.send(ONE, "/ladders/usual")

    tried = words(page).partition("What it would do")[2].partition("Who would be called now")[0]
    assert "Level 2 · those who lead after 1:00, has 2:00 Given P-Lead, Given P-Principal" in tried
    assert "Alarm after 3:00 again every 1:30" in tried
    assert "Text" in tried.partition("Person by person")[2]
    assert before == {}
    assert kept[0] == (Role.NURSE, Urgency.U1)
    assert kept[1].answer_within == (timedelta(seconds=60), timedelta(seconds=120))
    assert kept[1].asks == (Asks.SUPERVISORS, Asks.SUPERVISORS)
    assert kept[1].cadence is not None
    assert kept[1].cadence.calls == (timedelta(0), timedelta(seconds=30))
    assert "has a ladder of its own here" in shown
    assert own_ladders(district) == {}
    assert "the usual ladder" in words(lead.get(ONE))


def test_a_level_that_would_call_nobody_is_refused_at_its_place_with_the_school(
    lead: Browser, district: District
) -> None:
    """Level 1 calls the nurse of one school; the other school has none, and no rota has a second level."""
    page, fields = tries(lead, rungs(("rota", "60"), ("rota", "60"), ("supervisors", "60")), 422)
    lead.post("/ladders/save", fields, 422)

    errors = words(page).partition("This was not saved")[2].partition("What it would do")[0]
    assert f"Nobody would be called by this level in the coming 14 days: School {OTHER_SCHOOL}" in errors
    assert "in the coming 14 days: Whole district" in errors
    assert 'href="#asks.2"' in page
    assert "Save this ladder" not in page
    assert own_ladders(district) == {}


def test_only_the_ladder_that_was_looked_at_is_saved(lead: Browser, district: District) -> None:
    _, fields = tries(lead, LEADS_ONLY)
    page = lead.post("/ladders/save", {**fields, "within.1": "90"}, 200)

    assert "You changed something after you looked" in words(page)
    assert own_ladders(district) == {}


WRONG = [
    ({"texts": "soon"}, "Write whole seconds with commas between them"),
    ({"within.2": ""}, "Say how long this level has."),
    ({"asks.1": ""}, "Say whom this level asks."),
    ({"calls": "0, 75"}, "comes before the time of its level is over"),
    ({"most_calls": "9"}, "at most six times"),
    ({"alarm": "never"}, "Give a whole number."),
]


def test_what_no_ladder_can_be_is_said_and_what_was_typed_stays(lead: Browser, district: District) -> None:
    for typed, why in WRONG:
        page, _ = tries(lead, {**LEADS_ONLY, **typed}, 422)
        assert why in words(page)
        assert 'value="60"' in page  # of calls that go on

    assert own_ladders(district) == {}


def test_whoever_does_not_plan_for_the_district_sees_ladders_and_changes_none(
    principal: Browser, district: District
) -> None:
    page = principal.get(ONE)
    fields = {**principal.form("/oncall/absence", "/oncall/absence"), "role": "nurse", "urgency": "u1", **LEADS_ONLY}
    for action in ("try", "save"):
        principal.post(f"/ladders/{action}", {**fields, "school": SCHOOL}, 422)

    assert "Change this ladder" not in words(page)
    assert own_ladders(district) == {}


def test_ladders_speak_spanish(site: TestClient, district: District) -> None:
    page = words(at_console(site, district, LEAD, "es").get(ONE))

    assert "Nivel 3 · todas las personas que pueden tomarlo" in page
    assert "A quién se llamaría ahora" in page


def skills_of(district: District, person: PersonId) -> tuple[str, ...]:
    with district.store.read() as tx:
        return skills.of_district(tx, DISTRICT).get(person, ())


def test_what_somebody_can_do_is_ticked_and_an_own_code_stays(lead: Browser, district: District) -> None:
    page, action = f"/skills/{NURSE}", f"/skills/{NURSE}/save"
    base = lead.form(page, action)
    answer = lead.client.post(
        action, data={**base, "languages": ["language:es", "language:so"], "abilities": "woman", "others": "grief"}
    )
    kept = skills_of(district, NURSE)
    refused = lead.post(action, {**lead.form(page, action), "others": "Grief!"}, 422)

    assert answer.status_code == 303
    assert kept == ("grief", "language:es", "language:so", "woman")
    assert "Write a skill as a code" in words(refused)
    assert 'value="Grief!"' in refused
    assert skills_of(district, NURSE) == kept
    assert 'value="language:so" checked' in lead.get(page)
    assert 'value="grief"' in lead.get(page)
    assert "A woman Somali Spanish grief" in words(lead.get("/skills"))


def test_a_principal_says_it_of_their_own_school_alone(
    site: TestClient, principal: Browser, district: District
) -> None:
    base = principal.form(f"/skills/{NURSE}", f"/skills/{NURSE}/save")
    principal.post(f"/skills/{NURSE}/save", {**base, "abilities": "in_person"})
    principal.get(f"/skills/{LEAD}", 422)
    principal.post(f"/skills/{LEAD}/save", {**base, "abilities": "in_person"}, 422)
    teacher = at_console(site, district, TEACHER)

    assert skills_of(district, NURSE) == ("in_person",)
    assert skills_of(district, LEAD) == ()
    teacher.get("/skills", 404)


def planned(covers: Covers, at: time) -> Turns:
    cycle, handovers = daily(at)
    starts_on = clock.now().date() - 2 * DAY
    return Turns(
        id=f"r-{covers}",
        people=(NURSE,),
        zone="America/New_York",
        starts_on=starts_on,
        cycle_days=cycle,
        handovers=handovers,
        covers=covers,
    )


BELLS = {"opens": "09:30", "closes": "14:00", "zone": "America/New_York"}


def test_bell_times_show_what_they_would_do_and_count_once_they_are_saved(
    principal: Browser, district: District
) -> None:
    """The nurse covers school hours alone, so a shorter day makes a longer gap."""
    slot = Slot(school=SCHOOL, role=Role.NURSE, level=0)
    with district.store.write() as tx:
        rotations.add_rotation(tx, DISTRICT, slot, planned(Covers.SCHOOL_HOURS, time(0)), at=clock.now(), by=None)
    base = principal.form("/school-hours", "/school-hours/try-bells")

    fields = {**base, **BELLS, "weekdays": ["0", "1", "2", "3", "4", "5"]}
    page = principal.client.post("/school-hours/try-bells", data=fields).text
    with district.store.read() as tx:
        before = calendar_plans.known(tx, SCHOOL).bells
    saved = principal.client.post("/school-hours/save-bells", data=fields)
    backwards = principal.post("/school-hours/try-bells", {**base, **BELLS, "closes": "09:00", "weekdays": "1"}, 422)

    assert "09:30 – 14:00 New gaps in the next 14 days" in words(page)
    assert "Nurse, level 1" in words(page).partition("New gaps")[2].partition("Gaps afterwards")[0]
    assert (before.opens, before.closes) == (time(8), time(15))
    assert saved.status_code == 303
    with district.store.read() as tx:
        assert calendar_plans.known(tx, SCHOOL).bells == calendar_plans.Bells(
            zone="America/New_York", opens=time(9, 30), closes=time(14), weekdays=frozenset(range(6))
        )
        assert people.school(tx, SCHOOL).hours_checked
    assert "A school opens before it closes" in words(backwards)
    assert 'value="09:00"' in backwards


TERMS = {"title.1": "Fall", "first.1": "2026-09-01", "last.1": "2027-01-22", "title.2": "Spring"}
SPRING = {"first.2": "2027-01-25", "last.2": "2027-06-21"}


def test_terms_are_saved_whole_or_refused_at_their_place(principal: Browser, district: District) -> None:
    base = principal.form("/school-hours", "/school-hours/try-terms")
    half = principal.post("/school-hours/try-terms", {**base, **TERMS}, 422)
    over = principal.post("/school-hours/save-terms", {**base, **TERMS, **SPRING, "first.2": "2027-01-22"}, 422)
    page = principal.post("/school-hours/try-terms", {**base, **TERMS, **SPRING}, 200)
    principal.post("/school-hours/save-terms", {**base, **TERMS, **SPRING})

    assert 'href="#first.2"' in half
    assert "no day is in two of them" in words(over)
    assert "Fall: 2026-09-01 – 2027-01-22" in words(page)
    with district.store.read() as tx:
        kept = calendar_plans.known(tx, SCHOOL).terms
    assert [(each.title, each.first, each.last) for each in kept] == [
        ("Fall", date(2026, 9, 1), date(2027, 1, 22)),
        ("Spring", date(2027, 1, 25), date(2027, 6, 21)),
    ]
    assert 'value="Spring"' in principal.get("/school-hours")


def test_a_shorter_day_is_between_the_bells_and_can_be_taken_off(principal: Browser, district: District) -> None:
    day = (clock.now().date() + 3 * DAY).isoformat()
    base = {**principal.form("/school-calendar", "/school-calendar/preview"), "kind": "short_day", "first": day}
    refused = [
        words(principal.post("/school-calendar/save", {**base, **closes}, 422))
        for closes in ({}, {"closes": "16:00"}, {"closes": "07:30"})
    ]
    principal.post("/school-calendar/save", {**base, "closes": "11:30"})
    with district.store.read() as tx:
        early = calendars.calendar(tx, SCHOOL).early_close
    principal.send("/school-calendar", "/school-calendar/take-off")

    assert "Say at what time a shorter day ends" in refused[0]
    assert all("after the school opens and before its bell" in each for each in refused[1:])
    assert early == {date.fromisoformat(day): time(11, 30)}
    with district.store.read() as tx:
        assert calendars.calendar(tx, SCHOOL).early_close == {}


def test_hours_of_another_school_are_not_a_principals_to_change(
    principal: Browser, site: TestClient, district: District
) -> None:
    base = principal.form("/school-hours", "/school-hours/try-bells")
    for action in ("try-bells", "save-bells"):
        principal.post(f"/school-hours/{action}", {**base, **BELLS, "weekdays": "1", "school": OTHER_SCHOOL}, 422)
    nurse = at_console(site, district, NURSE)

    with district.store.read() as tx:
        assert calendar_plans.known(tx, OTHER_SCHOOL).bells.opens == time(8)
    assert "try-bells" not in nurse.get("/school-hours")
