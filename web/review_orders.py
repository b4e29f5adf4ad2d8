"""Writing the review of one incident or drill: who may is asked here, and that nobody is named in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from crisis.access_words import Matter, Sight
from crisis.disclosure_words import DisclosureWay
from crisis.errors import NotFound
from crisis.policy import looking_back
from crisis.policy.drilling import Objective as Aim
from crisis.protocols.schema import Protocol
from crisis.review.review import Review
from crisis.review.written import Objective, ObjectiveId, Observed, objectives
from crisis.review_words import ItemState, Rating
from crisis.statemachine.incident import Incident
from crisis.store import (
    audit,
    cut,
    improvements,
    incidents,
    involved,
    kept_drills,
    named_in,
    outflows,
    people,
    protocols,
    queries,
    reviewing,
    reviews,
    reviews_owed,
)
from crisis.store.disclosures import Happened
from crisis.store.improvements import Item
from crisis.store.people import SchoolView, StaffView
from crisis.store.reviews import FIXED, UNSIGNED, Entry, KeptReview, Written
from crisis.vocabulary import IncidentId, Mode, PersonId, StaffRole
from web.deps import Desk

# All that its figures are made of: who does not see one of these would read half of a truth.
FIGURES = frozenset({Matter.RISK, Matter.SAFETY, Matter.TEAM, Matter.FAMILY, Matter.HANDOFF, Matter.CARE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A review as somebody sees it. `figures`: whether they see those as well."""

    kept: KeptReview
    incident: Incident
    protocol: Protocol
    school: SchoolView
    entries: Sequence[Entry]
    observed: Mapping[Objective, Observed]
    aims: Mapping[Objective, Aim]  # of a drill: what it was planned to show
    practised: Mapping[str, Item]  # which improvement items that came from, as far as they may be seen
    names: Mapping[PersonId, str]
    may_write: bool
    figures: bool
    items: Sequence[Item]
    carried: Sequence[Item]  # what other reviews of this school left open
    staff: Sequence[StaffView]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    kept: KeptReview
    incident: Incident
    protocol: Protocol
    school: SchoolView


def listed(desk: Desk) -> list[Listed]:
    """For whoever has one to write or answers for a school; on record."""
    with desk.store.write() as tx:
        found = reviews_owed.of_actor(tx, desk.actor, desk.at)
        if not found and not looking_back.leads_somewhere(desk.actor):
            raise NotFound
        seen = involved.seen_by(desk.actor, desk.at)
        known = {each.id: each for each in incidents.of_ids(tx, [each.incident for each in found], seen=seen)}
        schools = {each.id: each for each in people.schools(tx, desk.actor.district)}
        laws = {each.protocol_hash: protocols.by_hash(tx, each.protocol_hash) for each in known.values()}
        audit.record(tx, at=desk.at, actor=desk.person, action="reviews listed", subject=desk.actor.district)
        return [
            Listed(
                kept=each,
                incident=known[each.incident],
                protocol=laws[known[each.incident].protocol_hash],
                school=schools[each.school],
            )
            for each in found
        ]


def unsigned(desk: Desk) -> int:
    """How many wait for this person: to be begun, written, read or signed."""
    with desk.store.read() as tx:
        return sum(each.state in UNSIGNED for each in reviews_owed.of_actor(tx, desk.actor, desk.at))


