"""A planned drill runs, and never beside something real (`paging.md` 6.13; I-22)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from crisis import clock
from crisis import page_commands as pcmd
from crisis.commands import Actor, OpenIncident
from crisis.drill_commands import EndDrill
from crisis.drill_words import Capability, DrillEnd, DrillId, DrillState, DrillType
from crisis.effects import NotifyPerson
from crisis.errors import Refused
from crisis.notify import people_to_tell
from crisis.policy.drilling import KEPT, Objective, Plan
from crisis.statemachine.drill import UNDO_FOR
from crisis.statemachine.incident import Incident
from crisis.store import drill_plans, drill_records, drills, incidents, kept_drills, outbox, people
from crisis.store.engine import Store
from crisis.store.kept_drills import Drill
from crisis.submit import open_incident, submit
from crisis.vocabulary import Mode, PersonId, Role, Urgency
from tests.factories import DISTRICT, MORNING, SCHOOL, opening
from tests.notify.village import BEN, COUNSELOR, PHONES, PRINCIPAL, a_village

PLAN = Plan(
    school=SCHOOL,
    type=DrillType.FUNCTIONAL,
    starts_at=MORNING,
    crisis_type="suicide_ideation",
    objectives=(Objective(text="The clinician answers within 5 minutes", capability=Capability.COMMUNICATIONS),),
    scenario="A made-up student tells a teacher …",
    takes_part=frozenset({COUNSELOR, BEN}),
    observes=frozenset({PRINCIPAL}),
    announced=True,
    parents_told_on=date(2026, 9, 28),
    support=COUNSELOR,
)


@pytest.fixture
def hashed(store: Store) -> str:
    return a_village(store)


@pytest.fixture
def start(store: Store, hashed: str) -> Callable[..., Incident]:
    def start(drill: DrillId, by: PersonId = PRINCIPAL) -> Incident:
        order = opening(
            by=an_actor(store, by), protocol_hash=hashed, mode=Mode.DRILL, place=None, student=None, drill=drill
        )
        return open_incident(store, order, at=MORNING).incident

    return start


def an_actor(store: Store, person: PersonId) -> Actor:
    with store.read() as tx:
        return people.actor(tx, person)


def planned(store: Store, **changes: object) -> DrillId:
    with store.write() as tx:
        wanted = replace(PLAN, **changes)  # type: ignore[arg-type]  # names are checked by replace itself
        return drill_plans.plan(tx, store.keys, DISTRICT, wanted, by=PRINCIPAL, at=MORNING)


def the(store: Store, drill: DrillId) -> Drill:
    with store.read() as tx:
        return kept_drills.one(tx, DISTRICT, drill)


def real(store: Store, hashed: str, **changes: object) -> OpenIncident:
    return opening(by=an_actor(store, COUNSELOR), protocol_hash=hashed, place=None, student=None, **changes)


def pages(store: Store, incident: Incident, urgency: Urgency = Urgency.U1) -> Incident:
    order = pcmd.RequestPage(by=an_actor(store, COUNSELOR), role=Role.ONCALL_CLINICIAN, urgency=urgency)
    return submit(store, incident.id, order, at=MORNING + timedelta(minutes=1)).incident


def test_it_reaches_those_who_take_part_and_nobody_else_i_22_f75(store: Store, start: Callable[..., Incident]) -> None:
    """Ana is on call first; she takes no part, so Ben is asked at once where his turn would come later."""
    incident = start(planned(store))

    with store.read() as tx:
        listed = drills.within(tx, incident.id, PHONES.values())
        first, second = (
            people_to_tell.of_level(tx, incident, Role.ONCALL_CLINICIAN, level, clock.now()) for level in (0, 1)
        )
    assert listed == {PHONES[COUNSELOR], PHONES[BEN]}
    assert [(each.person, each.phone) for each in (*first, *second)] == [(BEN, PHONES[BEN])] * 2


def test_nothing_is_sent_in_a_tabletop(store: Store, start: Callable[..., Incident]) -> None:
    incident = start(planned(store, type=DrillType.TABLETOP, announced=False, parents_told_on=None, support=None))

    with store.read() as tx:
        asked = people_to_tell.of_level(tx, incident, Role.ONCALL_CLINICIAN, 1, clock.now())
        assert drills.within(tx, incident.id, PHONES.values()) == set()
    assert [(each.person, each.phone) for each in asked] == [(BEN, None)]


def test_whoever_opted_out_is_reached_by_nothing(store: Store, start: Callable[..., Incident]) -> None:
    drill = planned(store)
    with store.write() as tx:
        drill_plans.opt_out(tx, kept_drills.one(tx, DISTRICT, drill), BEN, out=True, at=MORNING)
        drill_plans.change(tx, store.keys, kept_drills.one(tx, DISTRICT, drill), PLAN, by=PRINCIPAL, at=MORNING)

    incident = start(drill)

    with store.read() as tx:
        assert drills.within(tx, incident.id, PHONES.values()) == {PHONES[COUNSELOR]}
        assert people_to_tell.of_level(tx, incident, Role.ONCALL_CLINICIAN, 1, clock.now()) == []


def test_for_five_seconds_it_can_be_taken_back_and_nothing_has_gone_out(
    store: Store, start: Callable[..., Incident]
) -> None:
    drill = planned(store)
    incident = start(drill)
    by = an_actor(store, PRINCIPAL)

    with store.read() as tx:
        assert not outbox.any_free(tx, MORNING + UNDO_FOR - timedelta(milliseconds=1))
        assert outbox.any_free(tx, MORNING + UNDO_FOR)
    submit(store, incident.id, EndDrill(by=by, why=DrillEnd.UNDONE), at=MORNING + timedelta(seconds=4))

    after = the(store, drill)
    assert (after.state, after.started_at, after.ended_as) == (DrillState.PLANNED, None, DrillEnd.UNDONE)
    again = start(drill)
    with pytest.raises(Refused, match="end it instead"):
        submit(store, again.id, EndDrill(by=by, why=DrillEnd.UNDONE), at=MORNING + UNDO_FOR)


def test_it_ends_at_any_step_and_only_by_who_runs_drills(store: Store, start: Callable[..., Incident]) -> None:
    drill = planned(store)
    incident = start(drill)
    later = MORNING + timedelta(minutes=20)

    with pytest.raises(Refused, match="runs drills"):
        submit(store, incident.id, EndDrill(by=an_actor(store, COUNSELOR), why=DrillEnd.OVER), at=later)
    submit(store, incident.id, EndDrill(by=an_actor(store, PRINCIPAL), why=DrillEnd.OVER), at=later)

    after = the(store, drill)
    assert (after.state, after.ended_at, after.ended_as) == (DrillState.OVER, later, DrillEnd.OVER)
    with store.read() as tx:
        assert incidents.load(tx, incident.id) == incidents.refold(tx, incident.id)


def test_it_does_not_begin_while_somebody_is_paged_in_earnest(
    store: Store, hashed: str, start: Callable[..., Incident]
) -> None:
    drill = planned(store)
    pages(store, open_incident(store, real(store, hashed), at=MORNING).incident)

    with pytest.raises(Refused, match="paged now"):
        start(drill)

    assert the(store, drill).state is DrillState.PLANNED


def test_a_real_page_stands_it_down_in_the_same_transaction(
    store: Store, hashed: str, start: Callable[..., Incident]
) -> None:
    """Less than that does not: a real incident may be opened beside it, and somebody paged for today."""
    drill = planned(store)
    practised = start(drill)
    incident = open_incident(store, real(store, hashed), at=MORNING).incident
    assert the(store, drill).state is DrillState.RUNNING

    with store.read() as tx:
        before = incidents.head(tx)
    pages(store, incident)

    after = the(store, drill)
    assert (after.state, after.ended_as) == (DrillState.STOOD_DOWN, DrillEnd.REAL_PAGE)
    with store.read() as tx:
        assert {tick.incident for tick in incidents.since(tx, before)} == {incident.id, practised.id}
        jobs = tx.execute(
            text("SELECT body FROM outbox WHERE kind = :kind AND incident = :of"),
            {"kind": NotifyPerson.__name__, "of": practised.id},
        )
        told = [body for body in jobs.scalars() if "drill_stood_down" in body]
    assert len(told) == 2


def test_what_is_happening_takes_the_drills_place(store: Store, hashed: str, start: Callable[..., Incident]) -> None:
    drill = planned(store)
    practised = start(drill)

    opened = open_incident(store, real(store, hashed, instead_of=practised.id), at=MORNING).incident

    assert opened.mode is Mode.LIVE
    assert (the(store, drill).state, the(store, drill).ended_as) == (DrillState.STOOD_DOWN, DrillEnd.REAL)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"takes_part": frozenset()}, "who takes part"),
        ({"objectives": ()}, "objective"),
        ({"scenario": None}, "scenario"),
        ({"announced": False}, "no drill comes as a surprise"),
        ({"parents_told_on": date(2026, 10, 2)}, "at least 5 days"),
        ({"support": None}, "behavioral health"),
        ({"support": PRINCIPAL}, "is a counselor"),
    ],
)
def test_it_does_not_begin_without_what_keeps_people_well(
    store: Store, start: Callable[..., Incident], changes: dict[str, object], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        start(planned(store, **changes))


RUN = "INSERT INTO drill_run VALUES (:incident, :drill, :district, :mode, true, :at, NULL)"
BEGUN = "UPDATE drill SET state = 'running', started_at = starts_at, started_by = planned_by, support = :support"


@pytest.mark.parametrize("mode", ["live", "drill"])
def test_the_database_keeps_a_run_to_drills_i_22(store: Store, hashed: str, mode: str) -> None:
    incident = open_incident(store, real(store, hashed), at=MORNING).incident
    row = {"incident": incident.id, "drill": planned(store), "district": DISTRICT, "mode": mode, "at": MORNING}

    with pytest.raises(IntegrityError), store.write() as tx:
        tx.execute(text(RUN), row)


def test_the_database_keeps_somebody_of_behavioral_health_there(store: Store, hashed: str) -> None:
    planned(store)

    with pytest.raises(IntegrityError), store.write() as tx:
        tx.execute(text(BEGUN), {"support": None})
    with store.write() as tx:
        tx.execute(text(BEGUN), {"support": COUNSELOR})


def test_after_three_years_nothing_of_it_is_left(store: Store, hashed: str) -> None:
    planned(store)

    with store.write() as tx:
        assert drill_records.run_out(tx, DISTRICT, MORNING + KEPT) == []
        due = drill_records.run_out(tx, DISTRICT, MORNING + KEPT + timedelta(seconds=1))
        assert drill_records.forget(tx, due, MORNING + KEPT) == 1

    with store.read() as tx:
        assert kept_drills.of_district(tx, DISTRICT) == []
        assert {bytes(each) for each in tx.execute(text("SELECT sealed FROM words")).scalars()} <= {b""}
