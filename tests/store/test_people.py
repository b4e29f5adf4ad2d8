"""What the rules and the pages learn of people, schools and shifts; and the sample district. On both databases."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from crisis.commands import Actor, ActorKind
from crisis.errors import NotFound, Refused
from crisis.ladders import LADDERS, Asks, Cadence, Ladder
from crisis.statemachine.ground import Ground, SchoolCalendar
from crisis.store import accounts, calendars, oncall, people, roster, sample, sessions
from crisis.store.engine import Store
from crisis.store.methods import Dialled
from crisis.store.oncall import OnCall, Shift
from crisis.store.people import ROLES_OF_POST
from crisis.store.phones import PhoneNumber, for_people, phone_number
from crisis.store.sample import DISTRICT, SignIn, person_id, student_id
from crisis.store.sample_people import FAMILIES, HIGH, STAFF
from crisis.vocabulary import (
    DistrictId,
    Guardian,
    PersonId,
    PhoneKind,
    Relation,
    Role,
    SchoolId,
    StaffRole,
    StudentId,
    Urgency,
)
from tests.cheap import HASHING

AT = datetime(2026, 9, 21, 15, 0, tzinfo=UTC)
HERE, THERE = SchoolId("s-here"), SchoolId("s-there")
ELSEWHERE = DistrictId("d-2")
ANN, BEN = PersonId("p-ann"), PersonId("p-ben")
PAT = StudentId("st-pat")


@pytest.fixture
def district(store: Store) -> Store:
    """Two schools, two adults, one student; and a district that must never be seen from here."""
    with store.write() as tx:
        for name in (DistrictId("d-1"), ELSEWHERE):
            roster.add_district(tx, name, "Some District")
        for school in (HERE, THERE):
            roster.add_school(
                tx, DistrictId("d-1"), school, school, zone="America/New_York", opens=time(8), closes=time(15)
            )
        for person, name in ((ANN, "Ann"), (BEN, "Ben")):
            roster.add_person(tx, DistrictId("d-1"), person, (name, "Lee"), staff=True)
        roster.add_student(tx, (DistrictId("d-1"), HERE), PAT, ("José", "Núñez-O'Hara"), goes_by="Pat", grade="09")
    return store


def test_a_number_is_kept_as_written_and_dialled_in_the_worlds_form() -> None:
    read = [phone_number(raw) for raw in ("(617) 555-0123", "999 999 9999", "call mom", "617-555-0123 ext 4")]

    assert read == [
        PhoneNumber(raw="(617) 555-0123", number="+16175550123", valid=True),
        PhoneNumber(raw="999 999 9999", number=None, valid=False),
        PhoneNumber(raw="call mom", number=None, valid=False),
        PhoneNumber(raw="617-555-0123 ext 4", number=None, valid=False),
    ]


def test_a_number_is_shown_as_people_here_write_it() -> None:
    assert [for_people(number) for number in ("+16175550123", "call mom")] == ["(617) 555-0123", "call mom"]


def test_posts_decide_what_an_actor_may_do(district: Store) -> None:
    with district.write() as tx:
        roster.give_post(tx, DistrictId("d-1"), ANN, StaffRole.COUNSELOR, HERE)
        roster.give_post(tx, DistrictId("d-1"), ANN, StaffRole.TEACHER, THERE)
        roster.give_post(tx, DistrictId("d-1"), ANN, StaffRole.TEACHER, THERE)

    with district.read() as tx:
        actor = people.actor(tx, ANN)
    assert actor == Actor(
        kind=ActorKind.PERSON,
        id=ANN,
        district=DistrictId("d-1"),
        schools=frozenset({HERE, THERE}),
        posts=frozenset({StaffRole.COUNSELOR, StaffRole.TEACHER}),
        roles=ROLES_OF_POST[StaffRole.COUNSELOR],
        at_schools=frozenset({(StaffRole.COUNSELOR, HERE), (StaffRole.TEACHER, THERE)}),
    )
    assert (actor.posts_at(HERE), actor.posts_at(THERE)) == ({StaffRole.COUNSELOR}, {StaffRole.TEACHER})


def test_a_post_of_the_district_has_no_school(district: Store) -> None:
    with district.write() as tx:
        roster.give_post(tx, DistrictId("d-1"), ANN, StaffRole.DISTRICT_LEAD)
        actor = people.actor(tx, ANN)
        roster.take_post(tx, ANN, StaffRole.DISTRICT_LEAD)
        after = people.actor(tx, ANN)

    assert (actor.schools, Role.DISTRICT_ONCALL in actor.roles) == (frozenset(), True)
    assert after.roles == frozenset()


def test_every_post_has_its_roles_and_every_role_but_the_police_has_a_post() -> None:
    held = frozenset[Role]().union(*ROLES_OF_POST.values())

    assert ROLES_OF_POST.keys() == set(StaffRole)
    assert set(Role) - held == {Role.SRO}


@pytest.mark.parametrize("query", ["pat", "NUNEZ", "josé", "jose ohara'", "o'h jos"])
def test_a_student_is_found_by_any_part_of_any_name_without_accents(district: Store, query: str) -> None:
    with district.read() as tx:
        found = people.students(tx, HERE, query)

    assert [each.id for each in found] == ([] if query == "jose ohara'" else [PAT])


@pytest.mark.parametrize("query", ["", "  ", "%", "_", "zzz"])
def test_a_query_that_says_nothing_finds_nobody(district: Store, query: str) -> None:
    with district.read() as tx:
        assert people.students(tx, HERE, query) == []


def test_students_of_another_school_are_not_found(district: Store) -> None:
    with district.read() as tx:
        assert people.students(tx, THERE, "pat") == []


def test_an_unknown_guardian_is_not_a_guardian_and_comes_after_one(district: Store) -> None:
    with district.write() as tx:
        roster.tie(tx, PAT, ANN, Relation.PARENT, guardian=Guardian.UNKNOWN, priority=1)
        roster.tie(tx, PAT, BEN, Relation.GRANDPARENT, guardian=Guardian.YES, priority=2)

    with district.read() as tx:
        contacts = people.contacts_of(tx, PAT)
    assert [(each.person, each.guardian) for each in contacts] == [(BEN, True), (ANN, None)]


def test_a_number_that_can_be_dialled_comes_first_and_a_mobile_before_all(district: Store) -> None:
    with district.write() as tx:
        roster.tie(tx, PAT, ANN, Relation.PARENT, guardian=Guardian.YES)
        added = [
            roster.add_phone(tx, ANN, "mother's cell", PhoneKind.MOBILE),
            roster.add_phone(tx, ANN, "508-555-0101", PhoneKind.WORK),
            roster.add_phone(tx, ANN, "508-555-0102", PhoneKind.MOBILE),
            roster.add_phone(tx, ANN, "(508) 555 0102", PhoneKind.HOME),
        ]
        [contact] = people.contacts_of(tx, PAT)

    assert added == [False, True, True, True]
    assert contact.phones == ("+15085550102", "+15085550101", "mother's cell")
    assert contact.doubtful_phones == ("mother's cell",)


def test_what_is_not_there_is_not_found(district: Store) -> None:
    with district.read() as tx:
        for asked in (
            lambda: people.student(tx, StudentId("nobody")),
            lambda: people.school(tx, SchoolId("nowhere")),
            lambda: people.actor(tx, PersonId("nobody")),
            lambda: people.ground(tx, SchoolId("nowhere")),
        ):
            with pytest.raises(NotFound):
                asked()
        assert people.names(tx, [ANN, PersonId("nobody")]) == {ANN: "Ann Lee"}
        assert people.schools(tx, ELSEWHERE) == []


def test_the_ground_follows_every_change_of_calendar_and_ladder(district: Store) -> None:
    snow = date(2027, 1, 12)
    minute = timedelta(minutes=1)
    ladder = Ladder(answer_within=(2 * minute, 3 * minute), repeat_alarm=minute)
    with district.write() as tx:
        before = people.ground(tx, HERE)
        calendars.set_hours(tx, HERE, zone="America/Chicago", opens=time(8, 30), closes=time(15, 10), weekdays=[0, 2])
        calendars.close_school(tx, HERE, [snow, date(2027, 1, 13)])
        calendars.close_school(tx, HERE, [snow])
        calendars.open_school(tx, HERE, date(2027, 1, 13))
        calendars.close_early(tx, HERE, {date(2026, 11, 25): time(12)})
        calendars.close_early(tx, HERE, {date(2026, 11, 25): time(11, 30)})
        calendars.set_terms(tx, HERE, [("Year", date(2026, 9, 1), date(2027, 6, 20))])
        calendars.set_ladder(tx, DistrictId("d-1"), Role.NURSE, Urgency.U1, LADDERS[Urgency.U1])
        calendars.set_ladder(tx, DistrictId("d-1"), Role.NURSE, Urgency.U1, ladder)
        after = people.ground(tx, HERE)

    assert before == Ground(calendar=SchoolCalendar(zone="America/New_York", opens=time(8), closes=time(15)))
    assert after == Ground(
        calendar=SchoolCalendar(
            zone="America/Chicago",
            opens=time(8, 30),
            closes=time(15, 10),
            weekdays=frozenset({0, 2}),
            days_off=frozenset({snow}),
            early_close={date(2026, 11, 25): time(11, 30)},
            terms=((date(2026, 9, 1), date(2027, 6, 20)),),
        ),
        ladders={(Role.NURSE, Urgency.U1): ladder},
    )


def a_ladder(**changes: Any) -> Ladder:
    """Of one level that lasts a minute."""
    usual = {"texts": (timedelta(0),), "calls": (timedelta(0), timedelta(seconds=30))}
    cadence = Cadence(**{**usual, **changes})
    return Ladder(answer_within=(timedelta(minutes=1),), repeat_alarm=timedelta(minutes=1), cadence=cadence)


def test_hours_that_cannot_be_are_refused(district: Store) -> None:
    with district.write() as tx:
        with pytest.raises(Refused):
            calendars.set_hours(tx, HERE, zone="America/New_York", opens=time(15), closes=time(8))
        with pytest.raises(Refused):
            calendars.set_hours(tx, HERE, zone="Mars/Olympus", opens=time(8), closes=time(15))


MINUTE, NOW = timedelta(minutes=1), timedelta(0)


@pytest.mark.parametrize(
    ("ladder", "why"),
    [
        (Ladder(answer_within=(), repeat_alarm=MINUTE), "at least one level"),
        (Ladder(answer_within=(NOW,), repeat_alarm=MINUTE), "at least a second"),
        (Ladder(answer_within=(61 * MINUTE,), repeat_alarm=MINUTE), "over an hour"),
        (Ladder(answer_within=(MINUTE,), repeat_alarm=MINUTE, asks=(Asks.ROTA, Asks.POOL)), "once for each level"),
        (a_ladder(texts=(MINUTE,)), "before the time of its level"),
        (a_ladder(texts=()), "both texted and called"),
        (a_ladder(calls=(MINUTE / 2, NOW)), "in order"),
        (a_ladder(most_calls=7), "at most six times"),
        (a_ladder(ring_again=MINUTE / 6), "half a minute"),
    ],
)
def test_a_ladder_that_cannot_work_is_refused(district: Store, ladder: Ladder, why: str) -> None:
    """`paging.md` 6.5: every step earlier than its level's time-out, at most six calls."""
    with district.write() as tx, pytest.raises(Refused, match=why):
        calendars.set_ladder(tx, DistrictId("d-1"), Role.NURSE, Urgency.U1, ladder)


