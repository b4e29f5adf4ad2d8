"""Published protocols, kept by content hash for ever, and which one answers for a kind of crisis."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from crisis.checker.check import check
from crisis.errors import NotFound, Reason, Refused
from crisis.protocols import loader
from crisis.protocols.loader import content_hash
from crisis.protocols.schema import Protocol, Text
from crisis.store.draft_tables import PUBLICATION
from crisis.store.tables import IN_FORCE, PROTOCOL
from crisis.vocabulary import DistrictId, ProtocolHash

EVERY_DISTRICT = DistrictId("*")
MOST_FREQUENT = (  # by volume, protocols.md 0
    "suicide_risk",
    "nssi",
    "threat_others",
    "acute_distress",
    "abuse_disclosure",
    "handle_with_care",
    "reentry",
    "substance_overdose",
    "sexual_assault",
    "missing_student",
    "postvention_death",
    "grief_support",
    "threat_target",
)


_KNOWN: dict[ProtocolHash, Protocol] = {}
_LAST_READ: dict[ProtocolHash, str] = {}  # the text that was found to be whole
_PROVED: set[ProtocolHash] = set()


class ProtocolChanged(Exception):
    """Somebody changed a published protocol behind its back: no incident may run on it."""


def prove(protocol: Protocol) -> None:
    """Has the model checker go through a protocol, so that it may be published; raises `Refused` with its stories.

    It can take a minute: never inside a transaction, which would keep everybody else waiting.
    """
    proof = check(protocol)
    if not proof.holds:
        raise Refused(*(Reason("PROTOCOL", "%(finding)s", (("finding", str(found)),)) for found in proof.findings))
    _PROVED.add(content_hash(protocol))


def publish(tx: Connection, protocol: Protocol, at: datetime, *, district: DistrictId = EVERY_DISTRICT) -> ProtocolHash:
    """Puts a protocol in force for its crisis types. Raises `Refused` for one that was not proved in this process.

    The built-in ones are proved by the tests, each under every overlay.
    """
    hashed = content_hash(protocol)
    if hashed not in _PROVED and not _is_built_in(protocol, hashed):
        raise Refused(Reason("PROTOCOL", "This protocol has not been proved; check it first"))
    keep(tx, protocol, at)
    for crisis_type in protocol.crisis_types:
        same = (IN_FORCE.c.district == district, IN_FORCE.c.crisis_type == crisis_type)
        tx.execute(delete(IN_FORCE).where(*same))
        tx.execute(insert(IN_FORCE).values(district=district, crisis_type=crisis_type, hash=hashed))
    return hashed


def keep(tx: Connection, protocol: Protocol, at: datetime) -> ProtocolHash:
    """For ever, so that incidents can pin it; whoever puts it in force has asked for its proof."""
    hashed = content_hash(protocol)
    known = tx.execute(select(PROTOCOL.c.hash).where(PROTOCOL.c.hash == hashed)).scalar_one_or_none()
    if known is None:
        row = {"hash": hashed, "id": protocol.id, "version": protocol.version, "jurisdiction": protocol.jurisdiction}
        tx.execute(insert(PROTOCOL).values(**row, body=protocol.model_dump_json(exclude_unset=True), published_at=at))
    return hashed


def _is_built_in(protocol: Protocol, hashed: ProtocolHash) -> bool:
    """Compared with the one of its own name and jurisdiction: to read the whole library would keep others waiting."""
    if protocol.id not in loader.names() or protocol.jurisdiction not in loader.overlays():
        return False
    return content_hash(loader.protocol(protocol.id, protocol.jurisdiction)) == hashed


def by_hash(tx: Connection, protocol_hash: ProtocolHash) -> Protocol:
    """Read once: what a hash stands for never changes. Raises `NotFound`, or `ProtocolChanged` where it did."""
    if protocol_hash not in _KNOWN:
        _KNOWN[protocol_hash] = _whole(_body(tx, protocol_hash), protocol_hash)
    return _KNOWN[protocol_hash]


def must_be_whole(tx: Connection, protocol_hash: ProtocolHash) -> Protocol:
    """Reads it although it is known: for whoever watches that it stays what was published."""
    body = _body(tx, protocol_hash)
    if _LAST_READ.get(protocol_hash) != body:
        _KNOWN[protocol_hash], _LAST_READ[protocol_hash] = _whole(body, protocol_hash), body
    return _KNOWN[protocol_hash]


def _body(tx: Connection, protocol_hash: ProtocolHash) -> str:
    body = tx.execute(select(PROTOCOL.c.body).where(PROTOCOL.c.hash == protocol_hash)).scalar_one_or_none()
    if body is None:
        raise NotFound
    return str(body)


def _whole(body: str, protocol_hash: ProtocolHash) -> Protocol:
    protocol = Protocol.model_validate_json(body, strict=False)
    if content_hash(protocol) != protocol_hash:
        raise ProtocolChanged(f"the stored protocol {protocol_hash[:12]} is not what was published")
    return protocol


def current(tx: Connection, crisis_type: str, district: DistrictId, at: datetime) -> tuple[Protocol, ProtocolHash]:
    """The protocol in force for a kind of crisis at that moment; the district's own before the built-in one."""
    own = next(((known, hashed) for known, hashed in _own(tx, district, at) if crisis_type in known.crisis_types), None)
    if own is not None:
        return own
    query = select(IN_FORCE.c.district, IN_FORCE.c.hash).where(
        IN_FORCE.c.crisis_type == crisis_type, IN_FORCE.c.district.in_([district, EVERY_DISTRICT])
    )
    found = {row.district: ProtocolHash(row.hash) for row in tx.execute(query)}
    if not found:
        raise NotFound
    hashed = found.get(district) or found[EVERY_DISTRICT]
    return by_hash(tx, hashed), hashed


