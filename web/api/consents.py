"""`/api/v1/students/{student}/consents`: signed consents to release records, for the same people as the page."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, StrictBool, StringConstraints

from crisis.disclosure_words import DisclosurePurpose, SignMethod
from crisis.store import consents
from crisis.store.consents import DOCUMENT, LONGEST_NAME, Kept, Signed
from crisis.vocabulary import PersonId
from web import consent_orders, record_orders
from web.api.orders import Body, Code, Id
from web.api.reading import sent_of_student
from web.deps import ConsentPath, StudentPath, TokenHolder

router = APIRouter(prefix="/api/v1/students", tags=["consents"])

Name = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME, strip_whitespace=True)]
Document = Annotated[str, StringConstraints(pattern=DOCUMENT)]
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$")]


class ConsentBody(Body):
    """`signer` null: the student. `document` is its number at the office, or the SHA-256 of the file."""

    records: Annotated[list[Code], Field(min_length=1, max_length=40)]
    purpose: DisclosurePurpose
    party: Name
    signer: Id | None
    minor_checked: StrictBool = False
    method: SignMethod
    document: Document
    language: Language
    read: StrictBool
    interpreter: Name | None = None
    signed_on: date
    expires_on: date | None = None
    part2: StrictBool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """`ended_on`: the day on which it was taken back."""

    id: str
    records: list[str]
    purpose: DisclosurePurpose | None
    party: str
    signer: PersonId | None
    method: SignMethod | None
    document: str
    language: str
    interpreter: str | None
    signed_on: date | None
    expires_on: date | None
    ended_on: date | None
    part2: bool
    recorded_by: PersonId


@router.get("/{student}/consents")
def of_student(desk: TokenHolder, student: StudentPath) -> list[ConsentView]:
    """For the crisis team of the student's school and the posts of the district; every look is in the ledger."""
    record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        found = consents.of_student(tx, desk.store.keys, student)
        sent_of_student(tx, desk, student, "consents viewed", sent="consents")
    return [_view(each) for each in found]


@router.post("/{student}/consents", status_code=201)
def record(desk: TokenHolder, student: StudentPath, body: ConsentBody) -> list[ConsentView]:
    """Whole, and by whoever had the right on that day, or not at all. For the same people as the list."""
    signed = Signed(
        records=frozenset(body.records),
        purpose=body.purpose,
        party=body.party,
        signer=None if body.signer is None else PersonId(body.signer),
        method=body.method,
        document=body.document,
        language=body.language,
        read=body.read,
        interpreter=body.interpreter,
        signed_on=body.signed_on,
        expires_on=body.expires_on,
        part2=body.part2,
        minor_checked=body.minor_checked,
    )
    consent_orders.record(desk, student, signed)
    return of_student(desk, student)


@router.post("/{student}/consents/{consent}/take-back")
def take_back(desk: TokenHolder, student: StudentPath, consent: ConsentPath) -> list[ConsentView]:
    """Nothing goes out on it from now on. For the same people as the list."""
    consent_orders.take_back(desk, student, consent)
    return of_student(desk, student)


def _view(kept: Kept) -> ConsentView:
    consent = kept.consent
    return ConsentView(
        id=consent.id,
        records=sorted(consent.records),
        purpose=consent.purpose,
        party=consent.party,
        signer=consent.signer,
        method=consent.method,
        document=consent.document,
        language=consent.language,
        interpreter=consent.interpreter,
        signed_on=consent.signed_on,
        expires_on=consent.expires_on,
        ended_on=consent.ended_on,
        part2=consent.part2,
        recorded_by=kept.recorded_by,
    )
