"""Incidents of one student that are open at the same time: what one of them blocks is blocked in all (I-10).

A block that stands at the close goes on in the student's record, where two people lift it. Asked in the transaction
of the deed, while the student's row is held: whoever declares a block, opens an incident of the student or says that it
is them waits for it, and the other way round.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from crisis import commands as cmd
from crisis import linked_commands as lcmd
from crisis.access_words import Sight
from crisis.effects import LinkSameStudent, LookAtTexts, MoveAdult
from crisis.errors import Reason
from crisis.events import ContactAttempted
from crisis.policy.sight import sight
from crisis.protocols.schema import Protocol
from crisis.statemachine.alongside import level_owed
from crisis.statemachine.custody import family_blocked
from crisis.statemachine.ground import Elsewhere, Ground, Talk
from crisis.statemachine.incident import Incident
from crisis.statemachine.informing import informs
from crisis.store import codec, conflicts, incidents, involved, outbox, people, protocols, restrictions
from crisis.store.incidents import StoredEvent
from crisis.store.outbox import Numbered
from crisis.store.tables import INCIDENT
from crisis.vocabulary import Custody, IncidentId, PersonId, StudentId, Tier

TOGETHER = (
    cmd.RecordContact,
    cmd.ReleaseCustody,
    cmd.DeclareException,
    cmd.IdentifyStudent,
    cmd.OpenIncident,
    cmd.CloseIncident,
)


def open_of(tx: Connection, student: StudentId, but: IncidentId | None = None) -> list[Incident]:
    """The oldest first. Drills have no student, so all of them are live, and of the student's district."""
    query = select(INCIDENT.c.state).where(INCIDENT.c.student == student, INCIDENT.c.closed_at.is_(None))
    found = [codec.incident_from_text(each) for each in tx.execute(query.order_by(INCIDENT.c.opened_at)).scalars()]
    return [each for each in found if each.id != but]


def open_on(tx: Connection, student: StudentId, protocol: str, but: IncidentId | None = None) -> IncidentId | None:
    """The oldest open one on this protocol: nobody is asked and called about the same thing twice."""
    return next((each.id for each in open_of(tx, student, but) if each.protocol == protocol), None)


def guardians_blocked(tx: Connection, student: StudentId | None, incident: Incident | None = None) -> bool:
    """By any of the student's open incidents, by this one, or by one that closed with the block in force."""
    here = [] if incident is None else [incident]
    if student is None:
        return any(_blocks(tx, each) for each in here)
    return _blocked(tx, student, [*here, *open_of(tx, student, None if incident is None else incident.id)])


def _blocked(tx: Connection, student: StudentId, found: Sequence[Incident]) -> bool:
    return restrictions.family_blocked(tx, student) or any(_blocks(tx, each) for each in found)


def _blocks(tx: Connection, incident: Incident) -> bool:
    return family_blocked(incident, protocols.by_hash(tx, incident.protocol_hash))


def hold(tx: Connection, command: cmd.Command, student: StudentId | None) -> None:
    """One of those who block, identify, tell or release is first; the others see what it did."""
    named = command.student if isinstance(command, cmd.OpenIncident | cmd.IdentifyStudent) else student
    if named is not None and isinstance(command, TOGETHER):
        people.hold_student(tx, named)


def reasons_against(tx: Connection, command: cmd.Command, incident: Incident) -> list[Reason]:
    """PR-54: whom any open incident of the student keeps out is not handed the student by anybody.

    The words say neither why nor where, and their rule is that of every handover: the other incident is no news for
    either side. Whoever takes the student without being asked, or found them, is not refused: they are there.
    """
    text = "This adult cannot be asked to be with the student; choose somebody else"
    match command:
        case cmd.OfferCustody(to=adult):
            found = Reason("I-1", text, at="to")
        case cmd.NameAdult(adult=adult):
            found = Reason("I-1", text, at="adult")
        case cmd.AcceptCustody(by=by) if by.id is not None:
            text = "This handover is no longer possible; the student stays with the adult who is with them"
            adult, found = by.id, Reason("I-1", text)
        case _:
            return []
    others = [] if incident.student is None else open_of(tx, incident.student, incident.id)
    return [found] if any(adult in conflicts.people(tx, each) for each in (incident, *others)) else []


