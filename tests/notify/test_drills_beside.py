"""A drill of a whole district pages everybody who takes part, and a real page that comes in between does not wait."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time as wall
from datetime import timedelta
from pathlib import Path

import pytest

from crisis import page_commands as pcmd
from crisis.drill_words import Capability, DrillType
from crisis.notify.ledger import Entry
from crisis.policy.drilling import Objective, Plan
from crisis.store import drill_plans, roster
from crisis.store.engine import Store
from crisis.submit import open_incident
from crisis.vocabulary import Mode, PersonId, Role, SchoolId, StaffRole, Urgency
from tests.factories import DISTRICT, opening
from tests.notify.village import ANA, COUNSELOR, DRILL, LIVE, PHONES, Village, a_served_village, wait_until

LEAD = PersonId("p-lead")
AT_MOST = 1.5  # seconds from the commit of the real page to the telephone; a free machine needs a tenth of it


@pytest.fixture
def size(pytestconfig: pytest.Config) -> tuple[int, int]:
    """Schools, and people of each who take part."""
    return (20, 10) if pytestconfig.getoption("--full") else (10, 2)


@contextmanager
def working(village: Village) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=village.worker.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(60)


def a_school(village: Village, number: int, people: int) -> tuple[SchoolId, list[PersonId]]:
    school = SchoolId(f"school-{number}")
    members = [PersonId(f"p-{number}-{turn}") for turn in range(people)]
    with village.store.write() as tx:
        roster.add_school(
            tx, DISTRICT, school, f"School {number}", zone="America/New_York", opens=wall(8), closes=wall(15)
        )
        for turn, person in enumerate(members):
            roster.add_person(tx, DISTRICT, person, ("Given", str(person)), staff=True)
            roster.give_post(tx, DISTRICT, person, StaffRole.CLINICIAN, None)
            roster.add_phone(tx, person, f"+1617556{number:02}{turn:02}")
    return school, members


def begins(village: Village, school: SchoolId, members: list[PersonId]) -> None:
    """A drill in which all of them are asked at once, since none of them is on call; its five seconds are over."""
    plan = Plan(
        school=school,
        type=DrillType.DRILL,
        starts_at=village.watch(),
        crisis_type="suicide_ideation",
        objectives=(Objective(text="Somebody answers", capability=Capability.COMMUNICATIONS),),
        scenario="Made up",
        takes_part=frozenset(members),
        announced=True,
        parents_told_on=village.watch().date() - timedelta(days=9),
        support=COUNSELOR,
    )
    by = village.actor(LEAD)
    with village.store.write() as tx:
        drill = drill_plans.plan(tx, village.store.keys, DISTRICT, plan, by=LEAD, at=village.watch())
    order = opening(
        by=by,
        protocol_hash=village.protocol_hash,
        mode=Mode.DRILL,
        school=school,
        place=None,
        student=None,
        drill=drill,
    )
    incident = open_incident(village.store, order, at=village.watch()).incident.id
    village.gives(incident, pcmd.RequestPage(by=by, role=Role.ONCALL_CLINICIAN, urgency=Urgency.U2))


def texts(village: Village, line: str) -> list[Entry]:
    return [each for each in village.network.ledger.entries if each.kind == "text" and each.line == line]


def asked(village: Village) -> set[str]:
    """By text, or by a call where the provider had no place for one."""
    return {each.phone for each in village.network.ledger.entries if each.line == DRILL.number}


@pytest.mark.timeout(600)
@pytest.mark.page
def test_a_real_page_in_the_middle_of_a_districts_drill_does_not_wait(
    store: Store, tmp_path: Path, size: tuple[int, int]
) -> None:
    """By the clock on the wall, with the worker and the providers as they run; everybody of the drill is paged too."""
    schools, people = size
    with a_served_village(store, tmp_path) as village:
        with store.write() as tx:
            roster.add_person(tx, DISTRICT, LEAD, ("Given", "Lead"), staff=True)
            roster.give_post(tx, DISTRICT, LEAD, StaffRole.DISTRICT_LEAD, None)
        places = [a_school(village, number, people) for number in range(schools)]
        phones = {f"+1617556{number:02}{turn:02}" for number in range(schools) for turn in range(people)}
        for school, members in places:
            begins(village, school, members)
        real = village.opened().id
        village.watch.ahead += timedelta(seconds=6)
        with working(village):
            wait_until(lambda: bool(texts(village, DRILL.number)), within=60)
            order = pcmd.RequestPage(by=village.actor(COUNSELOR), role=Role.ONCALL_CLINICIAN, urgency=Urgency.U1)
            village.gives(real, order)
            begun, before = time.perf_counter(), len(texts(village, DRILL.number))
            wait_until(lambda: any(each.phone == PHONES[ANA] for each in texts(village, LIVE.number)), within=60)
            took, then = time.perf_counter() - begun, len(texts(village, DRILL.number))
            wait_until(lambda: asked(village) >= phones, within=120)

    print(f"{schools * people} paged in a drill; the real page came after {took:.3f} s, between {before} and {then}")
    assert took < AT_MOST
    assert before < len(phones)
