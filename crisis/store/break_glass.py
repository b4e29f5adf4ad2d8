"""Breaking the glass: one person sees one incident that is not theirs, at once and for half an hour (PR-55).

With a reason, told at once to those who answer for the incident and for the records, looked at afterwards; whose last
one nobody has looked at in time cannot do it again (`privacy-and-culture.md` 3.4).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, insert, select, update

from crisis import clock
from crisis.access_words import BreakGlassReason, Sight
from crisis.commands import Actor
from crisis.errors import NotFound, Reason, Refused, refuse_if
from crisis.policy.sight import sight
from crisis.statemachine.deadlines import after_school_days
from crisis.statemachine.incident import Incident
from crisis.store import audit, codec, involved, people, planners, sealed
from crisis.store.access_tables import BREAK_GLASS
from crisis.store.errands import Subject
from crisis.store.people_tables import Found
from crisis.store.sealed import KeyRing
from crisis.store.tables import INCIDENT
from crisis.vocabulary import DistrictId, IncidentId, PersonId, StaffRole, StudentId, WordsId

LASTS = timedelta(minutes=30)
LEAST, LONGEST = 20, 1000  # letters of the reason
REVIEW_WITHIN = 2  # school days


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """`text` None: its key was destroyed. `over_at`: when it ended, once that is on record."""

    id: str
    incident: IncidentId
    person: PersonId
    reason: BreakGlassReason
    text: str | None
    began_at: datetime
    ends_at: datetime
    over_at: datetime | None
    review_due_at: datetime
    justified: bool | None


def target(tx: Connection, actor: Actor, student: StudentId, at: datetime) -> Incident | None:
    """The newest open incident of the student, but for whoever must see nothing of it."""
    query = select(INCIDENT.c.state).where(INCIDENT.c.student == student, INCIDENT.c.closed_at.is_(None))
    query = query.where(INCIDENT.c.district == actor.district).order_by(INCIDENT.c.opened_at.desc(), INCIDENT.c.id)
    state = tx.execute(query.limit(1)).scalar_one_or_none()
    found = None if state is None else codec.incident_from_text(state)
    if found is None or actor.id in involved.about_of(tx, found).conflicted:
        return None
    return found


def must_be_free(tx: Connection, person: PersonId, at: datetime) -> None:
    """PR-55: an overdue review suspends the right. Asked before anything is looked for."""
    overdue = (BREAK_GLASS.c.person == person, BREAK_GLASS.c.reviewed_at.is_(None), BREAK_GLASS.c.review_due_at <= at)
    if tx.execute(select(BREAK_GLASS.c.id).where(*overdue).limit(1)).first() is not None:
        text = "Your last emergency access was not looked at in time; the privacy officer has to do that first"
        raise Refused(Reason("PR-55", text))


def reason_of(text: str) -> str:
    """As it is kept. Raises `Refused` where it says too little."""
    said = " ".join(text.split())
    refuse_if(
        Reason("PR-55", "Say in at least 20 letters why you must see it now") if len(said) < LEAST else None,
        Reason("PR-55", "Keep it to 1,000 letters") if len(said) > LONGEST else None,
    )
    return said


def begin(
    tx: Connection,
    keys: KeyRing,
    incident: Incident,
    why: tuple[BreakGlassReason, str],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """In one transaction with its record and the texts about it. Raises `Refused` for a reason given before."""
    assert by.id is not None
    reason, text = why[0], reason_of(why[1])
    about = involved.about_of(tx, incident)
    if sight(by, about, at) >= Sight.READ:
        return  # nothing to break, or broken already
    before = [each.text for each in of_incident(tx, keys, incident.id) if each.person == by.id]
    refuse_if(Reason("PR-55", "This reason was given before; say what is new") if text in before else None)
    new, words = clock.new_id(), WordsId(clock.new_id())
    sealed.put(tx, keys, incident.id, {words: text})
    due = after_school_days(at, REVIEW_WITHIN, people.ground(tx, incident.school).calendar)
    row = {"id": new, "district": incident.district, "incident": incident.id, "person": by.id, "reason": reason}
    times = {"began_at": at, "ends_at": at + LASTS, "review_due_at": due}
    tx.execute(insert(BREAK_GLASS).values(**row, **times, words=words))
    audit.record(tx, at=at, actor=by.id, action="break-glass began", subject=incident.id, detail={"reason": reason})
    _tell(tx, incident, about.conflicted, by.id, at)


def _tell(tx: Connection, incident: Incident, conflicted: frozenset[PersonId], by: PersonId, at: datetime) -> None:
    """The lead, unless they have a conflict of interest, the privacy officers, and the district's crisis leads."""
    officers = [each.id for each in people.staff(tx, incident.district) if StaffRole.PRIVACY_OFFICER in each.posts]
    lead = [incident.lead] if incident.lead is not None and incident.lead not in conflicted else []
    planners.tell(tx, incident.district, Subject.BREAK_GLASS, at=at, also=[*lead, *officers], but=by)


