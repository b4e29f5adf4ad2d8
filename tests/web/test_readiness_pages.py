"""Pages about being ready, rotations and the school calendar, and their twins in the API: who sees and does what."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.readiness_words import Lack, Proof
from crisis.schedules.rota import Slot
from crisis.store import asked_turns, calendars, errands, methods, pins, roster, rotations, standing
from crisis.store.engine import Store
from crisis.vocabulary import Channel, Covers, PersonId, Role, StaffRole
from tests.factories import DISTRICT, SCHOOL
from tests.web.district import COUNSELOR, NURSE, STRANGER, Api, District, a_district, acting
from tests.web.test_pages import Browser, at_console, words
from web.pages.readiness import MINE

PRINCIPAL, SECOND, LEAD = PersonId("p-principal"), PersonId("p-second"), PersonId("p-lead")
NURSES = Slot(school=SCHOOL, role=Role.NURSE, level=0)
NEW_YORK = ZoneInfo("America/New_York")
DAY = timedelta(days=1)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough here: what is stored is tested on both in tests/store."""
    return sqlite_url


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        for person, post, school in (
            (PRINCIPAL, StaffRole.PRINCIPAL, SCHOOL),
            (SECOND, StaffRole.NURSE, SCHOOL),
            (LEAD, StaffRole.DISTRICT_LEAD, None),
        ):
            roster.add_person(tx, DISTRICT, person, ("Given", person.title()), staff=True)
            roster.give_post(tx, DISTRICT, person, post, school)
        for number, person in enumerate((NURSE, SECOND, LEAD)):
            roster.add_phone(tx, person, f"617-555-01{number:02}")
    return made


def today() -> date:
    return clock.now().astimezone(NEW_YORK).date()


def planned(**changes: str) -> dict[str, str]:
    """What a planner fills in: the nurses take turns day by day from today on."""
    filled = {
        "place": "school",
        "role": "nurse",
        "level": "1",
        "pattern": "daily",
        "at": "00:00",
        "starts_on": (today() - DAY).isoformat(),
        "covers": "always",
        "people.1": NURSE,
        "people.2": SECOND,
    }
    return {name: value for name, value in (filled | changes).items() if value}


def previews(browser: Browser, status: int = 200, **changes: str) -> tuple[str, dict[str, str]]:
    """The page that comes back, and the fields with which it would be saved."""
    fields = {**browser.form("/rotations/new", "/rotations/preview"), **planned(**changes)}
    page = browser.post("/rotations/preview", fields, status)
    mark = page.partition('name="previewed" value="')[2].partition('"')[0]
    return page, {**fields, "previewed": mark}


def rotations_now(district: District) -> list[tuple[str, tuple[PersonId, ...]]]:
    with district.store.read() as tx:
        book = rotations.read(tx, DISTRICT, clock.now(), clock.now() + DAY)
    return [(slot.role.value, each.people) for slot, plan in book.plans.items() for each in plan.rotations]


def test_a_test_that_is_answered_on_the_console_makes_ready_with_a_pin(site: TestClient, district: District) -> None:
    nurse = at_console(site, district, NURSE)
    before = words(nurse.get(MINE))

    nurse.send(MINE, "/readiness/mine/test")
    with district.store.read() as tx:
        waiting = errands.asking(tx, clock.now(), person=NURSE)
    for each in waiting:
        nurse.send(MINE, "/readiness/mine/code", code=each.code or "")
    nurse.send(MINE, "/readiness/mine/pin", pin="408215", again="408215")

    assert "No test page answered in the last 30 days" in before
    assert sorted(each.channel for each in waiting) == [Channel.TEXT, Channel.VOICE]
    assert "Nothing. A page reaches you." in words(nurse.get(MINE))
    with district.store.read() as tx:
        assert standing.not_ready(tx, [NURSE], clock.now()) == {}


NO_PINS = (("1234", "1234", "guessed first"), ("408215", "408216", "not the same"), ("12", "12", "four to six digits"))


