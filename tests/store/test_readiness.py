"""Methods, test pages, turns that are asked about, who is ready, and who may leave. On both databases."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import update

from crisis.errors import NotFound, Refused
from crisis.ladders import Ladder
from crisis.readiness_words import Lack, Proof
from crisis.schedules.rota import Handover, Rotation, Slot
from crisis.store import (
    accounts,
    asked_turns,
    audit,
    calendars,
    ending,
    errands,
    methods,
    oncall,
    overrides,
    pins,
    plan_watch,
    proving,
    readiness,
    roster,
    rotations,
    standing,
)
from crisis.store.engine import Store
from crisis.store.errands import Subject
from crisis.store.oncall import Shift
from crisis.store.overrides import Away
from crisis.store.people_tables import PERSON
from crisis.store.readiness import Report
from crisis.vocabulary import Channel, DistrictId, PersonId, Role, SchoolId, StaffRole, Urgency

D1, HERE = DistrictId("d-1"), SchoolId("s-1")
ANN, BEN, CAL, LEAD = (PersonId(f"p-{name}") for name in ("ann", "ben", "cal", "lead"))
NUMBERS = {ANN: "+16175550101", BEN: "+16175550102", LEAD: "+16175550103", CAL: "+16175550104"}
AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)  # a Tuesday, 10:00 in New York
CLINICIANS = Slot(school=None, role=Role.ONCALL_CLINICIAN, level=0)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def district(store: Store) -> Store:
    """Three clinicians and the district lead, nobody on the rota yet."""
    with store.write() as tx:
        roster.add_district(tx, D1, "Somewhere")
        roster.add_school(tx, D1, HERE, "School", zone="America/New_York", opens=time(8), closes=time(15))
        for person, number in NUMBERS.items():
            post = StaffRole.DISTRICT_LEAD if person == LEAD else StaffRole.CLINICIAN
            roster.add_person(tx, D1, person, ("Given", "Family"), staff=True)
            roster.give_post(tx, D1, person, post)
            roster.add_phone(tx, person, number)
    return store


def takes_turns(
    store: Store, *people: PersonId, slot: Slot = CLINICIANS, at: time = time(8), since: date | None = None
) -> None:
    rotation = Rotation(
        id=f"r-{'-'.join(people)}-{slot.role}-{slot.level}",
        people=people,
        zone="America/New_York",
        starts_on=since or date(2026, 10, 5),
        cycle_days=7,
        handovers=(Handover(0, at),),
    )
    with store.write() as tx:
        rotations.add_rotation(tx, D1, slot, rotation, at=AT, by=None)


def is_ready(store: Store, person: PersonId, at: datetime = AT) -> None:
    with store.write() as tx:
        for channel in (Channel.TEXT, Channel.VOICE):
            methods.prove(tx, person, NUMBERS[person], channel, Proof.ANSWERED, at=at)
        pins.set_pin(tx, person, "408215", at)


def report(store: Store, at: datetime = AT) -> Report:
    with store.read() as tx:
        return readiness.report(tx, D1, at)


def lacking(store: Store, at: datetime = AT) -> dict[PersonId, tuple[Lack, ...]]:
    return {each.person: each.lacks for each in report(store, at).people}


def test_a_test_page_is_a_text_and_a_call_and_their_answers_make_somebody_ready(district: Store) -> None:
    takes_turns(district, ANN)
    with district.write() as tx:
        pins.set_pin(tx, ANN, "408215", AT)
        text, call = proving.send_test(tx, D1, ANN, at=AT, by=LEAD)
    before = lacking(district)[ANN]

    with district.write() as tx:
        done = [proving.answered(tx, each, AT + MINUTE) for each in (text, call, text)]

    assert (text.channel, call.channel, text.number) == (Channel.TEXT, Channel.VOICE, NUMBERS[ANN])
    assert text.code != call.code
    assert before == (Lack.NO_VOICE, Lack.FEW_METHODS, Lack.NO_TEST)
    assert done == [True, True, False]
    assert lacking(district) == {ANN: ()}
    assert lacking(district, AT + 31 * DAY) == {ANN: (Lack.NO_TEST,)}


def test_a_code_that_is_typed_proves_the_method_that_brought_it_and_five_wrong_ones_end_it(district: Store) -> None:
    with district.write() as tx:
        text, call = proving.send_test(tx, D1, ANN, at=AT, by=ANN)
        right = proving.typed(tx, ANN, f" {call.code} ", at=AT)
        wrong = [proving.typed(tx, ANN, "000", at=AT) for _ in range(5)]
        late = proving.typed(tx, ANN, text.code or "", at=AT)
        foreign = proving.typed(tx, BEN, text.code or "", at=AT)
        found = {each.channel: each.proved_by for each in methods.of(tx, [ANN])[ANN]}

    assert (right, wrong, late, foreign) == (True, [False] * 5, False, False)
    assert found == {Channel.TEXT: None, Channel.VOICE: Proof.CODE}


def test_a_test_goes_only_to_numbers_of_people_of_the_district_and_not_without_end(district: Store) -> None:
    with district.write() as tx:
        for who, number in ((PersonId("p-nobody"), None), (ANN, NUMBERS[BEN])):
            with pytest.raises(NotFound):
                proving.send_test(tx, D1, who, at=AT, by=LEAD, number=number)
        with pytest.raises(NotFound):
            proving.send_test(tx, DistrictId("d-2"), ANN, at=AT, by=LEAD)
        for number in range(6):
            proving.send_test(tx, D1, ANN, at=AT + number * MINUTE, by=LEAD)
        with pytest.raises(Refused, match="Six test pages"):
            proving.send_test(tx, D1, ANN, at=AT + 7 * MINUTE, by=LEAD)


def test_stop_takes_texts_from_everybody_with_that_number_and_start_gives_them_back(district: Store) -> None:
    is_ready(district, ANN)
    with district.write() as tx:
        roster.add_phone(tx, BEN, NUMBERS[ANN])
        new = methods.opt_out(tx, NUMBERS[ANN], at=AT)
        again = methods.opt_out(tx, NUMBERS[ANN], at=AT)
        dialled = methods.dialled(tx, [ANN, BEN])
        (only_call,) = proving.send_test(tx, D1, ANN, at=AT, by=ANN)
        back = methods.opt_in(tx, NUMBERS[ANN], at=AT)
        after = methods.dialled(tx, [ANN])

    assert ({each.person for each in new}, again) == ({ANN, BEN}, [])
    assert [(each.texts, each.calls) for each in dialled[ANN]] == [(False, True)]
    assert {each.number: each.texts for each in dialled[BEN]} == {NUMBERS[ANN]: False, NUMBERS[BEN]: True}
    assert only_call.channel is Channel.VOICE
    assert sorted(back) == [ANN, BEN]
    assert [(each.texts, each.calls) for each in after[ANN]] == [(True, True)]


def test_a_number_that_does_not_ring_comes_last_and_an_answer_makes_it_good(district: Store) -> None:
    with district.write() as tx:
        roster.add_phone(tx, ANN, "617-555-0109")
        methods.mark_bad(tx, NUMBERS[ANN], Channel.VOICE, "21211", at=AT)
        bad = [each.number for each in methods.dialled(tx, [ANN])[ANN]]
        methods.prove(tx, ANN, NUMBERS[ANN], Channel.VOICE, Proof.ANSWERED, at=AT)
        good = [each.number for each in methods.dialled(tx, [ANN])[ANN]]

    assert bad == ["+16175550109", NUMBERS[ANN]]
    assert sorted(good) == sorted(bad)
    assert good != bad or good[0] == NUMBERS[ANN]


def test_who_is_put_on_the_rota_without_being_ready_is_on_record(district: Store) -> None:
    is_ready(district, ANN)

    takes_turns(district, ANN, BEN)

    with district.read() as tx:
        rows = tx.exec_driver_sql("SELECT subject, detail FROM audit WHERE action = 'put on the rota, not ready'").all()
        missing = standing.not_ready(tx, [ANN, BEN], AT)
    assert [row.subject for row in rows] == [BEN]
    assert "no_test" in rows[0].detail
    assert missing == {BEN: (Lack.NO_VOICE, Lack.FEW_METHODS, Lack.NO_TEST, Lack.NO_PIN)}


def test_levels_without_anybody_are_red_and_the_last_one_more(district: Store) -> None:
    with district.write() as tx:
        ladder = Ladder(answer_within=(2 * MINUTE, 2 * MINUTE), repeat_alarm=MINUTE)
        calendars.set_ladder(tx, D1, Role.ONCALL_CLINICIAN, Urgency.U1, ladder)
        calendars.set_ladder(
            tx, D1, Role.DISTRICT_ONCALL, Urgency.U1, Ladder(answer_within=(MINUTE,), repeat_alarm=MINUTE)
        )
    takes_turns(district, LEAD, slot=Slot(school=None, role=Role.DISTRICT_ONCALL, level=0))

    found = {(each.role, each.level): each.lack for each in report(district).levels}

    assert found == {
        (Role.ONCALL_CLINICIAN, 0): Lack.EMPTY_LEVEL,
        (Role.ONCALL_CLINICIAN, 1): Lack.EMPTY_LAST_LEVEL,
    }


def test_who_left_by_an_import_is_red_for_as_long_as_a_rotation_names_them(district: Store) -> None:
    takes_turns(district, ANN, BEN)
    with district.write() as tx:
        tx.execute(update(PERSON).where(PERSON.c.id == ANN).values(active=False))

    assert lacking(district)[ANN] == (Lack.GONE,)


def turn_begins(store: Store) -> datetime:
    """Ben's, on the Monday after; Ann has the week before."""
    takes_turns(store, ANN, BEN)
    takes_turns(store, CAL, slot=Slot(school=None, role=Role.ONCALL_CLINICIAN, level=1))
    return datetime(2026, 10, 12, 12, 0, tzinfo=UTC)  # 08:00 in New York


