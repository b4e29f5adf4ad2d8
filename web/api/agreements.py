"""`/api/v1/agreements`: what was signed with agencies, and who works for one; the same as on the page."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import StrictBool

from crisis.policy.agreements import RUNS_OUT_WITHIN, Agreement, Terms
from crisis.referral_words import AgencyId, AgreedUse, DataPoint
from crisis.vocabulary import PersonId
from web import agreement_orders
from web.api.orders import Body, Code, Id
from web.deps import ID, Desk, TokenHolder

router = APIRouter(prefix="/api/v1/agreements", tags=["agreements"])

AgreementPath = Annotated[str, Path(pattern=ID)]
PersonPath = Annotated[PersonId, Path(pattern=ID)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementView:
    """Both days are included, by the clock of the district; `in_force` is now, `runs_out` is within 60 days."""

    id: str
    agency: AgencyId
    data_points: list[DataPoint]
    uses: list[AgreedUse]
    first_day: date
    last_day: date
    in_force: bool
    runs_out: bool
    signed_for_district: str
    signed_for_agency: str
    paper: str
    sha256: str | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    person: PersonId
    agency: AgencyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreements:
    agreements: list[AgreementView]
    members: list[MemberView]


class AgreementBody(Body):
    agency: Id
    data_points: frozenset[DataPoint]
    uses: frozenset[AgreedUse]
    direct_control: StrictBool
    redisclosure_ban: StrictBool
    first_day: date
    last_day: date
    signed_for_district: Code
    signed_for_agency: Code
    paper: Code
    sha256: Code | None = None


class MemberBody(Body):
    agency: Id


@router.get("")
def listed(desk: TokenHolder) -> Agreements:
    """For the privacy officer and the district crisis lead; every look is on record."""
    kept = agreement_orders.seen(desk)
    return Agreements(
        agreements=[_view(each, desk) for each in kept.agreements],
        members=[MemberView(person=each.person, agency=each.agency) for each in kept.members],
    )


@router.post("", status_code=201)
def record(desk: TokenHolder, body: AgreementBody) -> Agreements:
    """For the same people as the list."""
    agreement_orders.record(desk, Terms(**{**body.model_dump(), "agency": AgencyId(body.agency)}))
    return listed(desk)


@router.post("/{agreement}/end")
def end(desk: TokenHolder, agreement: AgreementPath) -> Agreements:
    """From this moment on it gives nothing. For the same people as the list."""
    agreement_orders.end(desk, agreement)
    return listed(desk)


@router.post("/members/{person}")
def put_in(desk: TokenHolder, person: PersonPath, body: MemberBody) -> Agreements:
    """They are let in only while this agency's agreement is in force. For the same people as the list."""
    agreement_orders.put_in(desk, person, AgencyId(body.agency))
    return listed(desk)


@router.post("/members/{person}/take-out")
def take_out(desk: TokenHolder, person: PersonPath) -> Agreements:
    """They work for the district itself. For the same people as the list."""
    agreement_orders.take_out(desk, person)
    return listed(desk)


def _view(agreement: Agreement, desk: Desk) -> AgreementView:
    terms, in_force = agreement.terms, agreement.in_force(desk.at)
    return AgreementView(
        id=agreement.id,
        agency=terms.agency,
        data_points=sorted(terms.data_points),
        uses=sorted(terms.uses),
        first_day=terms.first_day,
        last_day=terms.last_day,
        in_force=in_force,
        runs_out=in_force and agreement.counts_until - desk.at <= RUNS_OUT_WITHIN,
        signed_for_district=terms.signed_for_district,
        signed_for_agency=terms.signed_for_agency,
        paper=terms.paper,
        sha256=terms.sha256,
        ended_at=agreement.ended_at,
    )