def test_a_pin_is_refused_with_a_reason_and_never_shown_again(site: TestClient, district: District) -> None:
    nurse = at_console(site, district, NURSE)

    for pin, again, why in NO_PINS:
        page = nurse.send(MINE, "/readiness/mine/pin", 422, pin=pin, again=again)
        assert why in words(page)
        assert f'value="{pin}"' not in page

    with district.store.read() as tx:
        assert not pins.is_set(tx, NURSE)


def test_a_wrong_number_of_a_test_is_refused_and_counted(site: TestClient, district: District) -> None:
    nurse = at_console(site, district, NURSE)
    nurse.send(MINE, "/readiness/mine/test")

    for _ in range(5):
        assert "three digits" in words(nurse.send(MINE, "/readiness/mine/code", 422, code="000"))

    with district.store.read() as tx:
        assert errands.asking(tx, clock.now(), person=NURSE) == []


def test_who_plans_sees_what_is_red_first_and_sends_test_pages(site: TestClient, district: District) -> None:
    lead = at_console(site, district, LEAD)
    _, fields = previews(lead)
    lead.post("/rotations/save", fields)

    page = words(lead.get("/readiness"))
    lead.send("/readiness", "/readiness/test", person=SECOND)

    assert page.index("Levels") < page.index("Not ready 2")
    assert "On-call clinician, level 1" in page
    assert "Given P-Nurse" in page
    with district.store.read() as tx:
        assert len(errands.asking(tx, clock.now(), person=SECOND)) == 2


def test_the_list_is_for_those_who_plan_and_a_test_for_ones_own_district(site: TestClient, district: District) -> None:
    lead = at_console(site, district, LEAD)
    for person in (STRANGER, PersonId("p-nobody")):
        fields = {**lead.form(MINE, "/readiness/mine/test"), "person": person}
        fields.pop("number")
        lead.post("/readiness/test", fields, 404)

    nurse = at_console(site, district, NURSE)
    fields = {**nurse.form(MINE, "/readiness/mine/test"), "person": SECOND}
    fields.pop("number")
    nurse.get("/readiness", 404)
    nurse.post("/readiness/test", fields, 404)
    nurse.post("/readiness/mine/test", {**fields, "number": "+16175550101", "person": ""}, 404)
    assert "Who is ready" not in words(nurse.get("/oncall"))


def test_a_turn_is_confirmed_by_its_holder_alone_and_the_rota_shows_who_has_not(
    site: TestClient, district: District
) -> None:
    begins = clock.now() + timedelta(minutes=20)
    with district.store.write() as tx:
        asked_turns.ask(tx, DISTRICT, [(NURSE, begins), (SECOND, begins)], clock.now())
        mine = asked_turns.of_person(tx, NURSE, clock.now())[0].id
    nurse = at_console(site, district, NURSE)
    open_turns = words(nurse.get("/oncall")).count("asked, no answer yet")
    fields = nurse.form(MINE, "/readiness/mine/confirm")
    nurse.post("/readiness/mine/confirm", fields)

    second = at_console(site, district, SECOND)
    second.post("/readiness/mine/confirm", {**second.form(MINE, "/readiness/mine/confirm"), "turn": mine}, 404)
    second.post("/readiness/mine/decline", second.form(MINE, "/readiness/mine/decline"))

    rota = words(second.get("/oncall"))
    assert open_turns == 2
    assert fields["turn"] == mine
    assert rota.count("asked, no answer yet") == 0
    assert "says that they cannot take it" in rota


def test_a_preview_stores_nothing_and_what_was_looked_at_is_what_is_saved(site: TestClient, district: District) -> None:
    lead = at_console(site, district, LEAD)

    page, fields = previews(lead)
    stored = rotations_now(district)
    again = lead.post("/rotations/save", {**fields, "people.2": ""}, 200)
    after_change = rotations_now(district)
    lead.post("/rotations/save", fields)

    said = words(page)
    assert "No gap" in said
    assert "is not ready to be paged" in said
    assert "clocks go" in said
    assert (stored, after_change) == ([], [])
    assert "You changed something after you looked" in words(again)
    assert rotations_now(district) == [("nurse", (NURSE, SECOND))]


def test_a_preview_shows_the_gaps_that_a_rotation_leaves(site: TestClient, district: District) -> None:
    lead = at_console(site, district, LEAD)

    page, _ = previews(lead, covers="school_hours")

    assert "Nobody is on call." in words(page)


