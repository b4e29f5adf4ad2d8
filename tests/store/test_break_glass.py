"""Breaking the glass: a reason, half an hour, everybody concerned told at once, looked at in time or not again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from crisis.access_words import BreakGlassReason, ConflictKind, Sight
from crisis.commands import Actor
from crisis.errors import NotFound, Refused
from crisis.statemachine.incident import Incident
from crisis.store import audit, break_glass, conflicts, incidents, involved, people, queries, roster
from crisis.store.access_tables import BREAK_GLASS
from crisis.store.engine import Store
from crisis.store.readiness_tables import ERRAND
from crisis.vocabulary import IncidentId, PersonId, Phase, StudentId
from tests.factories import DISTRICT, MORNING, STUDENT, an_incident, opened
from tests.web.district import COUNSELOR, NEIGHBOUR, OFFICER, a_district

WHY = (BreakGlassReason.STUDENT_IS_HERE, "She stands in my office and does not say her name")
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    with store.write() as tx:
        for person, number in ((OFFICER, "(617) 555-0141"), (COUNSELOR, "(617) 555-0142")):
            roster.add_phone(tx, person, number)
        incidents.append(tx, None, replace(an_incident(), lead=COUNSELOR), opened(), at=MORNING)
    return store


def neighbour(store: Store, person: PersonId = NEIGHBOUR) -> Actor:
    with store.read() as tx:
        return people.actor(tx, person)


def found(store: Store, by: Actor) -> Incident | None:
    with store.read() as tx:
        return break_glass.target(tx, by, STUDENT, MORNING)


def broken(store: Store, why: tuple[BreakGlassReason, str] = WHY, minutes: int = 0) -> IncidentId:
    by, at = neighbour(store), MORNING + timedelta(minutes=minutes)
    with store.write() as tx:
        incident = break_glass.target(tx, by, STUDENT, at)
        assert incident is not None
        break_glass.begin(tx, store.keys, incident, why, by=by, at=at)
    return incident.id


def seen(store: Store, minutes: float) -> Sight:
    at = MORNING + timedelta(minutes=minutes)
    with store.read() as tx:
        return queries.sight_of(tx, neighbour(store), incidents.load(tx, IncidentId("i-1")), at)


def actions(store: Store) -> list[str]:
    with store.read() as tx:
        return [row[0] for row in tx.exec_driver_sql("SELECT action FROM audit ORDER BY number")]


def test_it_shows_one_incident_for_half_an_hour_to_the_second_and_no_list_pr_55(place: Store) -> None:
    before = seen(place, 0)
    broken(place)
    with place.read() as tx:
        board = queries.board(tx, neighbour(place), MORNING)

    assert (before, seen(place, 0), seen(place, 30 - 1 / 60_000)) == (Sight.NOTHING, Sight.READ, Sight.READ)
    assert seen(place, 30) is Sight.NOTHING
    assert (board.open, board.closed) == ((), ())


def test_the_lead_and_the_officers_are_told_in_the_same_transaction_without_a_name_pr_55(place: Store) -> None:
    broken(place)
    with place.read() as tx:
        told = {(row.person, row.subject) for row in tx.execute(select(ERRAND))}

    assert told == {(COUNSELOR, "break_glass"), (OFFICER, "break_glass")}
    assert actions(place)[-1] == "break-glass began"


def test_a_lead_who_has_a_conflict_of_interest_is_not_told(place: Store) -> None:
    with place.write() as tx:
        incident = incidents.load(tx, IncidentId("i-1"))
        conflicts.enter(tx, incident, COUNSELOR, ConflictKind.NAMED, by=OFFICER, at=MORNING)
    broken(place)
    with place.read() as tx:
        told = set(tx.execute(select(ERRAND.c.person)).scalars())

    assert told == {OFFICER}


def test_what_fails_midway_leaves_no_access_behind_pr_55(place: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_arguments: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(audit, "record", fails)
    with pytest.raises(RuntimeError):
        broken(place)

    assert seen(place, 1) is Sight.NOTHING


@pytest.mark.parametrize("text", ["", "she is here", " ".join("aaaaaaaaa")])
def test_a_reason_says_something_pr_55(place: Store, text: str) -> None:
    with pytest.raises(Refused):
        broken(place, (BreakGlassReason.DANGER_NOW, text))

    assert seen(place, 0) is Sight.NOTHING


def test_it_is_not_renewed_without_a_new_reason_pr_55(place: Store) -> None:
    broken(place)
    broken(place, minutes=5)  # still open: nothing to break
    with pytest.raises(Refused):
        broken(place, minutes=31)
    between = seen(place, 31)
    broken(place, (BreakGlassReason.STUDENT_IS_HERE, "She came back and asks for her counselor"), minutes=32)

    assert (between, seen(place, 61)) == (Sight.NOTHING, Sight.READ)


def test_beginning_and_end_are_on_record_also_when_it_ends_by_itself_pr_55(place: Store) -> None:
    incident = broken(place)
    with place.write() as tx:
        break_glass.end(tx, incident, NEIGHBOUR, MORNING + timedelta(minutes=3))
    after = seen(place, 3)
    broken(place, (BreakGlassReason.DANGER_NOW, "He has come back and runs for the road"), minutes=4)
    with place.write() as tx:
        early = break_glass.note_ends(tx, DISTRICT, MORNING + timedelta(minutes=33))
        late = break_glass.note_ends(tx, DISTRICT, MORNING + timedelta(minutes=34))
        again = break_glass.note_ends(tx, DISTRICT, MORNING + timedelta(minutes=35))

    assert (after, early, late, again) == (Sight.NOTHING, 0, 1, 0)
    assert [each for each in actions(place) if each.startswith("break-glass")] == [
        "break-glass began",
        "break-glass ended",
        "break-glass began",
        "break-glass ended",
    ]


def test_a_review_that_is_late_suspends_the_right_until_somebody_else_has_looked_pr_55(place: Store) -> None:
    broken(place)
    with place.read() as tx:
        [waiting] = break_glass.to_review(tx, place.keys, DISTRICT)
        break_glass.must_be_free(tx, NEIGHBOUR, waiting.review_due_at - MOMENT)
        with pytest.raises(Refused):
            break_glass.must_be_free(tx, NEIGHBOUR, waiting.review_due_at)
    with place.write() as tx, pytest.raises(Refused):
        break_glass.review(tx, DISTRICT, waiting.id, justified=True, by=NEIGHBOUR, at=MORNING)
    with place.write() as tx, pytest.raises(NotFound):
        break_glass.review(tx, DISTRICT, "another", justified=True, by=OFFICER, at=MORNING)
    with place.write() as tx:
        break_glass.review(tx, DISTRICT, waiting.id, justified=False, by=OFFICER, at=waiting.review_due_at)
        break_glass.must_be_free(tx, NEIGHBOUR, waiting.review_due_at)
        assert break_glass.to_review(tx, place.keys, DISTRICT) == []

    assert (waiting.review_due_at - MORNING).days == 2  # a Tuesday: the closing bell of Thursday
    with place.read() as tx:
        assert audit.verify(tx).ok


def test_the_database_refuses_that_somebody_reviews_their_own(place: Store) -> None:
    broken(place)
    judged = {"reviewed_by": NEIGHBOUR, "reviewed_at": MORNING, "justified": True}

    with pytest.raises(IntegrityError), place.write() as tx:
        tx.execute(BREAK_GLASS.update().values(**judged))


def test_a_conflict_of_interest_is_not_to_be_broken_before_or_after_pr_54(place: Store) -> None:
    with place.write() as tx:
        incident = incidents.load(tx, IncidentId("i-1"))
        entered = conflicts.enter(tx, incident, NEIGHBOUR, ConflictKind.NAMED, by=OFFICER, at=MORNING)
    before = found(place, neighbour(place))
    with place.write() as tx:
        conflicts.end(tx, incident, entered, by=COUNSELOR, at=MORNING)
    broken(place)
    with place.write() as tx:
        conflicts.enter(tx, incident, NEIGHBOUR, ConflictKind.NAMED, by=OFFICER, at=MORNING)

    assert before is None
    assert seen(place, 1) is Sight.NOTHING


def test_only_an_open_incident_of_the_same_district_is_found(place: Store) -> None:
    with place.write() as tx:
        closed = replace(
            an_incident(), id=IncidentId("i-2"), student=StudentId("st-9"), phase=Phase.CLOSED, closed_at=MORNING
        )
        incidents.append(tx, None, closed, opened()[:1], at=MORNING)
        assert break_glass.target(tx, neighbour(place), StudentId("st-9"), MORNING) is None

    assert found(place, neighbour(place, PersonId("p-stranger"))) is None


def test_whose_it_ends_is_found_for_their_open_consoles_pr_50(place: Store) -> None:
    broken(place)
    half = MORNING + timedelta(minutes=30)
    with place.read() as tx:
        before = involved.ended(tx, [NEIGHBOUR], MORNING, half - MOMENT)
        at_its_end = involved.ended(tx, [NEIGHBOUR], half - MOMENT, half)

    assert (before, at_its_end) == (set(), {(NEIGHBOUR, "i-1")})