WEIGHED = (cmd.RecordContact, cmd.ReleaseCustody, cmd.SetTier, lcmd.CountContact)


def ground_for(tx: Connection, ground: Ground, incident: Incident, command: cmd.Command, at: datetime) -> Ground:
    """With what the student's other open incidents say, where this order has to weigh it."""
    if incident.student is None or not isinstance(command, WEIGHED):
        return ground
    others = open_of(tx, incident.student, incident.id)
    tiers = [each.effective_tier for each in others if each.effective_tier is not None]
    found = Elsewhere(
        guardians_blocked=_blocked(tx, incident.student, others),
        level_owed=any(level_owed(each, protocols.by_hash(tx, each.protocol_hash)) for each in others),
        tier=max(tiers, key=lambda each: each.rank, default=None),
        talks=_talks(tx, command, others, at) if isinstance(command, lcmd.CountContact) else {},
    )
    return replace(ground, elsewhere=found)


def _talks(
    tx: Connection, command: lcmd.CountContact, others: Sequence[Incident], at: datetime
) -> dict[IncidentId, Talk]:
    """Of the one that is meant, if whoever gives the order sees it."""
    named = [each for each in others if each.id == command.other]
    seen = [each for each in named if sight(command.by, involved.about_of(tx, each), at) >= Sight.READ]
    found = {each.id: talk_of(incidents.events_of(tx, each.id)) for each in seen}
    return {incident: talk for incident, talk in found.items() if talk is not None}


def talk_of(log: Sequence[StoredEvent]) -> Talk | None:
    """The first that informed a guardian (PR-75); what was entered in error is for whoever counts it to see."""
    talks = (each.event for each in log)
    return next(
        (
            Talk(contact=each.contact, at=each.at)
            for each in talks
            if isinstance(each, ContactAttempted) and informs(each)
        ),
        None,
    )


def risk_to_tell(one: Incident, other: Incident) -> Tier | None:
    """What the other one does not know yet; no risk is no news."""
    tier, known = one.effective_tier, other.effective_tier
    if tier is None or tier is Tier.NONE or (known is not None and known.rank >= tier.rank):
        return None
    return tier


def of_close(tx: Connection, before: Incident | None, after: Incident, protocol: Protocol, by: PersonId | None) -> None:
    """I-10: whoever closes it leaves the block to the student's record. What closes by itself blocks nobody."""
    at = after.closed_at
    if before is None or at is None or by is None or after.student is None or not family_blocked(after, protocol):
        return
    restrictions.family_stays_blocked(tx, after.student, after.district, by=by, at=at)


def of_change(
    tx: Connection, before: Incident | None, after: Incident, protocol: Protocol, at: datetime
) -> Sequence[Numbered]:
    """A student who became known is linked to what else is open of them, which hears of a higher risk; for a new block
    every text is looked at.
    """
    if after.student is None:
        return ()
    new = before is None or before.student != after.student
    blocks = family_blocked(after, protocol) and (new or before is None or not family_blocked(before, protocol))
    riskier = after.effective_tier not in (None, Tier.NONE, before and before.effective_tier)
    others = open_of(tx, after.student, after.id) if new or blocks or riskier else []
    for other in others if blocks else ():
        outbox.put_again(tx, other, other.seq, LookAtTexts(mode=other.mode), at)
    joins = others and (new or any(risk_to_tell(after, each) for each in others))
    linked: list[Numbered] = [(after.seq, LinkSameStudent(mode=after.mode))] if joins else []
    return [*linked, *_moved(before, after)]


def _moved(before: Incident | None, after: Incident) -> list[Numbered]:
    """Whoever took the student in one is with them in all (I-1); how an incident begins takes them from nobody."""
    if before is None or (before.custody, before.adult) == (after.custody, after.adult):
        return []
    if after.custody is not Custody.LOST and (after.adult is None or after.adult == before.adult):
        return []
    return [(after.seq, MoveAdult(was=before.adult, adult=after.adult, mode=after.mode))]