def test_a_ladder_with_a_cadence_of_its_own_comes_back_as_it_was(district: Store) -> None:
    ladder = replace(a_ladder(), asks=(Asks.SUPERVISORS,))
    with district.write() as tx:
        calendars.set_ladder(tx, DistrictId("d-1"), Role.NURSE, Urgency.U1, ladder)
        assert calendars.ladders(tx, DistrictId("d-1")) == {(Role.NURSE, Urgency.U1): ladder}


def a_shift(person: PersonId, school: SchoolId | None = None, *, hours: tuple[int, int] = (0, 8)) -> Shift:
    return Shift(
        id=f"{person}-{school}-{hours}",
        district=DistrictId("d-1"),
        school=school,
        role=Role.NURSE,
        level=0,
        person=person,
        starts_at=AT + timedelta(hours=hours[0]),
        ends_at=AT + timedelta(hours=hours[1]),
    )


def asked(store: Store, at: datetime = AT, school: SchoolId = HERE, level: int = 0) -> list[PersonId]:
    with store.read() as tx:
        return [each.person for each in oncall.on_call(tx, DistrictId("d-1"), school, Role.NURSE, level, at=at)]


def test_a_shift_begins_on_its_minute_and_is_over_on_its_last(district: Store) -> None:
    with district.write() as tx:
        oncall.add_shifts(tx, [a_shift(ANN), a_shift(BEN, hours=(8, 16))])

    hours = [asked(district, AT + timedelta(hours=hour)) for hour in (-1, 0, 7, 8, 16)]

    assert hours == [[], [ANN], [ANN], [BEN], []]
    assert asked(district, level=1) == []