def asks(store: Store, at: datetime) -> int:
    with store.write() as tx:
        return asked_turns.ask(tx, D1, asked_turns.to_ask(tx, D1, at), at)


def tells(store: Store, at: datetime) -> int:
    with store.write() as tx:
        return asked_turns.tell(tx, D1, at)


def errands_made(store: Store) -> list[tuple[PersonId, Subject]]:
    with store.read() as tx:
        rows = tx.exec_driver_sql("SELECT person, subject FROM errand ORDER BY made_at, person").all()
    return [(PersonId(row.person), Subject(row.subject)) for row in rows]


def test_a_turn_is_asked_about_once_half_an_hour_before_and_its_answer_tells_nobody(district: Store) -> None:
    begins = turn_begins(district)

    asked = [asks(district, begins - minutes * MINUTE) for minutes in (31, 30, 29, 0)]
    with district.write() as tx:
        (errand,) = errands.asking(tx, begins - 10 * MINUTE, person=BEN)
        proving.answered(tx, errand, begins - 10 * MINUTE)
    told = tells(district, begins)

    assert (asked, told) == ([0, 1, 0, 0], 0)
    assert errands_made(district) == [(BEN, Subject.CONFIRM_TURN)]
    assert errand.amount == 30


def test_silence_tells_the_backup_and_those_who_plan_once_and_blocks_nobody(district: Store) -> None:
    begins = turn_begins(district)
    asks(district, begins - 30 * MINUTE)

    told = [tells(district, begins + minutes * MINUTE) for minutes in (-1, 0, 1)]

    with district.read() as tx:
        on_call = [each.person for each in oncall.on_call(tx, D1, HERE, Role.ONCALL_CLINICIAN, 0, at=begins)]
        waiting = [each.person for each in asked_turns.unconfirmed(tx, D1, begins)]
    assert told == [0, 1, 0]
    assert errands_made(district) == [
        (BEN, Subject.CONFIRM_TURN),
        (CAL, Subject.TURN_UNCONFIRMED),
        (LEAD, Subject.TURN_UNCONFIRMED),
    ]
    assert (on_call, waiting) == ([BEN], [BEN])


