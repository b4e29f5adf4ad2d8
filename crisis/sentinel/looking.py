"""What one look at the database shows: every open incident with its rules, its waiting rows and its calls."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import ValidationError
from sqlalchemy import Connection

from crisis.errors import NotFound
from crisis.notify.people_to_tell import of_page
from crisis.protocols.schema import Protocol
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident, Page
from crisis.statemachine.paging import LIVE
from crisis.store import canaries, people, protocols, signs, watch
from crisis.store.canaries import Canary
from crisis.store.protocols import ProtocolChanged
from crisis.store.signs import Sign
from crisis.store.watch import Called, Ends, Logged, Waiting
from crisis.vocabulary import AttemptOutcome, IncidentId, Mode, PageId, PersonId, ProtocolHash, SchoolId

UNREAD = timedelta(seconds=30)  # the worker looks for what was left every ten
RECENT = timedelta(hours=1)  # what a line did before says nothing of it now
MOST_CALLS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One open incident. `protocol` is None where its rules are gone or are not what was published."""

    incident: Incident
    row_seq: int
    protocol: Protocol | None
    ground: Ground
    waiting: tuple[Waiting, ...]
    logged: Logged
    calls: tuple[Called, ...]  # of incidents with a page that still looks for somebody
    rota: Mapping[tuple[PageId, int], frozenset[PersonId]]  # who is on call now for such a page, by level

    def on_call(self, page: Page) -> frozenset[PersonId]:
        """On any level that the page has reached."""
        return frozenset[PersonId]().union(*(who for (of, _), who in self.rota.items() if of == page.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    at: datetime
    open: tuple[Watched, ...]
    count_open: int  # counted apart from what was read
    waiting: tuple[Waiting, ...]  # of closed incidents as well
    mixed_up: tuple[IncidentId, ...]
    unread: int
    ends: Ends
    clock_apart: timedelta
    signs: dict[str, Sign]
    outcomes: dict[Mode, list[AttemptOutcome]]
    canaries: Mapping[str, Sequence[Canary]] = field(default_factory=dict)  # by provider that has some, the newest last
    since: datetime | None = None  # when whoever looks began to; None: long ago


def look(tx: Connection, at: datetime, here: datetime, since: datetime | None = None) -> Look:
    """`here` is what the clock of this machine says; `at` is moved by who plays through time."""
    apart = watch.clock_apart(tx, here)
    found, rows = watch.all_open(tx), watch.waiting(tx)
    logged, theirs = watch.logged(tx), defaultdict(list)
    for row in rows:
        theirs[row.incident].append(row)
    looking = [each.id for each, _ in found if any(page.state in LIVE for page in each.pages.values())]
    calls = watch.calls(tx, looking) if looking else {}
    grounds: dict[SchoolId, Ground] = {}
    rules = {each: _protocol(tx, each) for each in {incident.protocol_hash for incident, _ in found}}
    watched = []
    for incident, row_seq in found:
        if incident.school not in grounds:
            grounds[incident.school] = people.ground(tx, incident.school)
        watched.append(
            Watched(
                incident=incident,
                row_seq=row_seq,
                protocol=rules[incident.protocol_hash],
                ground=grounds[incident.school],
                waiting=tuple(theirs[incident.id]),
                logged=logged.get(incident.id, Logged(0, 0)),
                calls=tuple(calls.get(incident.id, ())),
                rota=_rota(tx, incident, at),
            )
        )
    return Look(
        at=at,
        open=tuple(watched),
        count_open=watch.count_open(tx),
        waiting=tuple(rows),
        mixed_up=tuple(watch.mixed_up(tx)),
        unread=watch.unread(tx, at - UNREAD),
        ends=watch.ends(tx),
        clock_apart=apart,
        signs=signs.left(tx),
        outcomes=watch.outcomes(tx, since=at - RECENT, most=MOST_CALLS),
        canaries=_canaries(tx),
        since=since,
    )


def _canaries(tx: Connection) -> dict[str, Sequence[Canary]]:
    """Of the providers that are sent some, as the worker last said."""
    sign = signs.left(tx).get(signs.CANARY)
    wanted = [] if sign is None else sign.detail.get("providers", [])
    sent = canaries.latest(tx)
    return {name: sent.get(name, []) for name in (wanted if isinstance(wanted, list) else ())}


def _rota(tx: Connection, incident: Incident, at: datetime) -> dict[tuple[PageId, int], frozenset[PersonId]]:
    return {
        (page.id, level): frozenset(each.person for each in of_page(tx, incident, page, level, at))
        for page in incident.pages.values()
        if page.state in LIVE
        for level in range(page.level + 1)
    }


def _protocol(tx: Connection, hashed: ProtocolHash) -> Protocol | None:
    try:
        return protocols.must_be_whole(tx, hashed)
    except (NotFound, ProtocolChanged, ValidationError):
        return None
