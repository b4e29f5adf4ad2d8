"""Improvement items: who makes, does, gives and verifies one is asked here; their owner need not see the incident."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from crisis.access_words import Sight
from crisis.errors import NotFound, Reason, Refused
from crisis.policy import access, looking_back
from crisis.statemachine.incident import Incident
from crisis.store import audit, improvements, incidents, involved, named_in, people, queries
from crisis.store.improvements import Item, Plan
from crisis.store.people import SchoolView, StaffView
from crisis.vocabulary import PersonId, SchoolId
from web import review_orders
from web.deps import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """`mine` are this person's to do; `others` those that they answer for, without their own."""

    mine: Sequence[Item]
    others: Sequence[Item]
    names: Mapping[PersonId, str]
    schools: Mapping[SchoolId, SchoolView]
    today: date  # by the calendar of the first one's school


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """`manages`: gives it to others, verifies and drops it; `does`: begins and finishes it."""

    item: Item
    school: SchoolView
    today: date
    manages: bool
    does: bool
    drill: bool
    names: Mapping[PersonId, str]
    staff: Sequence[StaffView]


def board(desk: Desk) -> Board:
    access.must_see_schedules(desk.actor)
    with desk.store.write() as tx:
        mine = improvements.of_person(tx, desk.store.keys, desk.person)
        others = [
            each
            for each in improvements.of_leader(tx, desk.store.keys, desk.actor, desk.at)
            if each.owner != desk.person
        ]
        schools = {each.id: each for each in people.schools(tx, desk.actor.district)}
        audit.record(tx, at=desk.at, actor=desk.person, action="improvement items listed", subject=desk.person)
        first = next((schools[each.school] for each in (*mine, *others)), None)
        return Board(
            mine=mine,
            others=others,
            names=people.names(tx, {each.owner for each in others}),
            schools=schools,
            today=_today(desk, "UTC" if first is None else first.zone),
        )


def late_of(desk: Desk) -> int:
    """How many of those that this person answers for are late."""
    with desk.store.read() as tx:
        found = improvements.of_leader(tx, desk.store.keys, desk.actor, desk.at, improvements.RUNNING)
        zones = {each.id: each.zone for each in people.schools(tx, desk.actor.district)}
    return sum(each.late(_today(desk, zones[each.school])) for each in found)


def opened(desk: Desk, item: str) -> Opened:
    with desk.store.write() as tx:
        found = improvements.one(tx, desk.store.keys, desk.actor.district, item)
        incident = incidents.load(tx, found.incident)
        manages, does = _manages(tx, desk, incident), _owns(desk, found)
        if not manages and not does:
            raise NotFound
        school = people.school(tx, found.school)
        did = {found.owner, found.made_by, found.ended_by, found.verified_by}
        audit.record(tx, at=desk.at, actor=desk.person, action="improvement item viewed", subject=found.id)
        return Opened(
            item=found,
            school=school,
            today=_today(desk, school.zone),
            manages=manages,
            does=manages or does,
            drill=incident.mode.value == "drill",
            names=people.names(tx, {each for each in did if each is not None}),
            staff=review_orders.staff_of(tx, desk) if manages else [],
        )


def make(desk: Desk, review: str, plan: Plan) -> None:
    with desk.store.write() as tx:
        kept, incident = review_orders.mine(tx, desk, review)
        _must_be_ours(tx, desk, incident, plan.owner)
        improvements.make(tx, desk.store.keys, kept, plan, by=desk.person, at=desk.at)


def start(desk: Desk, item: str) -> None:
    with desk.store.write() as tx:
        improvements.start(tx, _doing(tx, desk, item), by=desk.person, at=desk.at)


def finish(desk: Desk, item: str, evidence: str) -> None:
    with desk.store.write() as tx:
        improvements.finish(tx, desk.store.keys, _doing(tx, desk, item), evidence, by=desk.person, at=desk.at)


def give(desk: Desk, item: str, owner: PersonId, due_on: date) -> None:
    with desk.store.write() as tx:
        found, incident = _managed(tx, desk, item)
        _must_be_ours(tx, desk, incident, owner)
        improvements.give(tx, found, owner, due_on, by=desk.person, at=desk.at)


def drop(desk: Desk, item: str, why: str) -> None:
    with desk.store.write() as tx:
        found, _ = _managed(tx, desk, item)
        improvements.drop(tx, desk.store.keys, found, why, by=desk.person, at=desk.at)


def verify(desk: Desk, item: str) -> None:
    """Whoever did it may see nothing of the incident, so that no name could be looked for in what they wrote: now."""
    with desk.store.write() as tx:
        found, incident = _managed(tx, desk, item)
        names = named_in.names_in(tx, desk.store.keys, incident)
        if found.evidence is not None and looking_back.names_somebody(found.evidence, names):
            raise Refused(Reason("AAR", "A name stands in what they wrote: send it back, and ask for it without"))
        improvements.verify(tx, found, by=desk.person, at=desk.at)


def again(desk: Desk, item: str) -> None:
    with desk.store.write() as tx:
        improvements.again(tx, _managed(tx, desk, item)[0], by=desk.person, at=desk.at)


def names_somebody(desk: Desk, item: str, texts: Mapping[str, str]) -> list[str]:
    """Only for whoever sees the incident: to somebody else the answer would tell who is in it."""
    with desk.store.read() as tx:
        found = improvements.one(tx, desk.store.keys, desk.actor.district, item)
        incident = incidents.load(tx, found.incident)
        if not _manages(tx, desk, incident):
            return []
        names = named_in.names_in(tx, desk.store.keys, incident)
    return [field for field, text in texts.items() if looking_back.names_somebody(text, names)]


def _must_be_ours(tx: Connection, desk: Desk, incident: Incident, owner: PersonId) -> None:
    if owner not in {each.id for each in review_orders.staff_of(tx, desk)}:
        raise Refused(Reason("AAR", "Choose somebody who works in this district"))
    if owner in involved.about_of(tx, incident).conflicted:
        raise Refused(Reason("PR-54", "This person has a conflict of interest here; choose somebody else"))


def _doing(tx: Connection, desk: Desk, item: str) -> Item:
    found = improvements.one(tx, desk.store.keys, desk.actor.district, item, lock=True)
    if not _owns(desk, found) and not _manages(tx, desk, incidents.load(tx, found.incident)):
        raise NotFound
    return found


def _managed(tx: Connection, desk: Desk, item: str) -> tuple[Item, Incident]:
    found = improvements.one(tx, desk.store.keys, desk.actor.district, item, lock=True)
    incident = incidents.load(tx, found.incident)
    if not _manages(tx, desk, incident):
        raise NotFound
    return found, incident


def _owns(desk: Desk, item: Item) -> bool:
    return item.owner == desk.person and access.may_see_schedules(desk.actor)


def _manages(tx: Connection, desk: Desk, incident: Incident) -> bool:
    whole = queries.sight_of(tx, desk.actor, incident, desk.at) >= Sight.WHOLE
    return whole and looking_back.may_write(desk.actor, incident.school, incident.lead)


def _today(desk: Desk, zone: str) -> date:
    return desk.at.astimezone(ZoneInfo(zone)).date()
