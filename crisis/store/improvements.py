"""Improvement items: what somebody changes because of a review, until a second person has seen that it is done."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from crisis import clock
from crisis.commands import Actor
from crisis.errors import NotFound, Reason, Refused, refuse_if
from crisis.policy import looking_back
from crisis.policy.access import PRINCIPALS
from crisis.review import improving
from crisis.review_words import Capability, Element, EntryKind, ItemState, ReviewState
from crisis.statemachine.lifecycle import IMPROVEMENT as LIFECYCLE
from crisis.store import audit, involved, sealed
from crisis.store.people_tables import Found
from crisis.store.review_tables import ENTRY, ITEM, REVIEW
from crisis.store.reviews import WRITABLE, KeptReview
from crisis.store.sealed import KeyRing
from crisis.store.tables import INCIDENT, WORDS
from crisis.vocabulary import DistrictId, IncidentId, PersonId, SchoolId, WordsId

LONGEST = 2000  # letters
RUNNING = frozenset({ItemState.OPEN, ItemState.STARTED})
UNSEEN = RUNNING | {ItemState.DONE}  # nobody else has seen yet that it is done
MAKING = WRITABLE | {ReviewState.SIGNED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done. `entry` is what should get better; days are of the school's calendar."""

    entry: str
    capability: Capability
    element: Element
    text: str
    owner: PersonId
    starts_on: date
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """`text` and `evidence` None: the key was destroyed, or there is none. `evidence` of a dropped one is why."""

    id: str
    district: DistrictId
    school: SchoolId
    incident: IncidentId
    review: str
    entry: str
    capability: Capability
    element: Element
    text: str | None
    owner: PersonId
    starts_on: date
    due_on: date
    state: ItemState
    evidence: str | None
    made_by: PersonId
    made_at: datetime
    ended_by: PersonId | None
    ended_at: datetime | None
    verified_by: PersonId | None
    verified_at: datetime | None

    def late(self, today: date) -> bool:
        return self.state in RUNNING and self.due_on < today


def make(tx: Connection, keys: KeyRing, kept: KeptReview, plan: Plan, *, by: PersonId, at: datetime) -> str:
    """Its id. For what the review itself says should get better, as long as it is not closed."""
    refuse_if(
        *improving.unplanned(plan.text, plan.starts_on, plan.due_on),
        Reason("AAR", "Keep it to 2,000 letters") if len(plan.text) > LONGEST else None,
        Reason("AAR", "This review is closed; take an item of it up again, or write a remark")
        if kept.state not in MAKING
        else None,
    )
    _must_be_an_area(tx, kept, plan.entry)
    new, words = clock.new_id(), WordsId(clock.new_id())
    sealed.put(tx, keys, kept.incident, {words: plan.text.strip()})
    place = {name: getattr(kept, name) for name in ("district", "school", "incident")}
    said = {name: getattr(plan, name) for name in ("entry", "capability", "element", "owner", "starts_on", "due_on")}
    row = {"id": new, "review": kept.id, "words": words, "state": ItemState.OPEN, "made_by": by, "made_at": at}
    tx.execute(insert(ITEM).values(**place, **said, **row))
    _audit(tx, "improvement item made", new, by, at)
    return new


def _must_be_an_area(tx: Connection, kept: KeptReview, entry: str) -> None:
    area = (ENTRY.c.id == entry, ENTRY.c.review == kept.id, ENTRY.c.kind == EntryKind.AREA)
    if tx.execute(select(ENTRY.c.id).where(*area)).one_or_none() is None:
        raise NotFound


def give(tx: Connection, item: Item, owner: PersonId, due_on: date, *, by: PersonId, at: datetime) -> None:
    """To somebody else, or until another day. Whoever gets it is told as of a new one."""
    refuse_if(
        Reason("AAR", "It is over; take it up again first") if item.state not in RUNNING else None,
        Reason("AAR", "It cannot be due before it begins") if due_on < item.starts_on else None,
    )
    told = {} if owner == item.owner else {"made_at": at}
    tx.execute(update(ITEM).where(ITEM.c.id == item.id).values(owner=owner, due_on=due_on, **told))
    _audit(tx, "improvement item given", item.id, by, at)


def start(tx: Connection, item: Item, *, by: PersonId, at: datetime) -> None:
    _move(tx, item, "start")
    _audit(tx, "improvement item started", item.id, by, at)


def finish(tx: Connection, keys: KeyRing, item: Item, evidence: str, *, by: PersonId, at: datetime) -> None:
    """`evidence`: by what one sees that it is done."""
    _end(tx, keys, item, "finish", evidence, by=by, at=at)
    _audit(tx, "improvement item done", item.id, by, at)


def drop(tx: Connection, keys: KeyRing, item: Item, why: str, *, by: PersonId, at: datetime) -> None:
    _end(tx, keys, item, "drop", why, by=by, at=at)
    _audit(tx, "improvement item dropped", item.id, by, at)


