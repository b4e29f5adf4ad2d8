"""The page On call, its twin in the API, and the calendar feed: who sees what, who may change what."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from starlette.testclient import TestClient

from crisis import clock
from crisis.schedules.rota import Handover, Rotation, Slot
from crisis.store import oncall, overrides, roster, rotations
from crisis.store.engine import Store
from crisis.store.overrides import Away
from crisis.vocabulary import DistrictId, PersonId, Role, StaffRole
from tests.factories import DISTRICT, SCHOOL
from tests.web.district import (
    COUNSELOR,
    NURSE,
    OTHER_SCHOOL,
    SETTINGS,
    STRANGER,
    Answer,
    Api,
    District,
    a_district,
    acting,
)
from tests.web.test_pages import Browser, at_console, words

pytestmark = pytest.mark.page

PRINCIPAL, SECOND, OPERATOR = PersonId("p-principal"), PersonId("p-second"), PersonId("p-operator")
NURSES = Slot(school=SCHOOL, role=Role.NURSE, level=0)
DAY = timedelta(days=1)
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def district(store: Store) -> District:
    """Two nurses of the school take turns, day by day; both can be called."""
    made = a_district(store)
    with store.write() as tx:
        for person, post in (
            (PRINCIPAL, StaffRole.PRINCIPAL),
            (SECOND, StaffRole.NURSE),
            (OPERATOR, StaffRole.OPERATOR),
        ):
            roster.add_person(tx, DISTRICT, person, ("Given", person.title()), staff=True)
            roster.give_post(tx, DISTRICT, person, post, SCHOOL)
        for number, person in enumerate((NURSE, SECOND, COUNSELOR)):
            roster.add_phone(tx, person, f"617-555-01{number:02}")
        today = clock.now().astimezone(NEW_YORK).date()
        rotations.add_rotation(tx, DISTRICT, NURSES, daily(today - 2 * DAY), at=clock.now(), by=None)
    return made


def daily(starts_on: date) -> Rotation:
    """From midnight to midnight, the first of them on `starts_on`."""
    return Rotation(
        id="r-nurses",
        people=(NURSE, SECOND),
        zone="America/New_York",
        starts_on=starts_on,
        cycle_days=1,
        handovers=(Handover(0, time(0)),),
    )


@pytest.fixture
def principal(site: TestClient, district: District) -> Browser:
    return at_console(site, district, PRINCIPAL)


@pytest.fixture
def nurse(site: TestClient, district: District) -> Browser:
    return at_console(site, district, NURSE)


@pytest.fixture
def second(site: TestClient, district: District) -> Browser:
    return at_console(site, district, SECOND)


def on_call(district: District, at: datetime | None = None) -> list[PersonId]:
    with district.store.read() as tx:
        return [each.person for each in oncall.on_call(tx, DISTRICT, SCHOOL, Role.NURSE, 0, at=at or clock.now())]


def wall(at: datetime) -> str:
    return at.astimezone(NEW_YORK).strftime("%Y-%m-%dT%H:%M")


def on(day: int) -> datetime:
    """Noon at the school, some days from today."""
    return datetime.combine(clock.now().astimezone(NEW_YORK).date() + day * DAY, time(12), NEW_YORK)


def midnight(day: int) -> datetime:
    """When the turns change."""
    return on(day).replace(hour=0)


def spans(first: int, last: int) -> dict[str, str]:
    """From midnight of one day to midnight of another, as a browser sends it."""
    return {"starts_at": wall(midnight(first)), "ends_at": wall(midnight(last))}


def test_the_page_names_who_is_on_call_which_layer_decided_and_what_is_missing(principal: Browser) -> None:
    page = words(principal.get("/oncall"))

    assert "Nurse, level 1 Given P-Nurse until" in page
    assert "Decided by: Rotation" in page
    assert "On-call clinician, level 1 · Whole district" in page
    assert "Nobody is on call." in page


def test_the_page_speaks_spanish(site: TestClient, district: District) -> None:
    page = words(at_console(site, district, NURSE, "es").get("/oncall"))

    assert "De guardia ahora" in page
    assert "Enfermero escolar, nivel 1" in page


def test_an_absence_leaves_a_gap_and_the_principal_fills_it(
    nurse: Browser, principal: Browser, district: District
) -> None:
    nurse.send("/oncall/absence", "/oncall/absence", **spans(2, 3))
    gap = words(nurse.get("/oncall"))
    empty = on_call(district, on(2))

    principal.send(
        "/oncall/override",
        "/oncall/override",
        kind="replace",
        slot=f"{SCHOOL}|nurse|0",
        incoming=SECOND,
        outgoing=NURSE,
        **spans(2, 3),
    )

    assert empty == []
    assert "Nurse, level 1 · School s-1" in gap
    assert "Away: Given P-Nurse" in gap
    assert on_call(district, on(2)) == [SECOND]


def test_each_change_has_its_page_which_says_where_one_has_no_turn_to_offer(
    nurse: Browser, principal: Browser, site: TestClient, district: District
) -> None:
    rota = principal.get("/oncall")
    led_to = [f'href="/oncall/{each}?school={SCHOOL}"' for each in ("absence", "override")]
    own = nurse.get(f"/oncall/swap?school={SCHOOL}")

    assert [each for each in led_to if each not in rota] == []
    assert own_turn(2) in own
    assert "You are not on call in the next 14 days." in words(principal.get("/oncall/swap"))
    assert SECOND not in rota  # the staff of a district are in the forms alone
    operator = at_console(site, district, OPERATOR)
    for path in ("swap", "absence", "override"):
        operator.get(f"/oncall/{path}", 404)


def test_times_are_of_the_schools_wall(nurse: Browser, district: District) -> None:
    nurse.send("/oncall/absence", "/oncall/absence", **spans(2, 3))

    with district.store.read() as tx:
        [away] = rotations.absences(tx, DISTRICT, clock.now(), on(9))
    assert (away.starts_at, away.ends_at) == (midnight(2), midnight(3))


def own_turn(day: int) -> str:
    starts, over = (midnight(each).astimezone(UTC).isoformat() for each in (day, day + 1))
    return "|".join((SCHOOL, "nurse", "0", NURSE, starts, over))


def test_a_turn_changes_hands_only_when_the_other_accepts(nurse: Browser, second: Browser, district: District) -> None:
    nurse.send("/oncall/swap", "/oncall/swap", turn=own_turn(2), to=SECOND)
    before, waiting = on_call(district, on(2)), words(nurse.get("/oncall"))

    second.send("/oncall", "/oncall/accept")

    assert before == [NURSE]
    assert "You offered this to Given P-Second" in waiting
    assert on_call(district, on(2)) == [SECOND]


@pytest.mark.parametrize(
    "turn",
    [
        "",
        "s-1|nurse|0",
        f"{SCHOOL}|nurse|0|{NURSE}|0001-01-01T00:00:00+14:00|9999-12-31T00:00:00-14:00",
        f"{SCHOOL}|nurse|0|p\x00|2026-12-01T00:00:00+00:00|2026-12-02T00:00:00+00:00",
        f"{SCHOOL}|nobody|0|{NURSE}|2026-12-01T00:00:00+00:00|2026-12-02T00:00:00+00:00",
        f"{SCHOOL}|nurse|0|{NURSE}|2026-12-01T00:00:00|soon",
    ],
)
def test_a_turn_that_no_page_offered_is_refused_at_its_field(nurse: Browser, turn: str) -> None:
    page = nurse.send("/oncall/swap", "/oncall/swap", 422, turn=turn, back=turn, to=SECOND)

    assert 'href="#swap-turn"' in page


def test_an_offer_is_refused_or_withdrawn_and_nothing_changes(
    nurse: Browser, second: Browser, district: District
) -> None:
    nurse.send("/oncall/swap", "/oncall/swap", turn=own_turn(2), to=SECOND)
    second.send("/oncall", "/oncall/refuse")
    nurse.send("/oncall/swap", "/oncall/swap", turn=own_turn(4), to=SECOND)
    nurse.send("/oncall", "/oncall/withdraw")

    assert "Offers that wait" not in words(nurse.get("/oncall"))
    assert [on_call(district, on(day)) for day in (2, 4)] == [[NURSE], [NURSE]]


def test_a_form_that_was_sent_twice_counts_once(nurse: Browser, district: District) -> None:
    fields = {**nurse.form("/oncall/absence", "/oncall/absence"), **spans(2, 3)}

    for _ in range(2):
        nurse.post("/oncall/absence", fields)

    with district.store.read() as tx:
        assert len(overrides.coming_absences(tx, DISTRICT, clock.now())) == 1


def test_what_cannot_be_is_said_on_the_page_with_what_was_typed(principal: Browser) -> None:
    page = principal.send(
        "/oncall/override",
        "/oncall/override",
        422,
        kind="add",
        slot=f"{SCHOOL}|nurse|0",
        incoming=COUNSELOR,
        **spans(2, 3),
    )
    missing = principal.send("/oncall/override", "/oncall/override", 422, kind="add", slot="nonsense")

    assert "does not let them take this role" in words(page)
    assert wall(midnight(2)) in page
    assert 'href="#override-starts_at"' in missing


def test_a_nurse_changes_nobodys_schedule_and_records_nobody_elses_absence(nurse: Browser, site: TestClient) -> None:
    page = nurse.get("/oncall")

    refused = nurse.post(
        "/oncall/override",
        {
            **nurse.form("/oncall/absence", "/oncall/absence"),
            "kind": "add",
            "slot": f"{SCHOOL}|nurse|0",
            "incoming": SECOND,
            **spans(2, 3),
        },
        422,
    )
    other = nurse.send("/oncall/absence", "/oncall/absence", 422, person=SECOND, **spans(2, 3))

    form = nurse.get("/oncall/override", 422)
    assert "/oncall/override" not in page
    assert "The district crisis lead changes who is on call" in words(form)
    assert 'action="/oncall/override"' not in form + refused
    assert "The district crisis lead changes who is on call" in words(refused)
    assert "The district crisis lead changes who is on call" in words(other)


def test_who_only_keeps_the_machine_running_sees_no_schedule(site: TestClient, district: District) -> None:
    at_console(site, district, OPERATOR).get("/oncall", 404)


@pytest.fixture
def api(site: TestClient, district: District) -> Api:
    return acting(site, district.token(PRINCIPAL))


def entry(answer: Answer, role: str = "nurse") -> dict[str, object]:
    return next(each for each in answer.body if each["role"] == role)  # type: ignore[attr-defined, no-any-return]


def iso(first: int, last: int) -> dict[str, str]:
    return {"starts_at": midnight(first).isoformat(), "ends_at": midnight(last).isoformat()}


def test_the_api_says_who_and_why(api: Api) -> None:
    found = api.get(f"/oncall?school={SCHOOL}")
    later = api.get(
        f"/oncall?school={SCHOOL}&at={(on(1)).astimezone(clock.now().tzinfo).isoformat()}".replace("+", "%2B")
    )

    assert entry(found) == {
        "role": "nurse",
        "level": 0,
        "people": [NURSE],
        "layer": "rotation",
        "source": "r-nurses",
        "out": [],
        "stand_in": False,
    }
    assert entry(later)["people"] == [SECOND]


def test_the_api_changes_what_the_page_changes(api: Api, site: TestClient, district: District) -> None:
    nurse, second = acting(site, district.token(NURSE)), acting(site, district.token(SECOND))
    slot = {"school": SCHOOL, "role": "nurse", "level": 0}

    away = nurse.post("/oncall/absences", iso(2, 3))
    gaps = api.get("/oncall/gaps")
    override = api.post("/oncall/overrides", {**slot, "kind": "add", "incoming": SECOND, **iso(2, 3)})
    filled = on_call(district, on(2))
    ended = api.post(f"/oncall/overrides/{override.body['id']}/end", {})
    back = nurse.post(f"/oncall/absences/{away.body['id']}/end", {})
    swap = nurse.post("/oncall/swaps", {**slot, "to": SECOND, **iso(4, 5), "back": iso(5, 6)})
    accepted = second.post(f"/oncall/swaps/{swap.body['id']}/accept", {})

    assert [each.status for each in (away, override, ended, back, swap, accepted)] == [200] * 6
    assert entry(gaps)["schools"] == [SCHOOL]
    assert filled == [SECOND]
    assert [on_call(district, on(day)) for day in (2, 4, 5)] == [[NURSE], [SECOND], [NURSE]]


def test_a_rotation_of_any_pattern_is_added_and_ended_by_the_api(api: Api, district: District) -> None:
    body = {
        "school": SCHOOL,
        "role": "nurse",
        "level": 1,
        "people": [SECOND, NURSE],
        "zone": "America/New_York",
        "starts_on": "2026-01-05",
        "cycle_days": 7,
        "handovers": [{"day": 0, "at": "08:00"}, {"day": 4, "at": "17:00"}],
    }
    made = api.post("/oncall/rotations", body)
    found = api.get(f"/oncall?school={SCHOOL}&at=2026-10-05T12:00:00Z")
    api.post(f"/oncall/rotations/{made.body['id']}/end", {})
    after = api.get(f"/oncall?school={SCHOOL}&at=2026-10-05T12:00:00Z")

    assert [each["people"] for each in found.body if (each["role"], each["level"]) == ("nurse", 1)] == [[SECOND]]  # type: ignore[attr-defined]
    assert [each for each in after.body if (each["role"], each["level"]) == ("nurse", 1)] == []  # type: ignore[attr-defined]
    assert api.post("/oncall/rotations", {**body, "handovers": [{"at": "08:00+01:00"}]}).status == 422
    assert api.post("/oncall/rotations", {**body, "school": OTHER_SCHOOL}).status == 422


def test_another_district_sees_and_changes_nothing_f118(site: TestClient, district: District, api: Api) -> None:
    stranger = acting(site, district.token(STRANGER))
    override = api.post(
        "/oncall/overrides",
        {"school": SCHOOL, "role": "nurse", "level": 0, "kind": "add", "incoming": SECOND, **iso(2, 3)},
    )
    away = api.post("/oncall/absences", {**iso(2, 3), "person": NURSE})

    found = [
        stranger.get(f"/oncall?school={SCHOOL}"),
        stranger.get(f"/oncall/ahead?school={SCHOOL}"),
        stranger.post(f"/oncall/overrides/{override.body['id']}/end", {}),
        stranger.post(f"/oncall/absences/{away.body['id']}/end", {}),
        stranger.post("/oncall/absences", {**iso(2, 3), "person": NURSE}),
        stranger.post("/oncall/rotations/r-nurses/end", {}),
    ]

    assert [each.status for each in found] == [404] * len(found)


def feed_of(browser: Browser, site: TestClient) -> str:
    """The address as it stands on the answer, without the site."""
    page = words(browser.send("/oncall", "/oncall/feed", 200))
    [address] = [word for word in page.split() if word.endswith(".ics")]
    return address.removeprefix(SETTINGS.public_url)


def test_a_feed_shows_ones_turns_and_nothing_else(nurse: Browser, site: TestClient, district: District) -> None:
    nurse.opens(place="Room 112 with the rope")
    answer = site.get(feed_of(nurse, site))

    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert {str(each["summary"]) for each in events} == {"On call: Nurse, level 1 · School s-1"}
    assert midnight(2) in [each.start for each in events]
    assert midnight(3) not in [each.start for each in events]
    assert b"Room 112" not in answer.content
    assert b"incident" not in answer.content.lower()


def test_a_wrong_a_replaced_and_a_revoked_address_get_the_same_answer(
    nurse: Browser, site: TestClient, district: District
) -> None:
    first = feed_of(nurse, site)
    other = feed_of(nurse, site)
    standing = site.get(other).status_code
    nurse.send("/oncall", "/oncall/end-feed")

    found = [site.get(address) for address in (first, other, f"/feeds/{'x' * 43}.ics")]

    assert standing == 200
    assert {(each.status_code, each.text) for each in found} == {(404, found[0].text)}


def test_the_secret_is_stored_nowhere_and_ends_with_the_person(
    nurse: Browser, site: TestClient, district: District
) -> None:
    address = feed_of(nurse, site)
    secret = address.removeprefix("/feeds/").removesuffix(".ics")
    with district.store.read() as tx:
        stored = str(tx.exec_driver_sql("SELECT * FROM feed").all()) + str(
            tx.exec_driver_sql("SELECT * FROM audit").all()
        )
    with district.store.write() as tx:
        roster.switch_off(tx, NURSE, at=clock.now(), by=None, instead=SECOND)

    assert secret not in stored
    assert site.get(address).status_code == 404


ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
SUMMARY:Chemotherapy
DTSTART;VALUE=DATE:{first}
DTEND;VALUE=DATE:{last}
{more}END:VEVENT
END:VCALENDAR
"""