def test_a_schools_own_shift_takes_the_place_of_the_districts(district: Store) -> None:
    with district.write() as tx:
        oncall.add_shifts(tx, [a_shift(ANN), a_shift(BEN, HERE)])

    assert (asked(district), asked(district, school=THERE)) == ([BEN], [ANN])


def test_who_is_switched_off_is_skipped_at_once(district: Store) -> None:
    with district.write() as tx:
        oncall.add_shifts(tx, [a_shift(ANN, HERE), a_shift(BEN)])
        roster.switch_off(tx, ANN, at=AT, by=None)

    assert asked(district) == [BEN]  # F56


def test_only_numbers_that_can_be_dialled_are_paged(district: Store) -> None:
    with district.write() as tx:
        oncall.add_shifts(tx, [a_shift(ANN)])
        roster.add_phone(tx, ANN, "front desk")
        roster.add_phone(tx, ANN, "617-555-0101")
        found = oncall.on_call(tx, DistrictId("d-1"), HERE, Role.NURSE, 0, at=AT)

    assert found == [OnCall(person=ANN, numbers=(Dialled(number="+16175550101", texts=True, calls=True),))]


def test_a_shift_is_listed_and_dropped_by_its_own_district_only(district: Store) -> None:
    with district.write() as tx:
        oncall.add_shifts(tx, [a_shift(ANN)])
        [listed] = oncall.shifts(tx, DistrictId("d-1"), since=AT, until=AT + timedelta(hours=1))
        dropped = [oncall.drop_shift(tx, name, listed.id) for name in (ELSEWHERE, DistrictId("d-1"))]

    assert (listed, dropped) == (a_shift(ANN), [False, True])