def opened(desk: Desk, review: str) -> Opened:
    """On record. Who only sees the figures reads it once it is signed."""
    with desk.store.write() as tx:
        kept, incident = _seen(tx, desk, review)
        may_write = looking_back.may_write(desk.actor, incident.school, incident.lead)
        _, matters = cut.view(tx, desk.actor, involved.about_of(tx, incident), incident, desk.at)
        figures = matters >= FIGURES
        if not may_write and not (figures and kept.state in FIXED):
            raise NotFound
        protocol = protocols.by_hash(tx, incident.protocol_hash)
        entries = reviews.entries(tx, desk.store.keys, kept.id)
        items = improvements.of_review(tx, desk.store.keys, kept.id)
        aims = _aims(tx, incident)
        practised, carried = _earlier(tx, desk, kept, aims) if may_write else ({}, [])
        did = {kept.begun_by, kept.written_by, kept.signed_by, kept.closed_by, *(each.written_by for each in entries)}
        did |= {each.owner for each in (*items, *carried, *practised.values())}
        audit.record(tx, at=desk.at, actor=desk.person, action="written review viewed", subject=kept.id)
        return Opened(
            kept=kept,
            incident=incident,
            protocol=protocol,
            school=people.school(tx, incident.school),
            entries=entries,
            observed=reviews.observed(tx, kept.id, [*aims, *objectives(protocol)]),
            aims=aims,
            practised=practised,
            names=people.names(tx, {each for each in did if each is not None}),
            may_write=may_write,
            figures=figures,
            items=items,
            carried=carried,
            staff=staff_of(tx, desk) if may_write else [],
        )


def take(desk: Desk, review: str, way: DisclosureWay) -> tuple[Opened, Review | None]:
    """It leaves: in the ledger in the same moment; of a drill, which is nobody's record, in the audit alone."""
    desk.must_be_fresh()
    found = opened(desk, review)
    incident = found.incident
    with desk.store.write() as tx:
        ground = people.ground(tx, incident.school)
        figures = reviewing.of_incident(tx, incident.id, found.protocol, ground, desk.at) if found.figures else None
        if incident.mode is Mode.DRILL:
            audit.record(tx, at=desk.at, actor=desk.person, action="written review taken", subject=review)
        else:
            happened = Happened(at=desk.at, by=desk.person, action="written review taken", subject=review)
            whose, sent = outflows.about(incident), frozenset({"after_action_review"})
            outflows.to_program(tx, desk.store.keys, whose, sent, desk.actor, happened=happened, way=way)
    return found, figures


def staff_of(tx: Connection, desk: Desk) -> list[StaffView]:
    """To whom an improvement item may be given."""
    return [each for each in people.staff(tx, desk.actor.district) if set(each.posts) - {StaffRole.OPERATOR}]


def standing(desk: Desk, incident: Incident) -> tuple[KeptReview | None, bool]:
    """The review of an incident that this person sees, as far as there is one for them, and whether they may write."""
    with desk.store.read() as tx:
        kept = reviews.of_incident(tx, incident.id)
        whole = queries.sight_of(tx, desk.actor, incident, desk.at) >= Sight.WHOLE
    may_write = whole and looking_back.may_write(desk.actor, incident.school, incident.lead)
    return (kept if kept is not None and (may_write or kept.state in FIXED) else None), may_write


def begin(desk: Desk, incident_id: IncidentId) -> str:
    """Also where nothing asks for one. The review's id."""
    with desk.store.write() as tx:
        incident = incidents.load(tx, incident_id, lock=True)
        _must_write(tx, desk, incident)
        kept = reviews_owed.look(tx, incident_id, desk.at)
        reviews.begin(tx, kept, by=desk.person, at=desk.at)
        return kept.id


def names_somebody(desk: Desk, review: str, texts: Mapping[str, str | None]) -> list[str]:
    """In which of the fields the student, somebody of the family or of the staff is named."""
    with desk.store.read() as tx:
        _, incident = _seen(tx, desk, review)
        looking_back.must_write(desk.actor, incident.school, incident.lead)
        names = named_in.names_in(tx, desk.store.keys, incident)
    return [field for field, text in texts.items() if text and looking_back.names_somebody(text, names)]


def write(desk: Desk, review: str, said: Written) -> None:
    with desk.store.write() as tx:
        kept, incident = mine(tx, desk, review)
        if said.objective is not None and said.objective not in _objectives(tx, incident):
            raise NotFound
        reviews.write(tx, desk.store.keys, kept, said, by=desk.person, at=desk.at)


def change(desk: Desk, review: str, entry: str, said: Written) -> None:
    with desk.store.write() as tx:
        kept, _ = mine(tx, desk, review)
        reviews.change(tx, desk.store.keys, kept, entry, said, by=desk.person, at=desk.at)