def test_a_no_tells_at_once_and_a_later_yes_counts(district: Store) -> None:
    begins = turn_begins(district)
    asks(district, begins - 30 * MINUTE)
    with district.write() as tx:
        (errand,) = errands.asking(tx, begins - 20 * MINUTE, person=BEN)
        proving.declined(tx, errand, begins - 20 * MINUTE)

    told = [tells(district, begins - minutes * MINUTE) for minutes in (20, 19)]
    with district.write() as tx:
        asked_turns.confirm(tx, errand.turn or "", BEN, at=begins)
        waiting = asked_turns.unconfirmed(tx, D1, begins)

    assert (told, waiting) == ([1, 0], [])
    assert errands_made(district)[-1] == (LEAD, Subject.TURN_DECLINED)


def test_after_a_stop_of_the_worker_a_turn_that_runs_is_not_asked_about_any_more(district: Store) -> None:
    begins = turn_begins(district)

    assert [asks(district, begins + minutes * MINUTE) for minutes in (-5, 5)] == [1, 0]


def test_who_gave_the_turn_away_meanwhile_is_no_news(district: Store) -> None:
    begins = turn_begins(district)
    asks(district, begins - 30 * MINUTE)
    with district.write() as tx:
        away = Away(id="a-1", person=BEN, starts_at=begins - MINUTE, ends_at=begins + DAY, told_by=BEN)
        overrides.add_absence(tx, D1, away, at=begins - 20 * MINUTE)

    assert tells(district, begins) == 0


@pytest.mark.parametrize(
    ("first", "begins"),
    [
        (date(2026, 3, 1), datetime(2026, 3, 8, 7, 0, tzinfo=UTC)),  # 02:30 does not exist: the turn begins at 03:00
        (date(2026, 10, 25), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),  # 01:30 comes twice: it begins with the first
    ],
)
def test_the_question_moves_with_the_clocks(district: Store, first: date, begins: datetime) -> None:
    takes_turns(district, ANN, BEN, at=time(2, 30) if first.month == 3 else time(1, 30), since=first)

    asked = [asks(district, begins - minutes * MINUTE) for minutes in (91, 61, 31, 30, 1)]

    assert asked == [0, 0, 0, 1, 0]