def test_a_shift_that_ends_before_it_begins_is_refused(district: Store) -> None:
    with pytest.raises(Refused), district.write() as tx:
        oncall.add_shifts(tx, [a_shift(ANN, hours=(8, 0))])


@pytest.fixture
def larkfield(store: Store) -> tuple[Store, list[SignIn]]:
    with store.write() as tx:
        return store, sample.seed(tx, AT, hashing=HASHING)


def test_the_sample_district_has_forty_students_and_every_post_at_every_school(
    larkfield: tuple[Store, list[SignIn]],
) -> None:
    store, _ = larkfield

    with store.read() as tx:
        schools = people.schools(tx, DISTRICT)
        staff = people.staff(tx, DISTRICT)
    assert sum(len(family.children) for family in FAMILIES) == 40
    assert len(schools) == 3
    assert len(staff) == len(STAFF)
    for school in schools:
        posts = Counter(post for each in staff if school.id in each.schools for post in each.posts)
        assert posts == {
            **dict.fromkeys((StaffRole.COUNSELOR, StaffRole.TEACHER), 2),
            **dict.fromkeys((StaffRole.NURSE, StaffRole.PSYCHOLOGIST, StaffRole.SOCIAL_WORKER), 1),
            **dict.fromkeys((StaffRole.PRINCIPAL, StaffRole.ASSISTANT_PRINCIPAL), 1),
        }


