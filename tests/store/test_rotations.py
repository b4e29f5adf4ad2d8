"""Schedules as rows: every layer answers for a page, changes by hand count from the next look on. On both databases."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import update

from crisis.errors import NotFound, Refused
from crisis.ladders import Ladder
from crisis.schedules.rota import Answer, Handover, Override, Rotation, Slot, Stretch, Swap
from crisis.store import audit, calendars, oncall, overrides, roster, rotations
from crisis.store.engine import Store
from crisis.store.oncall import Shift
from crisis.store.overrides import Away
from crisis.store.people_tables import PERSON
from crisis.store.rotations import Gap
from crisis.vocabulary import (
    Covers,
    DistrictId,
    Layer,
    OverrideKind,
    PersonId,
    Role,
    SchoolId,
    StaffRole,
    SwapState,
    Urgency,
)

D, ELSEWHERE = DistrictId("d-1"), DistrictId("d-2")
HERE, THERE, FAR = SchoolId("s-here"), SchoolId("s-there"), SchoolId("s-far")
ANN, BEN, CAL, DEE = (PersonId(f"p-{name}") for name in ("ann", "ben", "cal", "dee"))
STRANGER, SILENT, TEACHER = (PersonId(f"p-{name}") for name in ("stranger", "silent", "teacher"))
MONDAY = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)  # 08:00 in New York, when turns change
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NURSES = Slot(school=HERE, role=Role.NURSE, level=0)
EVERYWHERE = Slot(school=None, role=Role.NURSE, level=0)


@pytest.fixture
def district(store: Store) -> Store:
    """Two schools, four nurses who can be called, and people who are not fit for it; a district elsewhere."""
    with store.write() as tx:
        for name, schools in ((D, (HERE, THERE)), (ELSEWHERE, (FAR,))):
            roster.add_district(tx, name, "Some District")
            for school in schools:
                roster.add_school(tx, name, school, school, zone="America/New_York", opens=time(8), closes=time(15))
        for number, person in enumerate((ANN, BEN, CAL, DEE, TEACHER, STRANGER, SILENT)):
            home = ELSEWHERE if person == STRANGER else D
            post = StaffRole.TEACHER if person == TEACHER else StaffRole.NURSE
            roster.add_person(tx, home, person, (person.title(), "Lee"), staff=True)
            roster.give_post(tx, home, person, post, FAR if person == STRANGER else HERE)
            if person != SILENT:
                roster.add_phone(tx, person, f"617-555-01{number:02}")
    return store


def a_rotation(*people: PersonId, covers: Covers = Covers.ALWAYS, **changes: object) -> Rotation:
    """Daily, at eight in the morning."""
    shape = {"cycle_days": 1, "handovers": (Handover(0, time(8)),), "starts_on": date(2026, 10, 5), **changes}
    return Rotation(id=f"r-{'-'.join(people)}", people=people, zone="America/New_York", covers=covers, **shape)  # type: ignore[arg-type]


def plans(store: Store, slot: Slot, *people: PersonId, covers: Covers = Covers.ALWAYS, **changes: object) -> None:
    with store.write() as tx:
        rotations.add_rotation(tx, D, slot, a_rotation(*people, covers=covers, **changes), at=MONDAY, by=ANN)


def an_override(
    kind: OverrideKind, incoming: PersonId | None, outgoing: PersonId | None = None, *, hours: tuple[int, int] = (0, 8)
) -> Override:
    span = {"starts_at": MONDAY + hours[0] * HOUR, "ends_at": MONDAY + hours[1] * HOUR}
    return Override(id=f"o-{kind}-{incoming}-{outgoing}", kind=kind, incoming=incoming, outgoing=outgoing, **span)


def changes(store: Store, override: Override, slot: Slot = NURSES, at: datetime = MONDAY) -> None:
    with store.write() as tx:
        overrides.add_override(tx, D, slot, override, at=at, by=ANN)


def is_away(store: Store, person: PersonId, *, hours: tuple[int, int] = (0, 8)) -> None:
    away = Away(
        id=f"a-{person}-{hours}",
        person=person,
        starts_at=MONDAY + hours[0] * HOUR,
        ends_at=MONDAY + hours[1] * HOUR,
        told_by=person,
    )
    with store.write() as tx:
        overrides.add_absence(tx, D, away, at=MONDAY - DAY)


def asked(store: Store, at: datetime = MONDAY, slot: Slot = NURSES) -> Answer:
    with store.read() as tx:
        return rotations.answer(tx, D, slot, at=at)


def paged(store: Store, at: datetime = MONDAY, school: SchoolId = HERE) -> list[PersonId]:
    with store.read() as tx:
        return [each.person for each in oncall.on_call(tx, D, school, Role.NURSE, 0, at=at)]


def test_a_page_finds_whose_turn_it_is_at_that_moment(district: Store) -> None:
    plans(district, NURSES, ANN, BEN, CAL)

    days = [paged(district, MONDAY + days * DAY) for days in (-1, 0, 1, 2, 3)]

    assert days == [[], [ANN], [BEN], [CAL], [ANN]]
    assert asked(district) == Answer(people=(ANN,), layer=Layer.ROTATION, source="r-p-ann-p-ben-p-cal")


def test_a_weekly_pattern_of_weekdays_and_weekends(district: Store) -> None:
    handovers = (Handover(0, time(8)), Handover(4, time(17)))
    plans(district, NURSES, ANN, BEN, cycle_days=7, handovers=handovers)

    days = [paged(district, MONDAY + days * DAY) for days in (0, 4, 5, 6, 7)]
    friday = [paged(district, MONDAY + 4 * DAY + hours * HOUR) for hours in (8, 9)]

    assert days == [[ANN], [ANN], [BEN], [BEN], [ANN]]
    assert friday == [[ANN], [BEN]]


def test_a_shift_takes_the_place_of_the_rotation_and_a_schools_plan_that_of_the_districts(district: Store) -> None:
    plans(district, EVERYWHERE, CAL)
    plans(district, NURSES, ANN)
    shift = Shift(
        id="s",
        district=D,
        school=HERE,
        role=Role.NURSE,
        level=0,
        person=BEN,
        starts_at=MONDAY + HOUR,
        ends_at=MONDAY + 2 * HOUR,
    )
    with district.write() as tx:
        oncall.add_shifts(tx, [shift])

    assert [paged(district), paged(district, MONDAY + HOUR), paged(district, school=THERE)] == [[ANN], [BEN], [CAL]]
    assert asked(district, MONDAY + HOUR) == Answer(people=(BEN,), layer=Layer.SHIFT, source="s")


def by_hours(store: Store) -> None:
    plans(store, NURSES, ANN, covers=Covers.SCHOOL_HOURS)
    plans(store, NURSES, BEN, covers=Covers.OUT_OF_HOURS)


@pytest.mark.parametrize(
    ("change", "hours", "expected"),
    [
        (None, 1, (ANN, Layer.BELL_SCHEDULE)),
        (None, 8, (BEN, Layer.BELL_SCHEDULE)),
        (lambda tx: calendars.set_holidays(tx, D, [date(2026, 10, 5)]), 1, (BEN, Layer.DISTRICT_HOLIDAY)),
        (lambda tx: calendars.close_school(tx, HERE, [date(2026, 10, 5)]), 1, (BEN, Layer.SCHOOL_CALENDAR)),
        (lambda tx: calendars.announce_closure(tx, HERE, date(2026, 10, 5)), 1, (BEN, Layer.CLOSURE)),
        (lambda tx: calendars.announce_closure(tx, HERE, date(2026, 10, 5), time(10)), 1, (ANN, Layer.BELL_SCHEDULE)),
        (lambda tx: calendars.announce_closure(tx, HERE, date(2026, 10, 5), time(10)), 2, (BEN, Layer.CLOSURE)),
        (lambda tx: calendars.make_up(tx, HERE, date(2026, 10, 10)), 24 * 5 + 1, (ANN, Layer.BELL_SCHEDULE)),
        (None, 24 * 5 + 1, (BEN, Layer.SCHOOL_CALENDAR)),
    ],
)
def test_each_layer_of_the_calendars_decides_and_is_named(
    district: Store, change: Callable[..., None] | None, hours: int, expected: tuple[PersonId, Layer]
) -> None:
    by_hours(district)
    with district.write() as tx:
        if change is not None:
            change(tx)

    found = asked(district, MONDAY + hours * HOUR)

    assert (found.people, found.layer) == ((expected[0],), expected[1])


def test_a_make_up_day_outdoes_a_holiday_and_a_closure_outdoes_both(district: Store) -> None:
    by_hours(district)
    day = date(2026, 10, 5)
    found = []
    with district.write() as tx:
        for change in (
            lambda: calendars.set_holidays(tx, D, [day]),
            lambda: calendars.make_up(tx, HERE, day),
            lambda: calendars.announce_closure(tx, HERE, day),
            lambda: calendars.take_back_closure(tx, HERE, day),
        ):
            change()
            found.append(rotations.answer(tx, D, NURSES, at=MONDAY + HOUR).layer)

    assert found == [Layer.DISTRICT_HOLIDAY, Layer.BELL_SCHEDULE, Layer.CLOSURE, Layer.BELL_SCHEDULE]


def test_deadlines_count_by_the_same_calendar(district: Store) -> None:
    with district.write() as tx:
        calendars.set_holidays(tx, D, [date(2026, 10, 5), date(2026, 10, 6)])
        calendars.make_up(tx, HERE, date(2026, 10, 6))
        calendars.announce_closure(tx, HERE, date(2026, 10, 7))
        calendars.announce_closure(tx, HERE, date(2026, 10, 8), time(10))
        found = calendars.calendar(tx, HERE)

    assert found.days_off == {date(2026, 10, 5), date(2026, 10, 7)}
    assert found.early_close == {date(2026, 10, 8): time(10)}
    assert found.make_up_days == {date(2026, 10, 6)}


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        (an_override(OverrideKind.ADD, CAL), (ANN, CAL)),
        (an_override(OverrideKind.REMOVE, None, ANN), ()),
        (an_override(OverrideKind.REPLACE, CAL, ANN), (CAL,)),
        (an_override(OverrideKind.REPLACE, CAL), (CAL,)),
    ],
)
def test_an_override_counts_while_it_lasts_and_is_named(
    district: Store, override: Override, expected: tuple[PersonId, ...]
) -> None:
    plans(district, NURSES, ANN, BEN)
    changes(district, override)

    assert asked(district) == Answer(people=expected, layer=Layer.OVERRIDE, source=override.id)
    assert asked(district, MONDAY + 8 * HOUR).people == (ANN,)


def test_an_override_for_somebody_who_has_no_turn_then_changes_nothing(district: Store) -> None:
    plans(district, NURSES, ANN, BEN)
    changes(district, an_override(OverrideKind.REPLACE, CAL, BEN))

    assert asked(district).layer is Layer.ROTATION


def test_nobody_slides_up_for_an_absent_person_and_an_override_fills_the_gap(district: Store) -> None:
    plans(district, NURSES, ANN, BEN)
    is_away(district, ANN)

    gap = asked(district)
    changes(district, an_override(OverrideKind.REPLACE, CAL, ANN))

    assert gap == Answer(layer=Layer.ROTATION, source="r-p-ann-p-ben", out=(ANN,))
    assert gap.is_gap
    assert paged(district) == [CAL]


def test_the_districts_schedule_stands_in_for_an_absent_person_and_it_still_counts_as_a_gap(district: Store) -> None:
    plans(district, EVERYWHERE, CAL)
    plans(district, NURSES, ANN)
    is_away(district, ANN)

    found = asked(district)

    assert found == Answer(people=(CAL,), layer=Layer.ROTATION, source="r-p-cal", out=(ANN,), stand_in=True)
    assert found.is_gap


def test_who_is_switched_off_is_out_of_every_layer_at_once_f56(district: Store) -> None:
    plans(district, NURSES, ANN)
    with district.write() as tx:
        tx.execute(update(PERSON).where(PERSON.c.id == ANN).values(active=False))  # as an import does

    assert asked(district) == Answer(layer=Layer.ROTATION, source="r-p-ann", out=(ANN,))


@pytest.mark.parametrize(
    ("override", "why"),
    [
        (an_override(OverrideKind.ADD, SILENT), "no telephone number"),
        (an_override(OverrideKind.ADD, TEACHER), "does not let them take this role"),
        (an_override(OverrideKind.ADD, STRANGER), "no such member of staff"),
        (an_override(OverrideKind.ADD, BEN), "away for a part of that time"),
        (an_override(OverrideKind.ADD, None), "Say who comes in"),
        (an_override(OverrideKind.ADD, CAL, hours=(8, 0)), "The end comes after the beginning"),
        (an_override(OverrideKind.ADD, CAL, hours=(-8, 0)), "over already"),
    ],
)
def test_an_override_that_would_leave_a_page_unheard_is_refused_f57(
    district: Store, override: Override, why: str
) -> None:
    plans(district, NURSES, ANN)
    is_away(district, BEN)

    with pytest.raises(Refused, match=why):
        changes(district, override)


@pytest.mark.parametrize(
    ("rotation", "why"),
    [
        (a_rotation(), "at least one person"),
        (a_rotation(ANN, SILENT), "no telephone number"),
        (a_rotation(ANN, STRANGER), "no such member of staff"),
        (a_rotation(ANN, cycle_days=0), "1 to 366 days"),
        (a_rotation(ANN, handovers=()), "at least one time"),
        (a_rotation(ANN, handovers=(Handover(1, time(8)),)), "on a day of the cycle"),
        (a_rotation(ANN, handovers=(Handover(0, time(9)), Handover(0, time(8)))), "in order"),
        (a_rotation(ANN, ends_on=date(2026, 10, 5)), "ends after it begins"),
    ],
)
def test_a_rotation_that_cannot_be_is_refused(district: Store, rotation: Rotation, why: str) -> None:
    with pytest.raises(Refused, match=why), district.write() as tx:
        rotations.add_rotation(tx, D, NURSES, rotation, at=MONDAY, by=ANN)


def test_another_districts_school_is_not_found_f118(district: Store) -> None:
    far = Slot(school=FAR, role=Role.NURSE, level=0)

    with pytest.raises(NotFound), district.write() as tx:
        rotations.add_rotation(tx, D, far, a_rotation(ANN), at=MONDAY, by=ANN)
    with pytest.raises(NotFound):
        changes(district, an_override(OverrideKind.ADD, CAL), far)


def test_a_dropped_rotation_counts_no_more_and_another_district_cannot_drop_it(district: Store) -> None:
    plans(district, NURSES, ANN)

    with pytest.raises(NotFound), district.write() as tx:
        rotations.drop_rotation(tx, ELSEWHERE, "r-p-ann", at=MONDAY, by=STRANGER)
    with district.write() as tx:
        rotations.drop_rotation(tx, D, "r-p-ann", at=MONDAY, by=ANN)

    assert paged(district) == []


def a_swap(*, back: tuple[datetime, datetime] | None = None, giver: PersonId = ANN) -> Swap:
    return Swap(
        id="sw",
        slot=NURSES,
        giver=giver,
        taker=BEN,
        starts_at=MONDAY,
        ends_at=MONDAY + DAY,
        back=back,
        state=SwapState.OFFERED,
    )


def offers(store: Store, swap: Swap) -> None:
    with store.write() as tx:
        overrides.offer_swap(tx, D, swap, at=MONDAY - DAY)


def answers(store: Store, to: SwapState, by: PersonId, at: datetime = MONDAY - DAY) -> None:
    with store.write() as tx:
        overrides.answer_swap(tx, D, "sw", to, at=at, by=by)


def test_a_swap_changes_nothing_before_it_is_accepted_and_then_both_turns(district: Store) -> None:
    plans(district, NURSES, ANN, BEN)
    offers(district, a_swap(back=(MONDAY + DAY, MONDAY + 2 * DAY)))
    before = [paged(district, MONDAY + days * DAY) for days in range(3)]

    answers(district, SwapState.ACCEPTED, BEN)

    after = [paged(district, MONDAY + days * DAY) for days in range(3)]
    assert (before, after) == ([[ANN], [BEN], [ANN]], [[BEN], [ANN], [ANN]])
    assert asked(district).layer is Layer.OVERRIDE


@pytest.mark.parametrize(("to", "by"), [(SwapState.REFUSED, BEN), (SwapState.WITHDRAWN, ANN)])
def test_a_refused_or_withdrawn_swap_changes_nothing_and_is_over(district: Store, to: SwapState, by: PersonId) -> None:
    plans(district, NURSES, ANN, BEN)
    offers(district, a_swap())

    answers(district, to, by)

    assert paged(district) == [ANN]
    with pytest.raises(Refused, match="answered or withdrawn already"):
        answers(district, SwapState.ACCEPTED, BEN)


@pytest.mark.parametrize(
    ("to", "by"), [(SwapState.ACCEPTED, ANN), (SwapState.REFUSED, ANN), (SwapState.WITHDRAWN, BEN)]
)
def test_a_swap_is_answered_by_the_one_who_was_asked_alone(district: Store, to: SwapState, by: PersonId) -> None:
    plans(district, NURSES, ANN, BEN)
    offers(district, a_swap())

    with pytest.raises(Refused, match="Only the person who was asked"):
        answers(district, to, by)
    with pytest.raises(NotFound):
        answers(district, to, CAL)


def test_only_ones_own_turn_can_be_offered(district: Store) -> None:
    plans(district, NURSES, ANN, BEN)

    with pytest.raises(Refused, match="not, or no longer"):
        offers(district, a_swap(giver=CAL))
    with pytest.raises(Refused, match="not, or no longer"):
        offers(district, a_swap(back=(MONDAY, MONDAY + DAY)))


def test_a_swap_is_looked_at_again_when_it_is_accepted(district: Store) -> None:
    plans(district, NURSES, ANN, BEN)
    offers(district, a_swap())
    changes(district, an_override(OverrideKind.REPLACE, CAL, ANN))

    with pytest.raises(Refused, match="no longer"):
        answers(district, SwapState.ACCEPTED, BEN)

    assert paged(district) == [CAL]


def test_who_is_away_is_not_offered_a_turn(district: Store) -> None:
    plans(district, NURSES, ANN, BEN)
    is_away(district, BEN)

    with pytest.raises(Refused, match="away for a part"):
        offers(district, a_swap())


def test_an_override_or_absence_that_has_begun_is_ended_not_deleted(district: Store) -> None:
    plans(district, NURSES, ANN)
    changes(district, an_override(OverrideKind.REPLACE, CAL, ANN))
    is_away(district, BEN)
    later = MONDAY + 2 * HOUR
    with district.write() as tx:
        overrides.drop_override(tx, D, an_override(OverrideKind.REPLACE, CAL, ANN).id, at=later, by=ANN)
        overrides.drop_absence(tx, D, f"a-{BEN}-(0, 8)", at=later, by=BEN)

    assert [paged(district, at) for at in (MONDAY + HOUR, later)] == [[CAL], [ANN]]
    with district.read() as tx:
        assert [each.ends_at for each in rotations.absences(tx, D, MONDAY, MONDAY + DAY)] == [later]


def test_gaps_of_the_coming_fourteen_days_name_schools_role_level_and_time_f55(district: Store) -> None:
    ladder = Ladder(answer_within=(2 * timedelta(minutes=1),) * 2, repeat_alarm=timedelta(minutes=2))
    with district.write() as tx:
        calendars.set_ladder(tx, D, Role.NURSE, Urgency.U1, ladder)
        rotations.add_rotation(tx, D, EVERYWHERE, a_rotation(CAL), at=MONDAY, by=ANN)
    plans(district, Slot(school=HERE, role=Role.NURSE, level=1), ANN)
    plans(district, Slot(school=THERE, role=Role.NURSE, level=1), BEN)
    is_away(district, BEN, hours=(24, 30))

    with district.read() as tx:
        found = [each for each in rotations.gaps_ahead(tx, D, MONDAY) if each.role is Role.NURSE]
        unplanned = {(each.role, each.level, each.schools) for each in rotations.gaps_ahead(tx, D, MONDAY)}

    away = Answer(layer=Layer.ROTATION, source="r-p-ben", out=(BEN,))
    stretch = Stretch(starts_at=MONDAY + DAY, ends_at=MONDAY + DAY + 6 * HOUR, answer=away)
    assert found == [Gap(schools=(THERE,), role=Role.NURSE, level=1, stretch=stretch)]
    assert {each for each in unplanned if each[0] is not Role.NURSE} == {
        (Role.ONCALL_CLINICIAN, 0, (HERE, THERE)),
        (Role.DISTRICT_ONCALL, 0, (HERE, THERE)),
    }


def test_every_change_is_on_record_without_a_name(district: Store) -> None:
    plans(district, NURSES, ANN, BEN)
    offers(district, a_swap())
    answers(district, SwapState.ACCEPTED, BEN)
    is_away(district, CAL)
    changes(district, an_override(OverrideKind.ADD, DEE))

    with district.read() as tx:
        assert audit.verify(tx).ok
        said = tx.exec_driver_sql("SELECT action, detail FROM audit ORDER BY number").all()
    assert [row.action for row in said if row.action != "put on the rota, not ready"][-5:] == [
        "rotation added",
        "swap offered",
        "swap accepted",
        "absence added",
        "override added",
    ]
    assert not any("Lee" in row.detail for row in said)
