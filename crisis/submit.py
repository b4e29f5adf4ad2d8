"""The one door for change: load, ask, decide, fold, append, commit; all that follows in the same transaction."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from time import sleep
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from crisis import clock, failpoints, standing_down
from crisis.commands import Actor, ActorKind, Command, OpenIncident
from crisis.errors import Conflict, Reason, Refused, refuse_if
from crisis.events import Event, IncidentOpened
from crisis.policy.access import must_be_allowed, must_be_allowed_to_open
from crisis.policy.sight import About
from crisis.protocols.schema import Protocol
from crisis.statemachine.conflict import clashes
from crisis.statemachine.decide import decide, decide_open
from crisis.statemachine.evolve import begin, evolve
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident
from crisis.statemachine.react import react
from crisis.store import (
    asked_for,
    codec,
    conflicts,
    contacting,
    cut,
    directives,
    disclosures,
    drill_runs,
    idempotency,
    incidents,
    interpreting,
    involved,
    named,
    outflows,
    people,
    protocols,
    referring,
    same_student,
    sealed,
    texting,
)
from crisis.store.audit import Entry
from crisis.store.disclosures import DisclosureRefused
from crisis.store.engine import OutcomeUnknown, Store, is_transient
from crisis.vocabulary import IncidentId, Mode, WordsId

TRIES = 6
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Submitted:
    """`position` is the global number of the last event; `repeated` says that the key was seen before.

    `changed`: this order itself wrote something, whatever others wrote at the same time.
    """

    incident: Incident
    position: int
    repeated: bool = False
    changed: bool = False


def submit(
    store: Store,
    incident_id: IncidentId,
    command: Command,
    *,
    at: datetime,
    words: Mapping[WordsId, str] | None = None,
    seen: int | None = None,
    key: str | None = None,
) -> Submitted:
    """One command to one incident. Raises `Refused`, `Conflict` or `NotFound`; then nothing has been written.

    `seen` is the version its sender looked at: only a change of the same step or region since then is a conflict.
    """

    def once(tx: Connection) -> Submitted:
        known = _earlier(tx, command, key, str(incident_id))
        if known is not None:
            return known
        before = incidents.load(tx, incident_id, lock=True)
        asked = _asked(tx, command, before)
        must_be_allowed(command.by, before, command, at, asked)
        _must_be_current(tx, before, command, seen, asked, at=at)
        named.must_exist(tx, command, before.student, before.mode)
        same_student.hold(tx, command, before.student)
        refuse_if(
            *contacting.reasons_against(tx, command, before, at),
            *referring.reasons_against(tx, command, before, at),
            *texting.reasons_against(tx, command, before, at),
            *directives.reasons_against(tx, command, before),
            *same_student.reasons_against(tx, command, before),
            *interpreting.reasons_against(tx, store.keys, command, before, words or {}, at=at),
        )
        protocol = protocols.by_hash(tx, before.protocol_hash)
        ground = same_student.ground_for(tx, people.ground(tx, before.school), before, command, at)
        ground = asked_for.ground_for(tx, ground, before, command, at)
        events = decide(before, protocol, ground, command, at)
        change = _Change(before, reduce(evolve, events, before), events, protocol, ground)
        return _written(tx, store, change, command, at=at, words=words or {}, key=key)

    try:
        return _in_one_transaction(store, once, repeatable=key is not None)
    except DisclosureRefused as refusal:
        disclosures.log_refused(store, refusal, at=at, by=command.by.id)
        raise


def open_incident(
    store: Store,
    command: OpenIncident,
    *,
    at: datetime,
    words: Mapping[WordsId, str] | None = None,
    key: str | None = None,
) -> Submitted:
    """A new incident. The same key gives the same incident, however often it is sent (F01, F02)."""
    incident_id = IncidentId(clock.new_id())

    def once(tx: Connection) -> Submitted:
        known = _earlier(tx, command, key, "")
        if known is not None:
            return known
        must_be_allowed_to_open(command.by, command)
        drill_runs.hold(tx, command)
        named.must_exist(tx, command, None, command.mode)
        same_student.hold(tx, command, None)
        protocol = protocols.by_hash(tx, command.protocol_hash)
        ground = asked_for.at_opening(tx, people.ground(tx, command.school), command, at)
        events = decide_open(command, protocol, ground, incident_id, at)
        first = events[0]
        assert isinstance(first, IncidentOpened)
        change = _Change(None, reduce(evolve, events[1:], begin(first)), events, protocol, ground)
        done = _written(tx, store, change, command, at=at, words=words or {}, key=key)
        if command.by.id is not None:
            conflicts.of_opening(tx, done.incident, command.kept_out, by=command.by.id, at=at)
        return done

    return _in_one_transaction(store, once, repeatable=key is not None)


@dataclass(frozen=True, slots=True)
class _Change:
    before: Incident | None
    after: Incident
    events: list[Event]
    protocol: Protocol
    ground: Ground


def _in_one_transaction(store: Store, once: Callable[[Connection], Result], *, repeatable: bool) -> Result:
    """A transaction that lost against another one is tried again whole; it has had no effect yet (F99)."""
    for turn in range(TRIES):
        try:
            with store.write() as tx:
                result = once(tx)
                failpoints.hit("submit.before_commit")
        except OutcomeUnknown:
            if turn + 1 == TRIES or not repeatable:
                raise  # it may have been written: only the sender's key can tell the second one from a new one
            sleep(0.01 * 2**turn)
        except DBAPIError as error:
            if turn + 1 == TRIES or not is_transient(error):
                raise
            sleep(0.01 * 2**turn)
        else:
            failpoints.hit("submit.after_commit")
            return result
    raise AssertionError("unreachable")


def _asked(tx: Connection, command: Command, incident: Incident) -> About | None:
    """The system is nobody's kin and breaks no glass."""
    return None if command.by.kind is ActorKind.SYSTEM else involved.about_of(tx, incident)