def test_every_number_of_the_sample_district_is_one_that_nobody_has(larkfield: tuple[Store, list[SignIn]]) -> None:
    store, _ = larkfield

    with store.read() as tx:
        staff = [phone for each in people.staff(tx, DISTRICT) for phone in each.phones]
        adults = [person_id(adult.given, adult.family) for family in FAMILIES for adult in family.adults]
        families = [phone for phones in people.dialled(tx, adults).values() for phone in phones]
    assert len(staff) == len(set(staff)) == len(STAFF)
    assert all(number[5:10] == "55501" and len(number) == 12 for number in staff + families)


def test_the_sample_district_is_on_call_at_every_hour_of_the_coming_400_days(
    larkfield: tuple[Store, list[SignIn]],
) -> None:
    store, _ = larkfield
    paged = set(Role) - {Role.SRO, Role.REPORTER}
    days = (0, 1, 30, 55.99, 56, 200, 399.9)

    with store.read() as tx:
        roles = {each.id: each.roles for each in people.staff(tx, DISTRICT)}
        for day in days:
            at = AT + timedelta(days=day)
            for school in sample.SCHOOLS:
                for role in paged:
                    levels = [oncall.on_call(tx, DISTRICT, school, role, level, at=at) for level in range(3)]

                    assert [len(level) for level in levels] == [1, 1, 1], (day, school, role)
                    assert all(role in roles[one.person] and one.phones for level in levels for one in level)
                    assert levels[0] != levels[1]


def test_the_sample_district_can_be_signed_in_to_and_stores_no_passphrase(
    larkfield: tuple[Store, list[SignIn]],
) -> None:
    store, signs = larkfield

    tokens = [accounts.sign_in(store, each.username, each.passphrase, AT, hashing=HASHING) for each in signs]

    assert [each.post for each in signs] == [
        StaffRole.COUNSELOR,
        StaffRole.CLINICIAN,
        StaffRole.PRINCIPAL,
        StaffRole.DISTRICT_LEAD,
    ]
    with store.write() as tx:
        people_signed_in = [sessions.holder(tx, token or "", AT) for token in tokens]
        named = people.names(tx, [person for person in people_signed_in if person is not None])
    assert sorted(named.values()) == sorted(each.name for each in signs)


def test_the_ladders_of_the_sample_district_are_shorter_when_quick(store: Store) -> None:
    with store.write() as tx:
        sample.seed(tx, AT, quick=True, hashing=HASHING)
        quick = people.ground(tx, SchoolId(HIGH)).ladder(Role.ONCALL_CLINICIAN, Urgency.U1)
        calendar = people.ground(tx, SchoolId(HIGH)).calendar

    assert quick.answer_within == (timedelta(seconds=20),) * 4
    assert quick.asks == LADDERS[Urgency.U1].asks
    assert quick.cadence is not None
    assert quick.cadence.all_calls()[1] == timedelta(seconds=10)
    assert date(2026, 11, 26) in calendar.days_off
    assert calendar.terms == ((date(2026, 9, 1), date(2027, 1, 22)), (date(2027, 1, 25), date(2027, 6, 21)))


def test_the_families_of_the_sample_district_are_as_varied_as_families_are(
    larkfield: tuple[Store, list[SignIn]],
) -> None:
    store, _ = larkfield

    with store.read() as tx:
        kin = people.contacts_of(tx, student_id("Widline", "Pierre"))
        alone = people.contacts_of(tx, student_id("Farid", "Nazari"))
        silent = people.contacts_of(tx, student_id("Logan", "Marsh"))
        shared = people.contacts_of(tx, student_id("Diego", "Guerrero"))
        foster = people.contacts_of(tx, student_id("Jayden", "Moss"))
    assert [(each.relation, each.guardian) for each in kin] == [(Relation.RELATIVE, None), (Relation.PARENT, None)]
    assert alone == []
    assert [(each.phones, each.language) for each in silent] == [((), None)]
    assert shared[0].phones == shared[1].phones
    assert [(each.relation, each.guardian) for each in foster] == [
        (Relation.CASEWORKER, True),
        (Relation.FOSTER_PARENT, False),
        (Relation.PARENT, False),
    ]