def end(tx: Connection, incident: IncidentId, person: PersonId, at: datetime) -> None:
    """Before its time, by whoever broke it."""
    mine = (BREAK_GLASS.c.incident == incident, BREAK_GLASS.c.person == person, BREAK_GLASS.c.over_at.is_(None))
    if tx.execute(update(BREAK_GLASS).where(*mine, BREAK_GLASS.c.ends_at > at).values(over_at=at)).rowcount == 0:
        raise NotFound
    audit.record(tx, at=at, actor=person, action="break-glass ended", subject=incident)


def run_out(tx: Connection, district: DistrictId, at: datetime) -> list[Found]:
    mine = (BREAK_GLASS.c.district == district, BREAK_GLASS.c.over_at.is_(None), BREAK_GLASS.c.ends_at <= at)
    return list(tx.execute(select(BREAK_GLASS).where(*mine).order_by(BREAK_GLASS.c.ends_at)))


def note_ends(tx: Connection, district: DistrictId, at: datetime) -> int:
    """What ended by itself goes on record; nobody saw anything by it since."""
    found = run_out(tx, district, at)
    for row in found:
        tx.execute(update(BREAK_GLASS).where(BREAK_GLASS.c.id == row.id).values(over_at=row.ends_at))
        audit.record(tx, at=at, actor=None, action="break-glass ended", subject=row.incident)
    return len(found)


def review(tx: Connection, district: DistrictId, broken: str, *, justified: bool, by: PersonId, at: datetime) -> None:
    """By another than who broke it. Raises `NotFound` for what was looked at before."""
    mine = (BREAK_GLASS.c.id == broken, BREAK_GLASS.c.district == district, BREAK_GLASS.c.reviewed_at.is_(None))
    row = tx.execute(select(BREAK_GLASS.c.person).where(*mine)).one_or_none()
    if row is None:
        raise NotFound
    refuse_if(Reason("PR-55", "Somebody else has to look at your own") if row.person == by else None)
    judged = {"reviewed_by": by, "reviewed_at": at, "justified": justified}
    tx.execute(update(BREAK_GLASS).where(BREAK_GLASS.c.id == broken).values(**judged))
    verdict = {"justified": int(justified)}
    audit.record(tx, at=at, actor=by, action="break-glass reviewed", subject=broken, detail=verdict)


def of_incident(tx: Connection, keys: KeyRing, incident: IncidentId) -> list[Broken]:
    return _read(tx, keys, BREAK_GLASS.c.incident == incident)


def to_review(tx: Connection, keys: KeyRing, district: DistrictId) -> list[Broken]:
    """The oldest first."""
    return _read(tx, keys, (BREAK_GLASS.c.district == district) & BREAK_GLASS.c.reviewed_at.is_(None))


def _read(tx: Connection, keys: KeyRing, where: ColumnElement[bool]) -> list[Broken]:
    rows = tx.execute(select(BREAK_GLASS).where(where).order_by(BREAK_GLASS.c.began_at, BREAK_GLASS.c.id)).all()
    words = sealed.read(tx, keys, [WordsId(row.words) for row in rows])
    return [
        Broken(
            id=row.id,
            incident=row.incident,
            person=row.person,
            reason=row.reason,
            text=words.get(WordsId(row.words)),
            began_at=row.began_at,
            ends_at=row.ends_at,
            over_at=row.over_at,
            review_due_at=row.review_due_at,
            justified=row.justified,
        )
        for row in rows
    ]