def verify(tx: Connection, item: Item, *, by: PersonId, at: datetime) -> None:
    """By somebody else than who said that it is done."""
    reasons = tuple(improving.unverifiable(item.ended_by, by))
    _move(tx, item, "verify", reasons, verified_by=by, verified_at=at)
    _audit(tx, "improvement item verified", item.id, by, at)


def again(tx: Connection, item: Item, *, by: PersonId, at: datetime) -> None:
    """What is not done after all goes back to its owner, and what was dropped is taken up; its evidence is deleted."""
    trigger = "send_back" if item.state is ItemState.DONE else "take_up"
    evidence = tx.execute(select(ITEM.c.evidence).where(ITEM.c.id == item.id)).scalar_one()
    _move(tx, item, trigger, evidence=None, ended_by=None, ended_at=None)
    tx.execute(WORDS.delete().where(WORDS.c.id == evidence))
    _audit(tx, "improvement item taken up again", item.id, by, at)


def one(tx: Connection, keys: KeyRing, district: DistrictId, item: str, *, lock: bool = False) -> Item:
    """Raises `NotFound` also for another district's."""
    query = select(ITEM).where(ITEM.c.id == item, ITEM.c.district == district)
    row = tx.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound
    return _read(tx, keys, [row])[0]


def kept(tx: Connection, items: Collection[str]) -> set[str]:
    """Those that are still there: they go with their incident."""
    return set(tx.execute(select(ITEM.c.id).where(ITEM.c.id.in_(items))).scalars())


def of_review(tx: Connection, keys: KeyRing, review: str) -> list[Item]:
    return _found(tx, keys, ITEM.c.review == review)


def of_person(tx: Connection, keys: KeyRing, person: PersonId) -> list[Item]:
    """What is theirs to do, also where they see nothing of the incident: it says nothing of anybody."""
    return _found(tx, keys, and_(ITEM.c.owner == person, ITEM.c.state.in_(UNSEEN)))


def of_leader(
    tx: Connection, keys: KeyRing, actor: Actor, at: datetime, states: Collection[ItemState] = UNSEEN
) -> list[Item]:
    """Of the schools for which somebody answers, and of what they led, as far as they see the incident."""
    seen = exists_seen(actor, at)
    mine = [] if looking_back.leads_district(actor) else [_answers_for(actor)]
    return _found(tx, keys, and_(ITEM.c.district == actor.district, ITEM.c.state.in_(states), seen, *mine))


def _answers_for(actor: Actor) -> ColumnElement[bool]:
    led = select(REVIEW.c.id).where(REVIEW.c.lead == actor.id)
    return or_(ITEM.c.school.in_(actor.schools_of(PRINCIPALS)), ITEM.c.review.in_(led))


def exists_seen(actor: Actor, at: datetime) -> ColumnElement[bool]:
    return ITEM.c.incident.in_(select(INCIDENT.c.id).where(involved.seen_by(actor, at)))


def _found(tx: Connection, keys: KeyRing, which: ColumnElement[bool]) -> list[Item]:
    rows = tx.execute(select(ITEM).where(which).order_by(ITEM.c.due_on, ITEM.c.id)).all()
    return _read(tx, keys, list(rows))


def _read(tx: Connection, keys: KeyRing, rows: list[Found]) -> list[Item]:
    ids = [WordsId(each) for row in rows for each in (row.words, row.evidence) if each is not None]
    words = sealed.read(tx, keys, ids)
    named = [each.name for each in fields(Item) if each.name not in ("text", "evidence")]
    return [
        Item(
            **{name: getattr(row, name) for name in named},
            text=words.get(row.words),
            evidence=None if row.evidence is None else words.get(row.evidence),
        )
        for row in rows
    ]


def _end(tx: Connection, keys: KeyRing, item: Item, trigger: str, said: str, *, by: PersonId, at: datetime) -> None:
    refuse_if(
        Reason("AAR", "Write something") if not said.strip() else None,
        Reason("AAR", "Keep it to 2,000 letters") if len(said) > LONGEST else None,
    )
    words = WordsId(clock.new_id())
    sealed.put(tx, keys, item.incident, {words: said.strip()})
    _move(tx, item, trigger, evidence=words, ended_by=by, ended_at=at)


def _move(tx: Connection, item: Item, trigger: str, reasons: Collection[Reason] = (), **values: object) -> None:
    if not LIFECYCLE.allows(item.state, trigger):
        raise Refused(Reason("AAR", "Somebody has taken this item further meanwhile; load the page again"))
    state = LIFECYCLE.move(item.state, trigger, tuple(reasons))
    tx.execute(update(ITEM).where(ITEM.c.id == item.id).values(state=state, **values))


def _audit(tx: Connection, action: str, item: str, by: PersonId, at: datetime) -> None:
    audit.record(tx, at=at, actor=by, action=action, subject=item)
