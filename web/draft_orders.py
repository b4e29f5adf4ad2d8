"""Changing the district's protocols: who may look and who may write is asked here, once for every way in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crisis.errors import NotFound
from crisis.policy import protocols as policy
from crisis.protocols.patching import Changes
from crisis.protocols.schema import Protocol
from crisis.store import people, protocol_checks, protocol_drafts, protocols, publications
from crisis.store.protocol_checks import NOT_ASKED, Checked
from crisis.store.protocol_drafts import Draft, Edition, Read
from crisis.vocabulary import PersonId, ProtocolHash, StepId
from web.deps import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What is in force, and for those who may see them the drafts."""

    in_force: Sequence[tuple[Protocol, ProtocolHash]]
    drafts: Sequence[tuple[Draft, Protocol]]
    names: Mapping[PersonId, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OneDraft:
    """`base` is what it came from; `read` is its text as it stands."""

    draft: Draft
    base: Protocol
    read: Read
    checked: Checked
    editions: Sequence[Edition]
    names: Mapping[PersonId, str]


def shelf(desk: Desk) -> Shelf:
    policy.must_read(desk.actor)
    with desk.store.read() as tx:
        drafts = protocol_drafts.open_ones(tx, desk.actor.district) if policy.may_read_drafts(desk.actor) else []
        return Shelf(
            in_force=protocols.in_force(tx, desk.actor.district, desk.at),
            drafts=[(each, protocols.by_hash(tx, each.came_from)) for each in drafts],
            names=people.names(tx, {each.latest.by for each in drafts}),
        )


def seen(desk: Desk, draft: str) -> OneDraft:
    policy.must_read_drafts(desk.actor)
    with desk.store.read() as tx:
        known = protocol_drafts.one(tx, desk.actor.district, draft)
        hashed = known.latest.hash
        editions = protocol_drafts.editions(tx, known)
        return OneDraft(
            draft=known,
            base=protocols.by_hash(tx, known.came_from),
            read=protocol_drafts.read(known.latest.text),
            checked=NOT_ASKED if hashed is None else protocol_checks.known(tx, desk.actor.district, hashed),
            editions=editions,
            names=people.names(tx, {each.by for each in editions}),
        )


def versions(desk: Desk) -> dict[ProtocolHash, Protocol]:
    """All that the district ever published, the newest first, and what counts where it has published nothing."""
    policy.must_read(desk.actor)
    with desk.store.read() as tx:
        own = {each.hash: each.protocol for each in publications.of_district(tx, desk.actor.district)}
        beneath = protocols.beneath(tx, desk.actor.district)
        return own | {hashed: known for known, hashed in beneath}


def version(known: Mapping[ProtocolHash, Protocol], hashed: str) -> Protocol:
    """Raises `NotFound` for one that is not to be seen here."""
    found = known.get(ProtocolHash(hashed))
    if found is None:
        raise NotFound
    return found


def begin(desk: Desk, came_from: ProtocolHash) -> str:
    """A copy of what is in force, or of what the district has published itself. Raises `NotFound`."""
    policy.must_write(desk.actor)
    version(versions(desk), came_from)
    with desk.store.write() as tx:
        return protocol_drafts.begin(tx, desk.actor.district, came_from, by=desk.person, at=desk.at)


def save(desk: Desk, draft: str, text: str, seen_edition: int) -> None:
    """Kept whatever it says; asks for a check where it is a protocol that needs no walk for it."""
    policy.must_write(desk.actor)
    with desk.store.write() as tx:
        protocol_drafts.save(tx, desk.actor.district, draft, text, seen=seen_edition, by=desk.person, at=desk.at)


def change(desk: Desk, draft: str, changes: Changes, seen_edition: int) -> None:
    policy.must_write(desk.actor)
    with desk.store.write() as tx:
        where = (tx, desk.actor.district, draft, changes)
        protocol_drafts.change(*where, seen=seen_edition, by=desk.person, at=desk.at)


def leave_out(desk: Desk, draft: str, step: StepId, seen_edition: int) -> None:
    policy.must_write(desk.actor)
    with desk.store.write() as tx:
        where = (tx, desk.actor.district, draft, step)
        protocol_drafts.leave_out(*where, seen=seen_edition, by=desk.person, at=desk.at)


def throw_away(desk: Desk, draft: str) -> None:
    policy.must_write(desk.actor)
    with desk.store.write() as tx:
        protocol_drafts.throw_away(tx, desk.actor.district, draft, by=desk.person, at=desk.at)


def check(desk: Desk, draft: str) -> None:
    """Only of a text that is a protocol; of another the page says what is wrong."""
    policy.must_write(desk.actor)
    with desk.store.write() as tx:
        read = protocol_drafts.read(protocol_drafts.one(tx, desk.actor.district, draft).latest.text)
        if read.protocol is not None:
            protocol_checks.ask(tx, desk.actor.district, read.protocol, by=desk.person, at=desk.at)
