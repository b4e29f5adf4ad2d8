"""`/api/v1/directory`: who outside the school helps; the same answers as the console's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query

from crisis.policy.directory import Entry, Fit, Wanted, open_at
from crisis.policy.opening_hours import read_hours, written
from crisis.referral_words import AgencyId, AgencyKind, Capacity, Care, Insurance
from web import directory_orders
from web.api.orders import Body, Code, Count, Words
from web.deps import ID, Desk, TokenHolder

router = APIRouter(prefix="/api/v1/directory", tags=["directory"])

AgencyPath = Annotated[AgencyId, Path(pattern=ID)]
Tag = Annotated[str, Query(pattern=r"^[A-Za-z0-9-]{2,20}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyView:
    """Null and empty: nobody has recorded it. `hours` by the school's clock; `number` is E.164.

    `capacity_stale`: said more than two weeks ago. `asks`: what was asked for and has to be asked there.
    """

    id: AgencyId
    name: str
    kind: AgencyKind
    phone: str | None
    number: str | None
    address: str | None
    how: str | None
    hours: str | None
    open: bool | None
    languages: list[str]
    interpreters: bool | None
    youngest: int | None
    oldest: int | None
    care: list[Care]
    insurance: list[Insurance]
    capacity: Capacity | None
    capacity_days: int | None
    capacity_at: datetime | None
    capacity_stale: bool | None
    asks: list[str]


class AgencyBody(Body):
    """`hours` as `mon-fri 8:00-17:00; sat 9:00-12:00`, or `always`."""

    name: Code
    kind: AgencyKind
    phone: Code | None = None
    address: Words | None = None
    how: Words | None = None
    hours: Code | None = None
    languages: frozenset[Code] = frozenset()
    interpreters: bool | None = None
    youngest: Count | None = None
    oldest: Count | None = None
    care: frozenset[Care] = frozenset()
    insurance: frozenset[Insurance] = frozenset()

    def entry(self) -> Entry:
        plain = self.model_dump(exclude={"hours"})
        return Entry(**plain, hours=None if self.hours is None else read_hours(self.hours))


class PlacesBody(Body):
    capacity: Capacity
    days: Count | None = None


@router.get("")
def listed(
    desk: TokenHolder,
    *,
    kind: AgencyKind | None = None,
    language: Tag | None = None,
    care: Care | None = None,
    insurance: Insurance | None = None,
    age: Annotated[int | None, Query(ge=0, le=120)] = None,
    open_now: bool = False,
) -> list[AgencyView]:
    """For every member of staff. Those that fit first, then those of which a part has to be asked."""
    wanted = Wanted(kind=kind, language=language, care=care, insurance=insurance, age=age, open_now=open_now)
    zone = directory_orders.zone(desk)
    return [_view(fit, desk, zone) for fit in directory_orders.found(desk, wanted)]


@router.post("", status_code=201)
def add(desk: TokenHolder, body: AgencyBody) -> AgencyView:
    """For the district crisis lead."""
    return _one(desk, directory_orders.add(desk, body.entry()))


@router.get("/{agency}")
def of_one(desk: TokenHolder, agency: AgencyPath) -> AgencyView:
    """For every member of staff."""
    return _one(desk, agency)


@router.post("/{agency}")
def change(desk: TokenHolder, agency: AgencyPath, body: AgencyBody) -> AgencyView:
    """What is left out is not on record any more. For the district crisis lead."""
    directory_orders.change(desk, agency, body.entry())
    return _one(desk, agency)


@router.post("/{agency}/places")
def places(desk: TokenHolder, agency: AgencyPath, body: PlacesBody) -> AgencyView:
    """Whether they take somebody new, as somebody there has just said. For the crisis team."""
    directory_orders.confirm_places(desk, agency, body.capacity, body.days)
    return _one(desk, agency)


@router.post("/{agency}/end")
def end(desk: TokenHolder, agency: AgencyPath) -> AgencyView:
    """It is listed no more; the answer is how it stood. For the district crisis lead."""
    before = _one(desk, agency)
    directory_orders.end(desk, agency)
    return before


def _one(desk: Desk, agency: AgencyId) -> AgencyView:
    return _view(Fit(directory_orders.one(desk, agency)), desk, directory_orders.zone(desk))


def _view(fit: Fit, desk: Desk, zone: str) -> AgencyView:
    agency, entry, places = fit.agency, fit.agency.entry, fit.agency.places
    return AgencyView(
        id=agency.id,
        name=entry.name,
        kind=entry.kind,
        phone=entry.phone,
        number=agency.number,
        address=entry.address,
        how=entry.how,
        hours=None if entry.hours is None else written(entry.hours),
        open=open_at(agency, desk.at, zone),
        languages=sorted(entry.languages),
        interpreters=entry.interpreters,
        youngest=entry.youngest,
        oldest=entry.oldest,
        care=sorted(entry.care),
        insurance=sorted(entry.insurance),
        capacity=None if places is None else places.capacity,
        capacity_days=None if places is None else places.days,
        capacity_at=None if places is None else places.at,
        capacity_stale=None if places is None else places.stale(desk.at),
        asks=list(fit.asks),
    )
