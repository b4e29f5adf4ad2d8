"""A death at a school: a list of students, an incident for each, while other students' pages go on."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.board import asked, session
from bench.console import EMPTY, console_server
from bench.figures import Figure, times
from bench.handover import wake_ups
from bench.pages import Noting, settled, working
from bench.place import Town, Towns, actor, holder, opening
from crisis import clock
from crisis.commands import Actor, AnswerDecision, CompleteStep, OpenIncident
from crisis.linked_commands import SpawnIncidents
from crisis.protocols import loader
from crisis.statemachine.spawning import AT_ONCE
from crisis.store import incidents, protocols, roster
from crisis.store.engine import Store
from crisis.store.sample import DISTRICT
from crisis.store.sample_people import HIGH
from crisis.submit import open_incident, submit
from crisis.vocabulary import Beside, IncidentId, Mode, SchoolId, StaffRole, StepId, StudentId, WordsId

TEN_MINUTES = 600_000  # milliseconds: the promise for two hundred
EVERY = 1.0  # seconds between two incidents of other students, each with a page
PATIENCE = 600.0
LIST = StepId("watch_list")


@dataclass(frozen=True, slots=True)
class Storm:
    """Seconds. `linked` is when each incident was there, after the first order; `pages` how long each page took."""

    linked: list[float]
    alone: list[float]  # one incident opened by hand, nothing else going on
    pages: list[float]


def figures(towns: Towns, students: int, rounds: int) -> Iterator[Figure]:
    woken = times(wake_ups())
    for dialect in towns.dialects:
        town = towns.new(dialect)
        with town.opened() as store:
            found, signed_in = storm(town, store, students), session(store)
        with console_server(town) as (server, port):
            board, empty = asked(port, "/board", signed_in, rounds), asked(port, EMPTY, signed_in, rounds)
            server.end()
        yield Figure(
            name=f"A list of {students} students to the last incident",
            dialect=dialect,
            measured=times(found.linked[-1:]),
            floor=times([sum(found.alone) / len(found.alone) * students]),
            floor_is="as many openings, one after the other, with nothing else going on",
            limit_ms=TEN_MINUTES,
        )
        yield Figure(
            name=f"Commit of an opening to its page handed over, beside a list of {students} students",
            dialect=dialect,
            measured=times(found.pages),
            floor=woken,
            floor_is="waking a thread and back",
            limit_ms=1000,
        )
        yield Figure(
            name=f"The board with the incidents of {students} students of one list",
            dialect=dialect,
            measured=times(board),
            floor=times(empty),
            floor_is="an empty page of the same server",
            limit_ms=300,
        )


def storm(town: Town, store: Store, students: int) -> Storm:
    line, lead = Noting(), actor(store, holder(StaffRole.PRINCIPAL))
    named, parent = _students(store, students), _death(store, lead)
    places = settled(store, 40)
    alone = [_alone(store, lead) for _ in range(20)]
    committed: dict[str, float] = {}
    over = threading.Event()

    def others() -> None:
        number = 0
        while not over.wait(EVERY):
            school, teacher, _counselor = places[number % len(places)]
            order, words = opening(actor(store, teacher), school)
            committed[open_incident(store, order, at=clock.now(), words=words).incident.id] = time.perf_counter()
            number += 1

    with working(town, store, line):
        beside = threading.Thread(target=others)
        beside.start()
        linked = _listed(store, parent, lead, named)
        over.set()
        beside.join()
        time.sleep(5)
    pages = [min(line.calls[each])[0] - at if line.calls[each] else PATIENCE for each, at in committed.items()]
    return Storm(linked, alone, pages)


def _listed(store: Store, parent: IncidentId, lead: Actor, named: Sequence[StudentId]) -> list[float]:
    """Sent in parts, as the form does; then watched until each has its incident."""
    begun = time.perf_counter()
    for first in range(0, len(named), AT_ONCE):
        order = SpawnIncidents(by=lead, step=LIST, students=tuple(named[first : first + AT_ONCE]))
        submit(store, parent, order, at=clock.now())
    linked: list[float] = []
    while len(linked) < len(named) and time.perf_counter() - begun < PATIENCE:
        time.sleep(0.05)
        with store.read() as tx:
            there = len(incidents.load(tx, parent).links)
        linked += [time.perf_counter() - begun] * (there - len(linked))
    return linked


def _students(store: Store, count: int) -> list[StudentId]:
    named = [StudentId(f"bench-student-{number}") for number in range(count)]
    with store.write() as tx:
        for each in named:
            roster.add_student(tx, (DISTRICT, SchoolId(HIGH)), each, ("Given", each))
    return named


def _death(store: Store, lead: Actor) -> IncidentId:
    """Led to the step where the students are listed."""
    with store.write() as tx:
        for name in ("postvention_death", "grief_support"):
            protocols.publish(tx, loader.protocol(name), clock.now())
    parent = _opened(store, lead, "postvention_death", "death_student")
    reason = WordsId(clock.new_id())
    decided = AnswerDecision(by=lead, step=StepId("verify"), choice="confirmed", reason=reason)
    submit(store, parent, decided, at=clock.now(), words={reason: "the family"})
    people: dict[str, str | bool] = {name: str(lead.id) for name in ("leads", "back_up", "contact")}
    for step, said in (("tell_district", {}), ("crisis_team", people), ("other_schools", {})):
        submit(store, parent, CompleteStep(by=lead, step=StepId(step), evidence=said), at=clock.now())
    return parent


def _opened(store: Store, lead: Actor, name: str, kind: str) -> IncidentId:
    protocol = loader.protocol(name)
    order = OpenIncident(
        by=lead,
        mode=Mode.LIVE,
        school=SchoolId(HIGH),
        crisis_type=kind,
        protocol=protocol.id,
        version=protocol.version,
        protocol_hash=loader.content_hash(protocol),
        place=None,
        student=None,
        beside=Beside.NOT_ASKED,
    )
    return open_incident(store, order, at=clock.now()).incident.id


def _alone(store: Store, lead: Actor) -> float:
    begun = time.perf_counter()
    _opened(store, lead, "grief_support", "grief")
    return time.perf_counter() - begun