IMPOSSIBLE: tuple[tuple[dict[str, str], str], ...] = (
    ({"people.2": COUNSELOR}, "does not let them take this role"),
    ({"people.1": "", "people.2": ""}, "needs at least one person"),
    ({"pattern": "custom", "days": "7", "handovers": "1 8 o'clock"}, "one handover a line"),
    ({"pattern": "custom", "days": "2", "handovers": "5 08:00"}, "on a day of the cycle"),
    ({"ends_on": "2020-01-01"}, "ends after it begins"),
    ({"level": "0"}, "cannot be read"),
    ({"role": ""}, "Fill this in"),
)


def test_a_rotation_that_cannot_be_is_refused_where_it_is_wrong(site: TestClient, district: District) -> None:
    lead = at_console(site, district, LEAD)

    for changes, why in IMPOSSIBLE:
        page, _ = previews(lead, 422, **changes)
        assert why in words(page)

    assert rotations_now(district) == []


def test_nobody_without_a_number_gets_onto_the_rota_f57(site: TestClient, district: District) -> None:
    with district.store.write() as tx:
        roster.add_person(tx, DISTRICT, PersonId("p-silent"), ("Given", "Silent"), staff=True)
        roster.give_post(tx, DISTRICT, PersonId("p-silent"), StaffRole.NURSE, SCHOOL)
    lead = at_console(site, district, LEAD)

    page, _ = previews(lead, 422, **{"people.2": "p-silent"})

    assert "no telephone number" in words(page)
    assert 'id="people.2-err"' in page


def test_a_principal_plans_their_own_school_and_nobody_else_may(site: TestClient, district: District) -> None:
    principal = at_console(site, district, PRINCIPAL)
    _, fields = previews(principal)
    principal.post("/rotations/save", fields)
    previews(principal, 422, place="district")
    principal.post("/rotations/save", {**fields, "place": "district"}, 422)

    nurse = at_console(site, district, NURSE)
    nurse.get("/rotations/new", 422)
    token = nurse.form(MINE, "/readiness/mine/test")["csrf"]
    nurse.post("/rotations/save", {**fields, "csrf": token}, 422)
    assert "Plan a rotation" not in words(nurse.get("/rotations"))
    assert rotations_now(district) == [("nurse", (NURSE, SECOND))]


def test_a_rotation_is_changed_in_place_and_ended_by_its_last_day(site: TestClient, district: District) -> None:
    lead = at_console(site, district, LEAD)
    _, fields = previews(lead, pattern="custom", days="7", handovers="1 08:00\n5 16:00")
    lead.post("/rotations/save", fields)
    (rotation,) = _ids(district)
    page = lead.get(f"/rotations/{rotation}")
    lead.post("/rotations/save", _looked_at(lead, {**fields, "rotation": rotation, "people.2": ""}))
    changed = rotations_now(district)

    lead.send("/rotations", f"/rotations/{rotation}/end", last=(today() + 3 * DAY).isoformat())
    with district.store.read() as tx:
        book = rotations.read(tx, DISTRICT, clock.now(), clock.now() + DAY)
        (after,) = book.plans[NURSES].rotations

    assert "1 08:00" in page
    assert "5 16:00" in page
    assert (changed, _ids(district)) == ([("nurse", (NURSE,))], [rotation])
    assert after.ends_on == today() + 4 * DAY


def _ids(district: District) -> list[str]:
    with district.store.read() as tx:
        return list(tx.exec_driver_sql("SELECT id FROM rotation").scalars())


def _looked_at(browser: Browser, fields: dict[str, str]) -> dict[str, str]:
    page = browser.post("/rotations/preview", {name: value for name, value in fields.items() if value}, 200)
    return {**fields, "previewed": page.partition('name="previewed" value="')[2].partition('"')[0]}


def a_school_day() -> date:
    """Within the coming 14 days, a Tuesday."""
    return today() + DAY + (1 - (today() + DAY).weekday()) % 7 * DAY