def ics(first: int, last: int, more: str = "") -> dict[str, str]:
    days = {"first": on(first).strftime("%Y%m%d"), "last": on(last).strftime("%Y%m%d")}
    return {"school": SCHOOL, "calendar": ICS.format(**days, more=more).replace("\n", "\r\n")}


def test_absences_come_in_from_a_calendar_and_replace_those_it_told_before(
    site: TestClient, district: District
) -> None:
    nurse = acting(site, district.token(NURSE))

    told = [nurse.post("/oncall/absences/calendar", ics(first, first + 1)) for first in (2, 4)]

    with district.store.read() as tx:
        found = overrides.coming_absences(tx, DISTRICT, clock.now())
        stored = str(tx.exec_driver_sql("SELECT * FROM absence").all())
    assert [each.body for each in told] == [{"absences": 1}, {"absences": 1}]
    assert [(each.starts_at, each.ends_at) for each in found] == [(midnight(4), midnight(5))]
    assert "Chemotherapy" not in stored


@pytest.mark.parametrize(
    ("calendar", "why"),
    [
        (ics(2, 3, "RRULE:FREQ=DAILY\n"), "repeats"),
        ({"school": SCHOOL, "calendar": "BEGIN:VEVENT"}, "cannot be read|no calendar"),
        ({"school": SCHOOL, "calendar": "hello"}, "cannot be read|no calendar"),
        ({"school": SCHOOL, "calendar": ICS.format(first="00010101", last="99991231", more="")}, "no calendar"),
    ],
)
def test_a_calendar_that_cannot_be_read_whole_changes_nothing(
    site: TestClient, district: District, calendar: dict[str, str], why: str
) -> None:
    nurse = acting(site, district.token(NURSE))

    answer = nurse.post("/oncall/absences/calendar", calendar)

    assert answer.status == 422
    assert any(part in answer.body["reasons"][0]["text"] for part in why.split("|"))


def test_an_absence_of_a_person_elsewhere_is_not_theirs_to_end(site: TestClient, district: District) -> None:
    at = clock.now()
    away = Away(id="a-second", person=SECOND, starts_at=on(2), ends_at=on(3), told_by=SECOND)
    with district.store.write() as tx:
        overrides.add_absence(tx, DistrictId(DISTRICT), away, at=at)

    refused = acting(site, district.token(NURSE)).post("/oncall/absences/a-second/end", {})

    assert refused.status == 422
