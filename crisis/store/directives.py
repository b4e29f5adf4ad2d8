"""What a student or a family said may be told to whom, as it is kept; what it takes away is `crisis.policy.directives`.

It acts from the next offer and the next look at a brief on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from crisis import commands as cmd
from crisis.errors import Reason, refuse_if
from crisis.policy.directives import Directive, against, unlawful
from crisis.privacy_words import InstructionSource
from crisis.record_words import InfoAudience
from crisis.referral_words import DataPoint
from crisis.statemachine.by_record import AT_ONCE
from crisis.statemachine.incident import Incident
from crisis.store import kept
from crisis.store.directive_tables import INFO_DIRECTIVE
from crisis.store.instructions import STALE
from crisis.store.people import StudentView
from crisis.store.people_tables import Found
from crisis.vocabulary import Emergency, LegalBasis, PersonId, StudentId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDirective:
    """`confirmed_at` is when somebody last said that it still holds."""

    id: str
    directive: Directive
    source: InstructionSource
    recorded_by: PersonId
    confirmed_at: datetime

    def stale(self, at: datetime) -> bool:
        return at - self.confirmed_at >= STALE


def add(
    tx: Connection, student: StudentView, wanted: Directive, source: InstructionSource, *, by: PersonId, at: datetime
) -> str:
    there = [(each.directive, each.source) for each in of_student(tx, student.id)]
    known = (wanted, source) in there
    refuse_if(unlawful(wanted), Reason("DIRECTIVE", "This is on record already") if known else None)
    values = {"audience": wanted.audience, "category": wanted.category, "action": wanted.action, "source": source}
    return kept.add(tx, INFO_DIRECTIVE, (student.district, student.id), values, by=by, at=at)


def of_student(tx: Connection, student: StudentId) -> list[KeptDirective]:
    """Those that hold."""
    query = select(INFO_DIRECTIVE).where(INFO_DIRECTIVE.c.student == student, INFO_DIRECTIVE.c.ended_at.is_(None))
    return [_read(row) for row in tx.execute(query.order_by(INFO_DIRECTIVE.c.recorded_at, INFO_DIRECTIVE.c.id))]


def _read(row: Found) -> KeptDirective:
    return KeptDirective(
        id=row.id,
        directive=Directive(audience=row.audience, category=row.category, action=row.action),
        source=row.source,
        recorded_by=row.recorded_by,
        confirmed_at=row.confirmed_at,
    )


def said_about(tx: Connection, student: StudentId | None) -> tuple[Directive, ...]:
    """Nothing where nobody knows who the student is."""
    return () if student is None else tuple(each.directive for each in of_student(tx, student))


def reasons_against(tx: Connection, command: cmd.Command, incident: Incident) -> Sequence[Reason]:
    """Why this handoff may not be offered so, asked in its own transaction: what they said may be a second old."""
    match command:
        case cmd.OfferHandoff() if not at_once(incident, command.basis):
            points = [each for each in DataPoint if each.value in command.disclosed]
            agreed = frozenset[str]() if incident.assent is None else incident.assent.agreed
            return list(against(said_about(tx, incident.student), InfoAudience.CLINICIAN, points, agreed))
        case _:
            return ()


def at_once(incident: Incident, basis: LegalBasis | None) -> bool:
    """A life is in danger, or a child has to be protected: nobody is asked first."""
    return incident.emergency is Emergency.ACTIVE or basis in AT_ONCE
