"""Whether what an order names exists, in this district: an id that nothing has is refused, not stored."""

from sqlalchemy import Connection

from crisis import commands as cmd
from crisis import linked_commands as lcmd
from crisis import page_commands as pcmd
from crisis import record_commands as ccmd
from crisis import report_commands as tcmd
from crisis.errors import NotFound, Reason, refuse_if
from crisis.store import incidents, people
from crisis.vocabulary import DistrictId, IncidentId, Mode, PersonId, ReleaseTo, StudentId

DRILL_AND_REAL = Reason("PR-57", "A drill and a real incident are not linked: the one could be taken for the other")


def must_exist(tx: Connection, command: cmd.Command, student: StudentId | None, mode: Mode) -> None:
    """Raises `Refused` with what to do. `student` is whom the incident is about, as far as that is known.

    F118: a district never reaches into another one, not even by naming its school or incident; that is `NotFound`.
    PR-57: neither does what is real into a drill, nor the other way round. `mode` is that of the incident.
    """
    district = command.by.district
    match command:
        case cmd.OpenIncident():
            _must_be_ours(tx, command, district)
        case cmd.IdentifyStudent() | lcmd.SpawnIncidents():
            named = (command.student,) if isinstance(command, cmd.IdentifyStudent) else command.students
            refuse_if(*(_unknown_student(tx, each, district) for each in named))
        case cmd.LinkIncident(other=other):
            _linkable(tx, other, district, mode)
        case ccmd.DecideOnContact(contact=contact):
            refuse_if(_not_on_record(tx, contact, student))
        case cmd.ReleaseCustody(contact=contact) if contact is not None and student is not None:
            refuse_if(_stranger(tx, command, contact, student))
        case _:
            colleague = _staff_of(command)
            refuse_if(None if colleague is None else _unknown_staff(tx, colleague, district))


def _staff_of(command: cmd.Command) -> PersonId | None:
    """The colleague to whom the order gives something, if it does."""
    match command:
        case (
            cmd.AssignLead(to=person)
            | cmd.AssignStep(to=person)
            | cmd.OfferCustody(to=person)
            | cmd.NameAdult(adult=person)
            | pcmd.OfferPage(to=person)
            | tcmd.DelegateReport(to=person)
            | tcmd.Suspect(to=person)
            | ccmd.AskToCome(to=person)
        ):
            return person
        case _:
            return None


def _must_be_ours(tx: Connection, command: cmd.OpenIncident, district: DistrictId) -> None:
    _same(people.school(tx, command.school).district, district)
    if command.linked_to is not None:
        _linkable(tx, command.linked_to, district, command.mode)
    refuse_if(None if command.student is None else _unknown_student(tx, command.student, district))
    refuse_if(*(_unknown_staff(tx, each, district) for each in command.kept_out))


def _linkable(tx: Connection, other: IncidentId, district: DistrictId, mode: Mode) -> None:
    found = incidents.load(tx, other)
    _same(found.district, district)
    refuse_if(DRILL_AND_REAL if found.mode is not mode else None)


def _same(one: DistrictId, other: DistrictId) -> None:
    if one != other:
        raise NotFound


def _unknown_student(tx: Connection, student: StudentId, district: DistrictId) -> Reason | None:
    try:
        known = people.student(tx, student).district == district
    except NotFound:
        known = False
    return (
        None if known else Reason("STUDENT", "There is no such student; look the student up, or leave it open for now")
    )


def _unknown_staff(tx: Connection, person: PersonId, district: DistrictId) -> Reason | None:
    try:
        found = people.actor(tx, person)
    except NotFound:
        return Reason("PERSON", "There is no such member of staff in this district")
    if found.district == district and found.posts:
        return None
    return Reason("PERSON", "There is no such member of staff in this district")


def _not_on_record(tx: Connection, contact: PersonId, student: StudentId | None) -> Reason | None:
    known = [] if student is None else [each.person for each in people.contacts_of(tx, student)]
    text = "This adult is not in the student's record; choose one who is"
    return None if contact in known else Reason("FAMILY", text)


def _stranger(tx: Connection, command: cmd.ReleaseCustody, contact: PersonId, student: StudentId) -> Reason | None:
    """I-2: an adult of the student's record; one who is known to be no guardian is not released to as one."""
    found = [known for known in people.contacts_of(tx, student) if known.person == contact]
    if not found:
        return Reason("I-2", "This adult is not in the student's record; choose one who is, or another way to release")
    if command.to is ReleaseTo.GUARDIAN and found[0].guardian is False:
        return Reason("I-2", "The record says that this adult is not a guardian")
    return None
