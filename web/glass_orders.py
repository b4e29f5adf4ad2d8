"""Emergency access to an incident that is not one's own: who may, with what proof, and who looks at it afterwards."""

from dataclasses import dataclass

from crisis.access_words import BreakGlassReason
from crisis.errors import NotFound, Reason, Refused
from crisis.policy import access
from crisis.store import audit, break_glass, emergency, people
from crisis.store.audit import Recorded
from crisis.store.emergency import EmergencyAccount
from crisis.store.people import StudentView
from crisis.vocabulary import IncidentId, PersonId, SchoolId, StudentId
from web.deps import Desk

MOST = 10


def find(desk: Desk, school: SchoolId, name: str) -> list[StudentView]:
    """Name and school of students of the district, and nothing else; every look-up is on record."""
    access.must_break_glass(desk.actor)
    with desk.store.write() as tx:
        asked = people.school(tx, school)
        if asked.district != desk.actor.district:
            raise NotFound
        found = people.students(tx, school, name)[:MOST] if len(name.strip()) > 1 else []
        detail: audit.Detail = {"found": len(found), "for": "emergency access"}
        audit.record(tx, at=desk.at, actor=desk.person, action="students looked up", subject=school, detail=detail)
    return found


def begin(desk: Desk, student: StudentId, reason: BreakGlassReason, text: str) -> IncidentId:
    """One student, one incident. That there is none is said only after the reason, and is on record like the rest."""
    access.must_break_glass(desk.actor)
    break_glass.reason_of(text)
    desk.must_be_fresh()
    with desk.store.write() as tx:
        break_glass.must_be_free(tx, desk.person, desk.at)
        found = break_glass.target(tx, desk.actor, student, desk.at)
        if found is not None:
            break_glass.begin(tx, desk.store.keys, found, (reason, text), by=desk.actor, at=desk.at)
        else:
            audit.record(tx, at=desk.at, actor=desk.person, action="break-glass found nothing", subject=student)
    if found is None:
        raise Refused(Reason("PR-55", "There is no open incident of this student that you could see"))
    return found.id


def end(desk: Desk, incident_id: IncidentId) -> None:
    with desk.store.write() as tx:
        break_glass.end(tx, incident_id, desk.person, desk.at)


def review(desk: Desk, broken: str, *, justified: bool) -> None:
    access.must_review_glass(desk.actor)
    desk.must_be_a_person()
    with desk.store.write() as tx:
        break_glass.review(tx, desk.actor.district, broken, justified=justified, by=desk.person, at=desk.at)


def to_review(desk: Desk) -> list[break_glass.Broken]:
    """Of the whole district, for those who answer for its records; on record."""
    access.must_review_glass(desk.actor)
    with desk.store.write() as tx:
        found = break_glass.to_review(tx, desk.store.keys, desk.actor.district)
        audit.record(tx, at=desk.at, actor=desk.person, action="break-glass listed", subject=desk.actor.district)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPaper:
    """An emergency account, and all that was done by it since it was sealed."""

    account: EmergencyAccount
    stands: bool
    did: tuple[Recorded, ...]


def on_paper(desk: Desk) -> list[OnPaper]:
    access.must_review_glass(desk.actor)
    with desk.store.read() as tx:
        return [
            OnPaper(account=each, stands=each.stands(desk.at), did=tuple(emergency.did(tx, each)))
            for each in emergency.of_district(tx, desk.actor.district)
        ]


def seal(desk: Desk, person: PersonId) -> str:
    """The new passphrase, to be printed: the district crisis lead, who has just shown that it is them."""
    access.must_keep_accounts(desk.actor)
    desk.must_be_fresh()
    with desk.store.write() as tx:
        return emergency.seal(tx, desk.actor.district, person, at=desk.at, by=desk.person)
