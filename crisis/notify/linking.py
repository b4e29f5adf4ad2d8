"""An incident that grows out of another one: opened once, however often this runs, and linked from there."""

import logging
from datetime import datetime

from sqlalchemy import Connection

from crisis.commands import Actor, ActorKind, LinkIncident, OpenIncident
from crisis.effects import LinkSameStudent, MoveAdult, OpenLinked
from crisis.errors import NotFound
from crisis.linked_commands import FollowAdult, HearRisk
from crisis.statemachine.incident import Incident
from crisis.store import incidents, people, protocols, same_student
from crisis.store.engine import Store
from crisis.store.outbox import Job
from crisis.submit import open_incident, submit
from crisis.vocabulary import Beside, IncidentId, SchoolId, StudentId

log = logging.getLogger(__name__)


def open_linked(store: Store, job: Job, effect: OpenLinked, at: datetime) -> None:
    """I-4: for a student who is missing; or for another student, whom a step of the parent found.

    Another student who has one of this protocol open already is not asked and called about it twice.
    """
    with store.read() as tx:
        parent = incidents.load(tx, job.incident)
    child = _open_already(store, parent, effect) or _opened(store, parent, job, effect, at)
    if child is not None:
        submit(store, parent.id, LinkIncident(by=_system(parent), other=child), at=at)


def tell_the_others(store: Store, job: Job, effect: LinkSameStudent | MoveAdult, at: datetime) -> None:
    """The other open incidents of its student."""
    match effect:
        case LinkSameStudent():
            link_same_student(store, job, at)
        case MoveAdult():
            move_adult(store, job, effect, at)


def link_same_student(store: Store, job: Job, at: datetime) -> None:
    """To every other open incident of its student, both ways, and the higher risk is told; once, however often."""
    with store.read() as tx:
        incident = incidents.load(tx, job.incident)
        others = [] if incident.student is None else same_student.open_of(tx, incident.student, incident.id)
    for one, other in [pair for each in others for pair in ((incident, each), (each, incident))]:
        if other.id != one.linked_to:
            submit(store, one.id, LinkIncident(by=_system(one), other=other.id), at=at)
        floor = same_student.risk_to_tell(one, other)
        if floor is not None:
            submit(store, other.id, HearRisk(by=_system(other), other=one.id, floor=floor), at=at)


def move_adult(store: Store, job: Job, effect: MoveAdult, at: datetime) -> None:
    """I-1: one adult is with the student, whichever incident says so; twice changes nothing."""
    with store.read() as tx:
        incident = incidents.load(tx, job.incident)
        others = [] if incident.student is None else same_student.open_of(tx, incident.student, incident.id)
    for other in others:
        order = FollowAdult(by=_system(other), other=incident.id, was=effect.was, adult=effect.adult)
        submit(store, other.id, order, at=at)


def _open_already(store: Store, parent: Incident, effect: OpenLinked) -> IncidentId | None:
    if effect.student is None:
        return None
    with store.read() as tx:
        return same_student.open_on(tx, effect.student, effect.protocol, parent.id)


def _opened(store: Store, parent: Incident, job: Job, effect: OpenLinked, at: datetime) -> IncidentId | None:
    student = effect.student or parent.student
    try:
        with store.read() as tx:
            protocol, hashed = protocols.current(tx, effect.crisis_type, parent.district, at)
            school = parent.school if student == parent.student or student is None else _school_of(tx, student)
    except NotFound:
        log.warning("no protocol in force for a child of incident %s", parent.id)
        return None
    order = OpenIncident(
        by=_system(parent),
        mode=parent.mode,
        school=school,
        crisis_type=effect.crisis_type,
        protocol=protocol.id,
        version=protocol.version,
        protocol_hash=hashed,
        place=None,
        student=student,
        beside=Beside.NOBODY,
        linked_to=parent.id,
        lead=effect.lead,
    )
    whose = "" if effect.student is None else f"-{effect.student}"
    key = f"linked-{parent.id}-{job.seq}{whose}"
    return open_incident(store, order, at=at, key=key).incident.id


def _school_of(tx: Connection, student: StudentId) -> SchoolId:
    """Where the student goes to school: the people there look after them."""
    return people.student(tx, student).school


def _system(incident: Incident) -> Actor:
    return Actor(kind=ActorKind.SYSTEM, id=None, district=incident.district)
