"""Signing for a draft and publishing it: who may is asked here, and each shows first that it is them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from crisis.draft_words import ReviewKind
from crisis.errors import NotFound, Reason, Refused
from crisis.policy import protocols as policy
from crisis.policy.protocols import Signature, Standing
from crisis.schedules.wall import day_at
from crisis.store import people, protocol_drafts, publications
from crisis.store.publications import Publication, Wanted
from crisis.vocabulary import PersonId
from web.deps import Desk
from web.words import N_

SHOWN = 12  # digits of the hash that are on the paper
DIGITS = N_("These are not the digits of what the draft says now; read it again, and sign what you have read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """What may be signed by whoever looks, and what keeps the draft from being published today."""

    standing: Standing
    mine: frozenset[ReviewKind]
    today: date
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A signature as it was given. `digits`: the beginning of the hash, as the paper or the page shows it."""

    kind: ReviewKind
    name: str
    qualification: str
    digits: str
    holds_until: date
    signed_on: date | None = None
    paper: str | None = None


def signing(desk: Desk, draft: str) -> Signing:
    policy.must_read_drafts(desk.actor)
    with desk.store.read() as tx:
        known = protocol_drafts.one(tx, desk.actor.district, draft)
        zone = publications.zone(tx, desk.actor.district)
        standing = publications.standing(tx, desk.actor.district, known)
    mine = frozenset(kind for kind in ReviewKind if policy.may_sign(desk.actor, kind))
    mine = frozenset() if desk.person in standing.writers else mine
    return Signing(standing=standing, mine=mine, today=day_at(desk.at, zone), zone=zone)


def sign(desk: Desk, draft: str, typed: Typed) -> None:
    """In one's own name, today."""
    if not policy.may_sign(desk.actor, typed.kind):
        raise NotFound
    desk.must_be_fresh()
    _sign(desk, draft, typed, person=desk.person)


def record_signature(desk: Desk, draft: str, typed: Typed) -> None:
    """Of somebody who is not on the staff, from the paper that they signed."""
    policy.must_write(desk.actor)
    desk.must_be_fresh()
    _sign(desk, draft, typed, person=None)


def _sign(desk: Desk, draft: str, typed: Typed, *, person: PersonId | None) -> None:
    known = signing(desk, draft)
    hashed = known.standing.hash
    if hashed is None or typed.digits.strip().lower() != hashed[:SHOWN]:
        raise Refused(Reason("SIGN", DIGITS))
    new = Signature(
        kind=typed.kind,
        hash=hashed,
        name=desk.name if person is not None else typed.name,
        qualification=typed.qualification,
        signed_on=typed.signed_on or known.today,
        holds_until=typed.holds_until,
        person=person,
        paper=typed.paper,
    )
    with desk.store.write() as tx:
        publications.sign(tx, desk.actor.district, draft, new, by=desk.person, at=desk.at)


def publish(desk: Desk, draft: str, first_day: date) -> None:
    policy.must_write(desk.actor)
    desk.must_be_fresh()
    wanted = Wanted(first_day=first_day, by=desk.person, at=desk.at)
    with desk.store.write() as tx:
        publications.publish(tx, desk.actor.district, draft, wanted)


def again(desk: Desk, publication: str, first_day: date) -> None:
    policy.must_write(desk.actor)
    desk.must_be_fresh()
    wanted = Wanted(first_day=first_day, by=desk.person, at=desk.at)
    with desk.store.write() as tx:
        publications.again(tx, desk.actor.district, publication, wanted)


def end(desk: Desk, publication: str) -> None:
    policy.must_write(desk.actor)
    desk.must_be_fresh()
    with desk.store.write() as tx:
        publications.end(tx, desk.actor.district, publication, by=desk.person, at=desk.at)


def published(desk: Desk) -> tuple[Sequence[Publication], Mapping[PersonId, str]]:
    """All of the district's own, with who published them."""
    policy.must_read(desk.actor)
    with desk.store.read() as tx:
        found = publications.of_district(tx, desk.actor.district)
        return found, people.names(tx, {each.published_by for each in found})


def zone(desk: Desk) -> str:
    with desk.store.read() as tx:
        return publications.zone(tx, desk.actor.district)
