"""`/api/v1/students/{student}/contacts`: who may be contacted, and who must not; the same answers as the console's."""

from dataclasses import dataclass
from datetime import date, datetime

from fastapi import APIRouter

from crisis.policy.contact import Decision
from crisis.privacy_words import ContactEffect, ContactWay, Obligation, RestrictionKind
from crisis.store import contacting, restrictions
from crisis.store.restrictions import Entry, Kept
from crisis.vocabulary import PersonId
from web import record_orders
from web.api.orders import Body, Id
from web.api.reading import sent_of_student
from web.deps import RestrictionPath, StudentPath, TokenHolder

AT_ONCE = (ContactEffect.ALLOW, ContactEffect.ALLOW_WITH)
router = APIRouter(prefix="/api/v1/students", tags=["contacts"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    rule: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberDecision:
    """One number in E.164. Where the whole adult is refused there are none."""

    number: str
    effect: ContactEffect
    why: list[Why]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDecision:
    """May this adult be called now, to be told what is going on? `pack` is the law that was asked, and its version.

    `ways` are those by which they may be reached now, in the order for which they asked; `not_before`: they asked to be
    left alone until then, and nobody in danger waits for it.
    """

    person: PersonId
    effect: ContactEffect
    why: list[Why]
    obligations: list[Obligation]
    numbers: list[NumberDecision]
    ways: list[ContactWay]
    not_before: datetime | None
    pack: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictionView:
    """`checked`: a second person has looked at it. In force either way, until `lifted_at`."""

    id: str
    person: PersonId | None
    kind: RestrictionKind
    household: bool
    until: date | None
    entered_by: PersonId
    entered_at: datetime
    checked: bool
    lift_asked_by: PersonId | None
    lifted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentContacts:
    contacts: list[ContactDecision]
    restrictions: list[RestrictionView]


class RestrictBody(Body):
    """`until` is the last day of an order, by the school's calendar."""

    person: Id
    kind: RestrictionKind
    household: bool = False
    until: date | None = None


@router.get("/{student}/contacts")
def contacts(desk: TokenHolder, student: StudentPath) -> StudentContacts:
    """For the crisis team of the student's school and the posts of the district; every look is on record."""
    record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        cards = contacting.cards(tx, student, None, desk.at)
        kept = restrictions.of_student(tx, student)
        sent_of_student(tx, desk, student, "contacts viewed", sent="contacts")
    return StudentContacts(
        contacts=[
            ContactDecision(
                person=each.contact.person,
                effect=each.decision.effect,
                why=_why(each.decision),
                obligations=sorted(each.decision.obligations),
                numbers=[
                    NumberDecision(number=number, effect=decision.effect, why=_why(decision))
                    for number, decision in each.numbers
                ],
                ways=[way for way, decision in each.ways if decision.effect in AT_ONCE],
                not_before=each.not_before,
                pack=each.decision.pack,
            )
            for each in cards
        ],
        restrictions=[_view(each) for each in kept],
    )


@router.post("/{student}/restrictions", status_code=201)
def restrict(desk: TokenHolder, student: StudentPath, body: RestrictBody) -> StudentContacts:
    """Somebody must not be contacted: in force with the answer. For the same people as the list."""
    entry = Entry(
        student=student,
        person=PersonId(body.person),
        kind=body.kind,
        household=body.household,
        until=body.until,
    )
    record_orders.restrict(desk, entry)
    return contacts(desk, student)


@router.post("/{student}/restrictions/{restriction}/check")
def check(desk: TokenHolder, student: StudentPath, restriction: RestrictionPath) -> StudentContacts:
    """For another of the same people than who entered it."""
    record_orders.check(desk, student, restriction)
    return contacts(desk, student)


@router.post("/{student}/restrictions/{restriction}/ask-to-lift")
def ask_to_lift(desk: TokenHolder, student: StudentPath, restriction: RestrictionPath) -> StudentContacts:
    """It stays in force until a second person agrees."""
    record_orders.ask_to_lift(desk, student, restriction)
    return contacts(desk, student)


@router.post("/{student}/restrictions/{restriction}/lift")
def lift(desk: TokenHolder, student: StudentPath, restriction: RestrictionPath) -> StudentContacts:
    """Wants another person who has just shown that it is them: on the console alone, a program is told so (PR-61)."""
    record_orders.lift(desk, student, restriction)
    return contacts(desk, student)


@router.post("/{student}/restrictions/{restriction}/keep")
def keep(desk: TokenHolder, student: StudentPath, restriction: RestrictionPath) -> StudentContacts:
    """It is not lifted; it can be asked for again."""
    record_orders.keep(desk, student, restriction)
    return contacts(desk, student)


def _why(decision: Decision) -> list[Why]:
    return [Why(rule=each.rule, text=each.text) for each in decision.reasons]


def _view(kept: Kept) -> RestrictionView:
    return RestrictionView(
        id=kept.id,
        person=kept.entry.person,
        kind=kept.entry.kind,
        household=kept.entry.household,
        until=kept.entry.until,
        entered_by=kept.entered_by,
        entered_at=kept.entered_at,
        checked=kept.checked_by is not None,
        lift_asked_by=kept.lift_asked_by,
        lifted_at=kept.lifted_at,
    )