def _own(tx: Connection, district: DistrictId, at: datetime) -> list[tuple[Protocol, ProtocolHash]]:
    """Of each protocol that the district has published the version whose time began last, the newest first."""
    query = select(PUBLICATION.c.protocol, PUBLICATION.c.hash).where(
        PUBLICATION.c.district == district, PUBLICATION.c.ended_at.is_(None), PUBLICATION.c.counts_from <= at
    )
    newest = (PUBLICATION.c.counts_from.desc(), PUBLICATION.c.published_at.desc(), PUBLICATION.c.id.desc())
    found: dict[str, ProtocolHash] = {}
    for row in tx.execute(query.order_by(*newest)):
        found.setdefault(row.protocol, ProtocolHash(row.hash))
    return [(by_hash(tx, hashed), hashed) for hashed in found.values()]


def kinds(tx: Connection, district: DistrictId, at: datetime) -> dict[str, Text]:
    """The kinds of crisis that have a protocol in force, with their names: what schools meet most stands first."""
    query = select(IN_FORCE.c.crisis_type).where(IN_FORCE.c.district.in_([district, EVERY_DISTRICT]))
    own = {kind for known, _ in _own(tx, district, at) for kind in known.crisis_types}
    found = {kind: current(tx, kind, district, at)[0] for kind in own | set(tx.execute(query).scalars())}
    ordered = sorted(found, key=lambda kind: _how_often(found[kind], kind))
    return {kind: found[kind].crisis_types[kind] for kind in ordered}


def _how_often(protocol: Protocol, kind: str) -> tuple[int, str, int]:
    """A district's own protocols come after the built-in ones, in the order of their names."""
    known = MOST_FREQUENT.index(protocol.id) if protocol.id in MOST_FREQUENT else len(MOST_FREQUENT)
    return known, protocol.id, list(protocol.crisis_types).index(kind)


def in_force(tx: Connection, district: DistrictId, at: datetime) -> list[tuple[Protocol, ProtocolHash]]:
    """Each protocol that answers for some kind of crisis here, once, in the order of its kinds."""
    answering = (current(tx, kind, district, at) for kind in kinds(tx, district, at))
    found = {hashed: known for known, hashed in answering}
    return [(known, hashed) for hashed, known in found.items()]


def beneath(tx: Connection, district: DistrictId) -> list[tuple[Protocol, ProtocolHash]]:
    """What answers wherever the district has published nothing of its own: mostly the built-in ones."""
    query = select(IN_FORCE.c.hash).where(IN_FORCE.c.district.in_([district, EVERY_DISTRICT]))
    hashes = sorted(set(tx.execute(query).scalars()))
    return [(by_hash(tx, ProtocolHash(each)), ProtocolHash(each)) for each in hashes]
