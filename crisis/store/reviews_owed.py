"""Which incidents ask for a review, found without anybody asking: once after each close, by the same causes.

What was closed long before is not asked about any more; whoever may can begin a review of it all the same.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, exists, insert, or_, select, update

from crisis import clock
from crisis.commands import Actor
from crisis.policy import looking_back
from crisis.policy.access import PRINCIPALS
from crisis.policy.sight import NO_CRISIS
from crisis.review.review import Review
from crisis.review.written import due_at
from crisis.review_words import ReviewState
from crisis.statemachine.incident import Incident
from crisis.statemachine.lifecycle import REVIEW as LIFECYCLE
from crisis.store import audit, incidents, involved, marks, people, protocols, reviewing, reviews, sealed
from crisis.store.review_tables import REVIEW
from crisis.store.reviews import KeptReview
from crisis.store.tables import INCIDENT
from crisis.vocabulary import DistrictId, IncidentId

BACK = timedelta(days=60)
AT_A_TIME = 20


def unlooked(tx: Connection, district: DistrictId, at: datetime) -> list[IncidentId]:
    """Closed lately, and nobody has asked yet whether it needs a review, or by when."""
    known = select(REVIEW.c.id).where(REVIEW.c.incident == INCIDENT.c.id, REVIEW.c.due_at.is_not(None))
    query = select(INCIDENT.c.id).where(
        INCIDENT.c.district == district,
        INCIDENT.c.closed_at > at - BACK,
        ~exists(known.correlate(INCIDENT)),
        ~sealed.destroyed(INCIDENT.c.id),
    )
    found = tx.execute(query.order_by(INCIDENT.c.closed_at, INCIDENT.c.id).limit(AT_A_TIME)).scalars()
    return [IncidentId(each) for each in found]


def look(tx: Connection, incident: IncidentId, at: datetime) -> KeptReview:
    """Writes down whether it is owed and by when; nothing more where somebody has done so meanwhile."""
    now = incidents.load(tx, incident, lock=True)
    known = reviews.of_incident(tx, incident)
    if known is not None and known.due_at is not None:
        return known
    calendar = people.ground(tx, now.school)
    found = reviewing.of_incident(tx, incident, protocols.by_hash(tx, now.protocol_hash), calendar, at)
    due = due_at(found, calendar.calendar)
    if known is None:
        return _first(tx, now, found, due, at)
    state = known.state
    if state is ReviewState.NOT_ASKED and found.causes:
        state = ReviewState(LIFECYCLE.move(state, "ask"))
    values = {"state": state, "causes": " ".join(found.causes), "due_at": due, "lead": now.lead}
    tx.execute(update(REVIEW).where(REVIEW.c.id == known.id).values(**values))
    return reviews.one(tx, now.district, known.id)


def _first(tx: Connection, now: Incident, found: Review, due: datetime | None, at: datetime) -> KeptReview:
    asked = found.causes and now.closed_at is not None
    new, state = clock.new_id(), ReviewState.OWED if asked else ReviewState.NOT_ASKED
    place = {"id": new, "district": now.district, "school": now.school, "incident": now.id, "lead": now.lead}
    tx.execute(insert(REVIEW).values(**place, state=state, causes=" ".join(found.causes), due_at=due))
    if asked:
        audit.record(tx, at=at, actor=None, action="review owed", subject=new)
    return reviews.one(tx, now.district, new)


def of_actor(tx: Connection, actor: Actor, at: datetime) -> list[KeptReview]:
    """Those that are this person's to write or to answer for, of incidents that they see; what is due first, first."""
    leads = looking_back.leads_district(actor)
    mine = or_(REVIEW.c.lead == actor.id, REVIEW.c.school.in_(actor.schools_of(PRINCIPALS)))
    founded = or_(REVIEW.c.state != ReviewState.OWED, ~marks.standing(INCIDENT.c.id, NO_CRISIS))
    query = (
        select(REVIEW)
        .join(INCIDENT, INCIDENT.c.id == REVIEW.c.incident)
        .where(
            REVIEW.c.district == actor.district,
            REVIEW.c.state != ReviewState.NOT_ASKED,
            and_(involved.seen_by(actor, at), founded, *([] if leads else [mine])),
        )
    )
    found = [reviews.read(row) for row in tx.execute(query)]
    return sorted(found, key=lambda each: (each.due_at is None, each.due_at or at, each.id))
