"""`/api/v1/students/{student}/disclosures`: the ledger of a student, for the same people as the page."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter

from crisis.disclosure_words import DisclosureEffect, DisclosurePurpose, DisclosureWay, RecipientKind
from crisis.store.disclosures import Line
from crisis.vocabulary import IncidentId, LegalBasis, PersonId
from web import ledger_orders
from web.api.reading import sent_of_student
from web.deps import StudentPath, TokenHolder
from web.ledger_orders import Log

router = APIRouter(prefix="/api/v1/students", tags=["disclosures"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """One who got it, as written down; names are null where the record was destroyed."""

    kind: RecipientKind
    name: str | None
    position: str | None
    affiliation: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureView:
    """`went_out` false: it was asked for and refused, `rules` say why. `fields` are codes of parts, never content."""

    id: str
    at: datetime
    way: DisclosureWay
    effect: DisclosureEffect
    went_out: bool
    basis: LegalBasis | None
    purpose: DisclosurePurpose | None
    incident: IncidentId | None
    kinds: tuple[RecipientKind, ...]
    recipients: list[Got]
    persons: tuple[PersonId, ...]
    fields: tuple[str, ...]
    rules: tuple[str, ...]
    threat: str | None
    released_by: PersonId | None
    decided_by: PersonId | None
    notice: bool
    pack: str


@router.get("/{student}/disclosures")
def of_student(desk: TokenHolder, student: StudentPath, log: Log = Log.ALL) -> list[DisclosureView]:
    """The newest first. For the posts of the district, the principals, and who leads an incident of the student."""
    with desk.store.write() as tx:
        ledger_orders.must_see(tx, desk, student)
        found = ledger_orders.lines(tx, desk, student, log)
        sent_of_student(tx, desk, student, "ledger viewed", sent="ledger")
    return [_view(each) for each in found]


def _view(line: Line) -> DisclosureView:
    return DisclosureView(
        id=line.id,
        at=line.at,
        way=line.way,
        effect=line.effect,
        went_out=line.went_out,
        basis=line.basis,
        purpose=line.purpose,
        incident=line.incident,
        kinds=line.kinds,
        recipients=[
            Got(kind=each.kind, name=each.name, position=each.position, affiliation=each.affiliation)
            for each in line.recipients
        ],
        persons=line.persons,
        fields=line.fields,
        rules=line.rules,
        threat=line.threat,
        released_by=line.released_by,
        decided_by=line.decided_by,
        notice=line.notice,
        pack=line.pack,
    )