def remove(desk: Desk, review: str, entry: str) -> None:
    with desk.store.write() as tx:
        kept, _ = mine(tx, desk, review)
        reviews.remove(tx, kept, entry, by=desk.person, at=desk.at)


def rate(desk: Desk, review: str, ratings: Mapping[Objective, Rating]) -> None:
    """Those that differ from what stands."""
    with desk.store.write() as tx:
        kept, incident = mine(tx, desk, review)
        known = reviews.observed(tx, kept.id, _objectives(tx, incident))
        if not ratings.keys() <= known.keys():
            raise NotFound
        for objective, rating in ratings.items():
            if known[objective].rating is not rating:
                reviews.rate(tx, kept, objective, rating, by=desk.person, at=desk.at)


def hand_in(desk: Desk, review: str) -> None:
    with desk.store.write() as tx:
        kept, incident = mine(tx, desk, review)
        reviews.hand_in(tx, kept, _objectives(tx, incident), by=desk.person, at=desk.at)


def send_back(desk: Desk, review: str) -> None:
    with desk.store.write() as tx:
        reviews.send_back(tx, mine(tx, desk, review)[0], by=desk.person, at=desk.at)


def sign(desk: Desk, review: str) -> None:
    """In one's own name, once one has just shown that it is oneself (PR-61)."""
    desk.must_be_fresh()
    with desk.store.write() as tx:
        kept, incident = mine(tx, desk, review)
        over = incident.closed_at is not None
        reviews.sign(tx, kept, _objectives(tx, incident), over=over, by=desk.person, at=desk.at)


def close(desk: Desk, review: str) -> None:
    desk.must_be_a_person()
    with desk.store.write() as tx:
        reviews.close(tx, mine(tx, desk, review)[0], by=desk.person, at=desk.at)


def _objectives(tx: Connection, incident: Incident) -> list[Objective]:
    return [*_aims(tx, incident), *objectives(protocols.by_hash(tx, incident.protocol_hash))]


def _aims(tx: Connection, incident: Incident) -> dict[Objective, Aim]:
    """Of a drill that was planned, in the order of its plan; of anything else none."""
    drill = kept_drills.of_incident(tx, incident.id) if incident.mode is Mode.DRILL else None
    if drill is None:
        return {}
    return {ObjectiveId(each.id): each for each in drill.aims_of(incident.id) if each.id is not None}


def _earlier(
    tx: Connection, desk: Desk, kept: KeptReview, aims: Mapping[Objective, Aim]
) -> tuple[dict[str, Item], list[Item]]:
    """Of other reviews of this school: what was practised here, however it stands, and what else is open."""
    every = improvements.of_leader(tx, desk.store.keys, desk.actor, desk.at, frozenset(ItemState))
    wanted = {each.item for each in aims.values()}
    practised = {each.id: each for each in every if each.id in wanted}
    carried = [
        each
        for each in every
        if each.school == kept.school
        and each.review != kept.id
        and each.state in improvements.UNSEEN
        and each.id not in wanted
    ]
    return practised, carried


def mine(tx: Connection, desk: Desk, review: str) -> tuple[KeptReview, Incident]:
    """Held until the transaction ends, for whoever may write it."""
    kept, incident = _seen(tx, desk, review, lock=True)
    looking_back.must_write(desk.actor, incident.school, incident.lead)
    return kept, incident


def _seen(tx: Connection, desk: Desk, review: str, *, lock: bool = False) -> tuple[KeptReview, Incident]:
    kept = reviews.one(tx, desk.actor.district, review, lock=lock)
    incident = incidents.load(tx, kept.incident)
    if queries.sight_of(tx, desk.actor, incident, desk.at) < Sight.WHOLE:
        raise NotFound
    return kept, incident


def _must_write(tx: Connection, desk: Desk, incident: Incident) -> None:
    if queries.sight_of(tx, desk.actor, incident, desk.at) < Sight.WHOLE:
        raise NotFound
    looking_back.must_write(desk.actor, incident.school, incident.lead)