def test_a_closure_shows_the_gap_that_it_brings_and_can_be_taken_off(site: TestClient, district: District) -> None:
    lead = at_console(site, district, LEAD)
    before = (a_school_day() - DAY).isoformat()
    for covers, until in ((Covers.SCHOOL_HOURS, ""), (Covers.OUT_OF_HOURS, before)):
        _, fields = previews(lead, covers=covers.value, ends_on=until)
        lead.post("/rotations/save", fields)
    day = a_school_day().isoformat()

    page = lead.send("/school-calendar", "/school-calendar/preview", 200, kind="closure", first=day, last="", closes="")
    stored = day in lead.get("/school-calendar").partition("From today on")[2]
    saved = {**lead.form("/school-calendar", "/school-calendar/preview"), "kind": "closure", "first": day}
    lead.post("/school-calendar/save", saved)
    kept = day in lead.get("/school-calendar").partition("From today on")[2]
    lead.send("/school-calendar", "/school-calendar/take-off")

    assert "Nurse, level 1" in words(page).partition("New gaps")[2].partition("Add days")[0]
    assert (stored, kept) == (False, True)
    assert day not in lead.get("/school-calendar").partition("From today on")[2]


def test_a_holiday_is_the_district_leads_to_say(site: TestClient, district: District) -> None:
    principal = at_console(site, district, PRINCIPAL)
    base = principal.form("/school-calendar", "/school-calendar/preview")
    days = {"first": "2027-04-19", "last": "2027-04-23"}

    principal.post("/school-calendar/save", {**base, "kind": "holiday", **days}, 422)
    principal.post("/school-calendar/save", {**base, "kind": "day_off", **days})
    backwards = {**base, "kind": "day_off", "first": "2027-04-19", "last": "2027-04-01"}
    wrong = principal.post("/school-calendar/preview", backwards, 422)

    with district.store.read() as tx:
        found = calendars.layers(tx, SCHOOL)
    assert found.holidays == frozenset()
    assert len(found.school.days_off) == 5
    assert "The last day comes after the first" in words(wrong)


@pytest.fixture
def api(site: TestClient, district: District) -> Api:
    return acting(site, district.token(LEAD))


def test_the_api_says_the_same_without_names_or_numbers(site: TestClient, district: District, api: Api) -> None:
    made = api.post(
        "/oncall/rotations",
        {
            "school": SCHOOL,
            "role": "nurse",
            "level": 0,
            "people": [NURSE],
            "zone": "America/New_York",
            "starts_on": today().isoformat(),
            "handovers": [{"at": "00:00"}],
        },
    )
    found = api.get("/readiness")
    sent = api.post("/readiness/tests", {"person": NURSE})
    refused = acting(site, district.token(NURSE)).get("/readiness")

    assert made.body["not_ready"] == {NURSE: ["no_voice", "few_methods", "no_test", "no_pin"]}
    assert (found.status, found.body["ready"]) == (200, False)
    assert [each["person"] for each in found.body["people"]] == [NURSE]
    assert "Given" not in str(found.body)
    assert "+1617" not in str(found.body)
    assert (sent.status, sent.body) == (200, {"sent": 2})
    assert refused.status == 404


def test_how_paging_stands_counts_what_is_red(site: TestClient, district: District) -> None:
    with district.store.write() as tx:
        for channel in (Channel.TEXT, Channel.VOICE):
            methods.prove(tx, NURSE, "+16175550100", channel, Proof.ANSWERED, at=clock.now())
    lead = at_console(site, district, LEAD)
    _, fields = previews(lead)
    lead.post("/rotations/save", fields)

    page = words(lead.get("/paging"))

    assert "People on the rota who are not ready2" in page
    assert Lack.NO_PIN.value not in page


def test_the_next_change_of_clocks_is_said_in_words(site: TestClient, district: District) -> None:
    lead = at_console(site, district, LEAD)
    night = {"starts_on": "2027-03-07", "at": "02:30"}

    forward, _ = previews(lead, **night)
    back, _ = previews(lead, starts_on="2027-10-31", at="01:30")

    assert "02:30 does not exist that night" in words(forward)
    assert "01:30 comes twice that night" in words(back)
    assert "Mar 14" in words(forward)