def _must_be_current(
    tx: Connection, incident: Incident, command: Command, seen: int | None, asked: About | None, *, at: datetime
) -> None:
    if seen is None or seen == incident.seq:
        return
    if seen > incident.seq or seen < 0:
        raise Refused(Reason("VERSION", "This page shows a version that does not exist; load it again"))
    since = [(stored.seq, stored.event) for stored in incidents.events_of(tx, incident.id, after=seen)]
    changes = clashes(command, since)
    if not changes:
        return
    if asked is not None:
        changes = cut.changes(tx, command.by, asked, incident, changes, at=at)
    raise Conflict(seen, incident.seq, changes)


def _earlier(tx: Connection, command: Command, key: str | None, target: str) -> Submitted | None:
    if key is None:
        return None
    found = idempotency.earlier(tx, key, _name(command.by), _digest(command, target))
    if found is None:
        return None
    incident_id, position = found
    return Submitted(incidents.load(tx, incident_id), position, repeated=True)


def _name(actor: Actor) -> str:
    return actor.id or actor.kind.value


def _digest(command: Command, target: str) -> str:
    return hashlib.sha256(f"{target}{codec.command_digest(command)}".encode()).hexdigest()


def _written(
    tx: Connection,
    store: Store,
    change: _Change,
    command: Command,
    *,
    at: datetime,
    words: Mapping[WordsId, str],
    key: str | None,
) -> Submitted:
    after, events = change.after, change.events
    if events:
        effects = [
            *react(change.before, events, after, change.protocol, change.ground),
            *same_student.of_change(tx, change.before, after, change.protocol, at),
        ]
        sealed.put(tx, store.keys, after.id, words)
        outflows.of_change(tx, store.keys, events, after, command.by, protocol=change.protocol, words=words, at=at)
        texting.of_change(tx, events, after, at)
        same_student.of_close(tx, change.before, after, change.protocol, command.by.id)
        entry = Entry(
            at=at,
            actor=command.by.id,
            action=type(command).__name__,
            subject=after.id,
            detail={"seq": after.seq, "events": len(events), "mode": after.mode.value},
        )
        drill_runs.of_close(tx, events, after, at)
        standing_down.of_change(tx, change.before, after, command, at)
        wait = drill_runs.waits(tx, after, command, at)
        position = incidents.append(tx, change.before, after, events, at=at, effects=effects, entry=entry, wait=wait)
        standing_down.of_change(tx, change.before, after, command, at)
        if isinstance(command, OpenIncident) and after.mode is Mode.DRILL:
            drill_runs.started(tx, after, command, at)
    else:
        position = incidents.head(tx)
    if key is not None:
        target = "" if change.before is None else str(after.id)
        idempotency.remember(tx, key, _name(command.by), _digest(command, target), after.id, position=position)
    return Submitted(after, position, changed=bool(events))
