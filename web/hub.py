"""Tells consoles that an incident moved on: one reader of the event log for all connections of this process.

A notice holds a position, an incident and its event number, never a record; each console then asks the read side.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from crisis import clock
from crisis.access_words import Sight
from crisis.commands import Actor
from crisis.errors import NotFound
from crisis.policy.sight import About, about, sight
from crisis.store import accounts, compartments, conflicts, glass, incidents, involved, people, queries
from crisis.store.engine import Store
from crisis.store.incidents import Tick
from crisis.vocabulary import IncidentId, PersonId
from web.door import Door
from web.presence import Place, Presence
from web.wire import REVOKED, Line, Notice, end, notice

log = logging.getLogger(__name__)

POLL = 1.0  # the guarantee; waking only makes it faster
HELLO_EVERY = 5.0
PRESENCE_EVERY = 1.0
RECHECK_EVERY = 4.0  # F107, PR-50: a console that may no more is closed within 5 s
COMMITTED_LATE = timedelta(seconds=2)  # what ended before the last look and was committed after it
BATCH = 1000
AT_ONCE = 250  # consoles looked at again in one go
GAP_LIMIT = 500  # further behind than this, a console loads its page anew

T = TypeVar("T")
Asked = Mapping[IncidentId, About]


@dataclass(eq=False, slots=True, kw_only=True)
class Viewer:
    """`secret` is the session or token that it came with. `place`: where somebody says that they are."""

    line: Line
    actor: Actor
    secret: str = field(repr=False)
    place: Place | None = None
    held: list[tuple[Sequence[Tick], Asked]] | None = field(default_factory=list)  # comes while the past is replayed


def sees(actor: Actor, tick: Tick, asked: Asked) -> bool:
    return sight(actor, asked[tick.incident], clock.now()) > Sight.NOTHING


def moved(tick: Tick) -> Notice:
    return notice({"position": tick.position, "incident": tick.incident, "seq": tick.seq})


def standing(store: Store, secrets: Sequence[str]) -> list[Actor | None]:
    """Who they are now, None where a session or token does not stand any more; nobody counts as active by it."""
    with store.read() as tx:
        holders = accounts.holders(tx, frozenset(secrets), clock.now())
        actors = people.actors(tx, frozenset(holders.values()))
    return [actors.get(holders[secret]) if secret in holders else None for secret in secrets]


def lost(store: Store, actors: Collection[Actor], since: datetime, now: datetime) -> set[PersonId]:
    """Who saw the whole of an incident and does not any more: their pages must ask anew (PR-50)."""
    of = {actor.id: actor for actor in actors if actor.id is not None}
    with store.read() as tx:
        over = involved.ended(tx, of.keys(), since, now)
        known = {each: incidents.load(tx, IncidentId(each)) for _, each in over}
        return {who for who, each in over if queries.sight_of(tx, of[who], known[each], now) < Sight.READ}


def may_read(store: Store, actor: Actor, incident: IncidentId) -> bool:
    with store.read() as tx:
        try:
            return queries.sight_of(tx, actor, incidents.load(tx, incident), clock.now()) >= Sight.READ
        except NotFound:
            return False


def send(viewers: Iterable[Viewer], notices: Sequence[Notice]) -> None:
    frames = b"".join(each.frame for each in notices)
    if frames:
        for viewer in viewers:
            viewer.line.write(notices, frames)


class Hub:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.viewers: set[Viewer] = set()
        self.position = 0  # everything up to here was handed to every line
        self.fresh = False  # whether the last look at the log worked; if not, consoles must notice the silence
        self.moved = asyncio.Event()
        self.presence = Presence(store.say)
        self.door = Door(lambda secrets: self.read(partial(standing, store, secrets)))
        self.there: set[Place] = set()  # who said so, and is to be passed on
        self.readers = ThreadPoolExecutor(2, "live")  # apart from the routes' threads: busy pages must not delay us

    async def read(self, look: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.readers, look)

    def head(self) -> int:
        with self.store.read() as tx:
            return incidents.head(tx)

    def since(self, position: int, limit: int) -> tuple[list[Tick], Asked]:
        with self.store.read() as tx:
            ticks = incidents.since(tx, position, limit=limit)
            moved_on = [incidents.load(tx, each) for each in {tick.incident for tick in ticks}]
            concerned, broken = conflicts.concerned(tx, moved_on), glass.broken_of(tx, moved_on)
            apart = compartments.of_many(tx, moved_on)
        return ticks, {each.id: about(each, concerned[each.id], broken[each.id], apart[each.id]) for each in moved_on}

    async def run(self, started: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()

        def woken() -> None:
            loop.call_soon_threadsafe(self.moved.set)

        stop_listening, stop_hearing = self.store.on_commit_wake(woken), self.store.on_said(self.presence.heard)
        try:
            self.position = await self.read(self.head)
            started.set()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.follow())
                tasks.create_task(self.greet())
                tasks.create_task(self.recheck())
                tasks.create_task(self.pass_on())
        finally:
            stop_listening()
            stop_hearing()
            self.readers.shutdown(wait=False)

    async def follow(self) -> None:
        while True:
            self.moved.clear()
            try:
                await self.deliver()
                self.fresh = True
            except DBAPIError:
                self.fresh = False
                log.warning("the event log cannot be read; consoles are told nothing until it can")
            try:
                async with asyncio.timeout(POLL):  # `wait_for` of Python 3.11 loses an end that comes with a change
                    await self.moved.wait()
            except TimeoutError:
                continue

    async def deliver(self) -> None:
        while True:
            ticks, asked = await self.read(partial(self.since, self.position, BATCH))
            self.fan_out(ticks, asked)
            if len(ticks) < BATCH:
                return

    def fan_out(self, ticks: Sequence[Tick], asked: Asked) -> None:
        """Decides once for all who hold the same posts at the same schools, and by person for those in the incident."""
        if not ticks:
            return
        named = frozenset[PersonId]().union(
            *(
                each.conflicted | each.compartment.admitted | {person for person, _ in each.involved}
                for each in asked.values()
            )
        )
        alike: defaultdict[Actor, list[Viewer]] = defaultdict(list)
        for viewer in self.viewers:
            if viewer.held is not None:
                viewer.held.append((ticks, asked))
            else:
                actor = viewer.actor if viewer.actor.id in named else replace(viewer.actor, id=None)
                alike[actor].append(viewer)
        notices = [moved(tick) for tick in ticks]
        for actor, viewers in alike.items():
            send(viewers, [each for each, tick in zip(notices, ticks, strict=True) if sees(actor, tick, asked)])
        self.position = ticks[-1].position

    async def greet(self) -> None:
        """Says how far the log is; a console that hears nothing for 10 s says NOT LIVE (F102)."""
        while True:
            await asyncio.sleep(HELLO_EVERY)
            if self.fresh:
                send((each for each in self.viewers if each.held is None), [notice({"hello": self.position})])

    async def recheck(self) -> None:
        """Some at a time: with thousands of consoles the loop must get its turn in between."""
        since = clock.now()
        while True:
            await asyncio.sleep(RECHECK_EVERY)
            viewers, now = list(self.viewers), clock.now()
            for first in range(0, len(viewers), AT_ONCE):
                await self.look_again(viewers[first : first + AT_ONCE], since - COMMITTED_LATE, now)
            since = now

    async def look_again(self, viewers: Sequence[Viewer], since: datetime, now: datetime) -> None:
        actors: Sequence[Actor | None]
        try:
            actors = await self.read(partial(standing, self.store, [viewer.secret for viewer in viewers]))
            over = await self.read(partial(lost, self.store, [each for each in actors if each], since, now))
        except DBAPIError:
            log.warning("sessions cannot be read; consoles are closed, and come back when they can")
            actors, over = [None] * len(viewers), set()
        for viewer, actor in zip(viewers, actors, strict=True):
            if actor is None or actor.id in over:
                end(viewer.line, REVOKED)
            else:
                viewer.actor = actor

    async def join(self, viewer: Viewer, after: int | None) -> None:
        """Subscribes first, then replays what the console missed, then hands over what came meanwhile."""
        self.viewers.add(viewer)
        through = self.position  # what comes later is held for this viewer
        if after is not None and not await self.replay(viewer, after, through):
            send([viewer], [notice({"reset": self.position})])
        held, viewer.held = viewer.held or [], None
        for ticks, asked in held:
            send([viewer], [moved(tick) for tick in ticks if sees(viewer.actor, tick, asked)])

    async def replay(self, viewer: Viewer, after: int, through: int) -> bool:
        """False where replaying will not do: too far behind, or a cursor that this log never gave out."""
        if after >= through:
            return after <= await self.read(self.head)
        if through - after > GAP_LIMIT:
            return False
        ticks, asked = await self.read(partial(self.since, after, through - after))
        send([viewer], [moved(tick) for tick in ticks if sees(viewer.actor, tick, asked)])
        return True

    def leave(self, viewer: Viewer) -> None:
        self.viewers.discard(viewer)

    async def whereabouts(self, viewer: Viewer, place: Place | None) -> None:
        """A console's word where it is; asked once for each place whether they may be there."""
        before = viewer.place
        if place != before:
            may = place is not None and await self.read(partial(may_read, self.store, viewer.actor, place.incident))
            viewer.place = place if may else None
            if before is not None:
                self.there.discard(before)
                await self.read(partial(self.presence.left, before))
        if viewer.place is not None:
            self.there.add(viewer.place)

    async def pass_on(self) -> None:
        """Says that somebody came or went, to those who are there; who it is, their pages ask with their own rights."""
        while True:
            await asyncio.sleep(PRESENCE_EVERY)
            there, self.there = self.there, set()
            try:
                changed = await self.read(partial(self.look_around, there))
            except DBAPIError:
                log.warning("who is where could not be passed on")
                continue
            for incident in changed:
                here = [each for each in self.viewers if each.place is not None and each.place.incident == incident]
                send(here, [notice({"here": incident})])

    def look_around(self, there: Collection[Place]) -> set[IncidentId]:
        if there:
            self.presence.here(there)
        return self.presence.changed()
