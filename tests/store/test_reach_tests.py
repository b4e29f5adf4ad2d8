"""A reach test asks everybody who takes part for an answer, plays nothing, and says who would be reached."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from crisis.drill_words import DrillId, DrillState, DrillType
from crisis.errors import Refused
from crisis.readiness_words import ErrandKind
from crisis.statemachine.drill import UNDO_FOR
from crisis.store import drill_plans, errands, kept_drills, proving, reach_tests
from crisis.store.engine import Store
from crisis.store.kept_drills import Drill
from crisis.store.people_tables import PHONE
from crisis.vocabulary import AttemptOutcome, PersonId
from tests.factories import DISTRICT, MORNING
from tests.notify.village import ANA, BEN, COUNSELOR, PRINCIPAL, a_village
from tests.store.test_drill_runs import planned

ASKED = (ANA, BEN, COUNSELOR)
DUE = MORNING + UNDO_FOR


@pytest.fixture
def village(store: Store) -> Store:
    a_village(store)
    return store


def a_reach_test(store: Store, **changes: object) -> DrillId:
    nothing = {"crisis_type": None, "objectives": (), "scenario": None, "announced": False, "support": None}
    plain = {**nothing, "parents_told_on": None, "observes": frozenset(), "takes_part": frozenset(ASKED)}
    return planned(store, type=DrillType.REACH_TEST, **{**plain, **changes})


def the(store: Store, drill: DrillId) -> Drill:
    with store.read() as tx:
        return kept_drills.one(tx, DISTRICT, drill)


def begun(store: Store, drill: DrillId) -> Drill:
    known = the(store, drill)
    with store.write() as tx:
        reach_tests.begin(tx, known, by=PRINCIPAL, at=MORNING)
    return the(store, drill)


def answers(store: Store, person: PersonId, after: timedelta) -> None:
    with store.write() as tx:
        page = errands.lately(tx, person, ErrandKind.TEST, MORNING)[0]
        assert proving.answered(tx, page, DUE + after)


def came(store: Store, drill: Drill) -> dict[PersonId, timedelta | None]:
    with store.read() as tx:
        return {each.person: each.after for each in reach_tests.answers(tx, drill)}


def test_each_who_takes_part_gets_a_test_page_once_it_cannot_be_taken_back(village: Store) -> None:
    drill = begun(village, a_reach_test(village))

    with village.read() as tx:
        asked = {person: errands.lately(tx, person, ErrandKind.TEST, MORNING) for person in (*ASKED, PRINCIPAL)}
        early, due = errands.next_due(tx, MORNING), errands.next_due(tx, DUE)
    assert drill.state is DrillState.RUNNING
    assert drill.incident is None
    assert {person: len(found) for person, found in asked.items()} == {**dict.fromkeys(ASKED, 2), PRINCIPAL: 0}
    assert (early, due) == (False, True)


def test_who_answered_is_told_with_the_time_and_kept_when_it_ends(village: Store) -> None:
    drill = begun(village, a_reach_test(village))
    answers(village, BEN, timedelta(seconds=40))
    answers(village, ANA, timedelta(seconds=95))

    told = came(village, drill)
    with village.write() as tx:
        reach_tests.end(tx, drill, by=PRINCIPAL, at=MORNING + timedelta(minutes=10))

    ended = the(village, drill.id)
    assert told == {COUNSELOR: None, BEN: timedelta(seconds=40), ANA: timedelta(seconds=95)}
    assert next(iter(told)) == COUNSELOR  # whoever is missing stands first
    assert (ended.state, ended.asked, ended.reached, ended.half_after) == (DrillState.OVER, 3, 2, 95)


def test_who_has_no_number_is_counted_and_keeps_nobody_else_from_being_asked(village: Store) -> None:
    with village.write() as tx:
        tx.execute(update(PHONE).where(PHONE.c.person == ANA).values(person=PRINCIPAL))

    drill = begun(village, a_reach_test(village))

    with village.read() as tx:
        found = {each.person: each.asked for each in reach_tests.answers(tx, drill)}
        assert reach_tests.reach(reach_tests.answers(tx, drill)).asked == 3
    assert found == {ANA: False, BEN: True, COUNSELOR: True}


def test_what_neither_way_could_send_is_told_apart_from_no_answer(village: Store) -> None:
    drill = begun(village, a_reach_test(village))
    with village.write() as tx:
        for person, outcome in ((ANA, AttemptOutcome.REFUSED), (BEN, AttemptOutcome.ACCEPTED)):
            while (page := errands.claim(tx, DUE, lease=timedelta(minutes=1))) is not None and page.person != person:
                errands.finish(tx, page, None, DUE)
            for each in errands.lately(tx, person, ErrandKind.TEST, MORNING):
                errands.finish(tx, replace(each, attempts=errands.one(tx, each.id).attempts), outcome, DUE)

    with village.read() as tx:
        found = {each.person: (each.left, each.failed) for each in reach_tests.answers(tx, drill)}
    assert found[ANA] == (False, True)
    assert found[BEN] == (True, False)


def test_for_five_seconds_it_is_taken_back_and_nothing_goes_out(village: Store) -> None:
    drill = begun(village, a_reach_test(village))
    with village.write() as tx:
        reach_tests.end(tx, drill, by=PRINCIPAL, at=MORNING + timedelta(seconds=4), undone=True)

    back = the(village, drill.id)
    with village.read() as tx:
        assert not errands.next_due(tx, DUE)
    assert (back.state, back.started_at, back.asked) == (DrillState.PLANNED, None, None)

    again = begun(village, drill.id)
    with village.write() as tx, pytest.raises(Refused, match="five seconds are over"):
        reach_tests.end(tx, again, by=PRINCIPAL, at=DUE + timedelta(seconds=1), undone=True)


def test_it_needs_nobody_but_those_who_take_part_and_only_it_plays_nothing(village: Store) -> None:
    with village.read() as tx:
        ready = drill_plans.missing(tx, the(village, a_reach_test(village)), MORNING)
    empty = the(village, a_reach_test(village, takes_part=frozenset()))
    with village.write() as tx, pytest.raises(Refused, match="Choose who takes part"):
        reach_tests.begin(tx, empty, by=PRINCIPAL, at=MORNING)
    with pytest.raises(Refused, match="only a reach test plays nothing"):
        planned(village, crisis_type=None)

    assert ready == []
    assert the(village, a_reach_test(village, crisis_type="suicide_ideation")).crisis_type is None


@pytest.mark.parametrize("wrong", ["asked = 3", "asked = 2, reached = 3", "crisis_type = 'suicide_ideation'"])
def test_the_database_keeps_it_in_shape(village: Store, wrong: str) -> None:
    drill = a_reach_test(village)

    with pytest.raises(IntegrityError), village.write() as tx:
        tx.execute(text(f"UPDATE drill SET {wrong} WHERE id = :id"), {"id": drill})
