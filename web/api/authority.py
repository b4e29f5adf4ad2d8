"""`/api/v1/students/{student}/authorities`: what each adult may do for a student, for the same people as the page."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from fastapi import APIRouter

from crisis.policy.authorities import Granted
from crisis.privacy_words import Authority, AuthorityPaper
from crisis.store import authorities, people
from crisis.vocabulary import PersonId
from web import authority_orders
from web.api.orders import Body, Id
from web.api.reading import sent_of_student
from web.deps import AuthorityPath, StudentPath, TokenHolder
from web.record_orders import must_keep

router = APIRouter(prefix="/api/v1/students", tags=["authorities"])


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityView:
    """`counts`: a second person has seen the paper, and it has not run out."""

    id: str
    person: PersonId
    authority: Authority
    paper: AuthorityPaper
    until: date | None
    entered_by: PersonId
    checked: bool
    counts: bool


class AuthorityBody(Body):
    """`until` is the paper's last day, by the school's calendar. The guardian of an adult needs a court's order."""

    person: Id
    authority: Authority
    paper: AuthorityPaper
    until: date | None = None


@router.get("/{student}/authorities")
def of_student(desk: TokenHolder, student: StudentPath) -> list[AuthorityView]:
    """For the crisis team of the student's school and the posts of the district; every look is on record."""
    known = must_keep(desk, student)
    with desk.store.write() as tx:
        found = authorities.of_student(tx, student)
        today = desk.at.astimezone(ZoneInfo(people.school(tx, known.school).zone)).date()
        sent_of_student(tx, desk, student, "authority viewed", sent="authorities")
    return [
        AuthorityView(
            id=each.id,
            person=each.granted.person,
            authority=each.granted.authority,
            paper=each.granted.paper,
            until=each.granted.until,
            entered_by=each.entered_by,
            checked=each.granted.checked,
            counts=each.granted.counts(today),
        )
        for each in found
    ]


@router.post("/{student}/authorities", status_code=201)
def enter(desk: TokenHolder, student: StudentPath, body: AuthorityBody) -> list[AuthorityView]:
    """It gives no right until somebody else has checked it. For the same people as the list."""
    wanted = Granted(person=PersonId(body.person), authority=body.authority, paper=body.paper, until=body.until)
    authority_orders.enter(desk, student, wanted)
    return of_student(desk, student)


@router.post("/{student}/authorities/{authority}/check")
def check(desk: TokenHolder, student: StudentPath, authority: AuthorityPath) -> list[AuthorityView]:
    """Wants another person who has just shown that it is them: on the console alone, a program is told so (PR-61)."""
    authority_orders.check(desk, student, authority)
    return of_student(desk, student)


@router.post("/{student}/authorities/{authority}/end")
def end(desk: TokenHolder, student: StudentPath, authority: AuthorityPath) -> list[AuthorityView]:
    """It gives no right any more, at once. For the same people as the list."""
    authority_orders.end(desk, student, authority)
    return of_student(desk, student)