def test_nobody_leaves_who_is_alone_on_a_level_unless_somebody_follows_f56(district: Store) -> None:
    takes_turns(district, ANN)

    with district.write() as tx:
        with pytest.raises(Refused, match="Name who takes their place"):
            roster.switch_off(tx, ANN, at=AT, by=LEAD)
        with pytest.raises(Refused, match="Name who takes their place"):
            accounts.disable(tx, ANN, at=AT, by=LEAD)
        with pytest.raises(Refused, match="does not let them"):
            roster.switch_off(tx, ANN, at=AT, by=LEAD, instead=LEAD)
    with district.write() as tx:
        roster.switch_off(tx, ANN, at=AT, by=LEAD, instead=BEN)

    with district.read() as tx:
        assert [each.person for each in oncall.on_call(tx, D1, HERE, Role.ONCALL_CLINICIAN, 0, at=AT)] == [BEN]
        assert audit.verify(tx).ok


def test_access_that_must_end_at_once_ends_with_a_gap_where_that_is_said_pr_62_f56(district: Store) -> None:
    takes_turns(district, ANN)

    with district.write() as tx:
        with pytest.raises(Refused, match="Name who takes their place"):
            ending.end_access(tx, ANN, at=AT, by=LEAD)
        ending.end_access(tx, ANN, at=AT, by=LEAD, leave_gap=True)

    with district.read() as tx:
        assert oncall.on_call(tx, D1, HERE, Role.ONCALL_CLINICIAN, 0, at=AT) == []


def test_who_shares_a_level_or_is_not_on_the_rota_may_leave(district: Store) -> None:
    takes_turns(district, ANN)
    takes_turns(district, BEN, since=date(2026, 10, 4))

    with district.write() as tx:
        roster.switch_off(tx, ANN, at=AT, by=LEAD)
        roster.switch_off(tx, LEAD, at=AT, by=None)

    with district.read() as tx:
        assert [each.person for each in oncall.on_call(tx, D1, HERE, Role.ONCALL_CLINICIAN, 0, at=AT)] == [BEN]


def test_a_shift_that_has_begun_is_cut_in_two_for_who_follows(district: Store) -> None:
    span = {"starts_at": AT - DAY, "ends_at": AT + DAY}
    shift = Shift(id="sh-1", district=D1, school=None, role=Role.ONCALL_CLINICIAN, level=0, person=ANN, **span)
    with district.write() as tx:
        oncall.add_shifts(tx, [shift])
        roster.switch_off(tx, ANN, at=AT, by=LEAD, instead=BEN)
        found = oncall.shifts(tx, D1, since=AT - 2 * DAY, until=AT + 2 * DAY)

    assert [(each.person, each.starts_at, each.ends_at) for each in found] == [
        (ANN, AT - DAY, AT),
        (BEN, AT, AT + DAY),
    ]


def looks(store: Store, at: datetime) -> bool:
    with store.write() as tx:
        found = plan_watch.look(tx, D1, at)
        return found is not None and plan_watch.tell(tx, D1, found, at)


def test_gaps_are_told_to_those_who_plan_once_after_ten_minutes(district: Store) -> None:
    is_ready(district, LEAD)
    takes_turns(district, LEAD, slot=Slot(school=None, role=Role.DISTRICT_ONCALL, level=0))

    told = [looks(district, AT + minutes * MINUTE) for minutes in (0, 5, 10, 15, 60 * 24)]

    assert told == [False, False, True, False, False]
    assert errands_made(district) == [(LEAD, Subject.PLAN)]


def test_a_code_of_an_errand_has_three_digits_and_is_not_one_of_a_page(district: Store) -> None:
    with district.write() as tx:
        codes = {proving.send_test(tx, D1, ANN, at=AT + n * DAY / 12, by=ANN)[0].code or "" for n in range(20)}

    assert len(codes) == 20
    assert all(100 <= int(code) <= 999 for code in codes)


def test_two_workers_do_not_send_the_same_errand(district: Store) -> None:
    with district.write() as tx:
        proving.send_test(tx, D1, ANN, at=AT, by=ANN)
    with district.write() as tx:
        first = errands.claim(tx, AT, lease=MINUTE)
    with district.write() as tx:
        second = errands.claim(tx, AT, lease=MINUTE)
        third = errands.claim(tx, AT, lease=MINUTE)
        retaken = errands.claim(tx, AT + MINUTE, lease=MINUTE)
        assert first is not None
        late = errands.finish(tx, first, None, AT + MINUTE)

    assert first.id != (second.id if second else None)
    assert third is None
    assert retaken is not None
    assert late is (retaken.id != first.id)
