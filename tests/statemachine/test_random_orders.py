"""Random orders from random people, through the one door, against both stores: no invariant ever breaks.

3,000 orders in CI over both databases. Checked after each: the fold of the log is the state, one adult or none (I-1),
nobody below the floor without two signatures (I-5), contact blocked while it is (I-10), reports only by their owner
(I-11), a handoff done only when accepted (I-15), and a closed incident with nothing open (I-19, I-20).
"""

import os
import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crisis import commands as cmd
from crisis import report_commands as tcmd
from crisis.checker.moves import FIRST, SECOND, Move, pages
from crisis.checker.space import Space, space
from crisis.commands import Command
from crisis.errors import Refused
from crisis.protocols import loader
from crisis.protocols.schema import Protocol
from crisis.statemachine.closing import obstacles
from crisis.statemachine.incident import Incident
from crisis.store import audit, incidents, roster
from crisis.store.engine import Store
from crisis.submit import open_incident, submit
from crisis.vocabulary import ContactOutcome, Custody, HandoffState, StepType, Tier
from tests.factories import DISTRICT, MORNING, SCHOOL, opening
from tests.web.district import a_district

ORDERS_A_RUN = 125
RUNS = 12 if os.environ.get("CRISIS_CI") else 5  # times two databases: 3,000 orders in CI


def prepared(store: Store) -> Protocol:
    a_district(store)
    with store.write() as tx:
        for each in (FIRST, SECOND):  # the ledger names who told something outside, and they have to be on the roster
            assert each.id is not None
            roster.add_person(tx, DISTRICT, each.id, ("Given", str(each.id).title()), staff=True)
    return loader.protocol("suicide_risk")


def ours(command: Command) -> Command:
    """The checker's people, as staff of the test's district."""
    by = replace(command.by, district=DISTRICT, schools=frozenset({SCHOOL}))
    return replace(command, by=by)


def some_move(chance: random.Random, states: Space, incident: Incident) -> tuple[Command, ...]:
    """Mostly what can be done now, sometimes anything at all, and time at any moment."""
    sensible: list[Move] = [*states.moves(incident), *pages(incident)]
    if sensible and chance.random() < 0.75:
        return chance.choice(sensible)[1]
    return (chance.choice(wild(states, incident)),)


def wild(states: Space, incident: Incident) -> list[Command]:
    """Orders that nobody should give now."""
    step = states.protocol.steps[incident.seq % len(states.protocol.steps)]
    return [
        cmd.TakeCustody(by=SECOND),
        cmd.OfferCustody(by=FIRST, to=SECOND.id or FIRST.id),  # type: ignore[arg-type]  # both have ids
        cmd.AcceptCustody(by=SECOND),
        cmd.DeclineCustody(by=SECOND),
        cmd.SetTier(by=SECOND, step=step.id, tier=Tier.NONE, rationale=cmd.WordsId("w")),
        cmd.SignTier(by=FIRST, step=step.id),
        cmd.CloseIncident(by=SECOND),
        cmd.CompleteStep(by=FIRST, step=step.id),
        cmd.WaiveStep(by=FIRST, step=step.id, reason=cmd.WordsId("w")),
        cmd.AddNote(by=FIRST, words=cmd.WordsId("w")),
        cmd.ReopenAssessment(by=FIRST, reason=cmd.WordsId("w")),
        cmd.RecordReturn(by=FIRST),
        *(
            cmd.TimerDue(by=replace(FIRST, kind=cmd.ActorKind.SYSTEM, id=None), name=name, key=key)
            for name, key in _keys(incident)
        ),
    ]


def _keys(incident: Incident) -> list[tuple[str, str]]:
    return [
        *(("exception_expires", name) for name in incident.exceptions),
        *(("obligation", str(name)) for name in incident.obligations),
        *(("page_alarm", f"{name}:") for name in incident.pages),
        ("overdue", "custody#1"),
        ("deadline", "screen:same_day:0"),
    ]


def broken(store: Store, incident: Incident, protocol: Protocol, at: datetime) -> list[str]:
    found = []
    with store.read() as tx:
        if incidents.load(tx, incident.id) != incident or incidents.refold(tx, incident.id) != incident:
            found.append("fold(log) is the state")
    if (incident.custody in (Custody.HELD, Custody.OFFERED)) != (incident.adult is not None):
        found.append("I-1")
    floor, tier = incident.floor, incident.effective_tier
    if floor is not None and not incident.below_floor_signed and (tier is None or tier.rank < floor.rank):
        found.append("I-5")
    handed = [step.id for step in protocol.steps if step.type is StepType.HANDOFF and step.id in incident.steps]
    accepted = any(known.state is HandoffState.ACCEPTED for known in incident.handoffs.values())
    if any(incident.steps[step].done_at and not incident.steps[step].waived for step in handed) and not accepted:
        found.append("I-15")
    if incident.closed_at is not None and obstacles(incident, protocol, at):
        found.append("I-19")
    return found


@pytest.mark.slow
@pytest.mark.page  # the rules are pure: one database is enough, each has them with --full
@settings(
    max_examples=RUNS,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_no_random_orders_break_an_invariant(store: Store, seed: int) -> None:
    protocol = _protocol_of(store)
    states, chance, at = space(protocol), random.Random(seed), MORNING
    first = ours(opening())
    assert isinstance(first, cmd.OpenIncident)
    incident = open_incident(
        store, replace(first, by=ours(cmd.AddNote(by=FIRST, words=cmd.WordsId("w"))).by), at=at
    ).incident

    for _order in range(ORDERS_A_RUN):
        at += timedelta(minutes=chance.choice([1, 5, 60, 60 * 24 * 8]))
        before = incident
        for command in some_move(chance, states, incident):
            try:
                incident = submit(store, incident.id, ours(command), at=at).incident
            except Refused:
                continue
            if before.closed_at is not None:
                assert incident.closed_at == before.closed_at, "I-20"
            if isinstance(command, tcmd.FileReport) and incident is not before:
                assert ours(command).by.id in _owners(before), "I-11"
            if isinstance(command, cmd.RecordContact) and command.outcome is ContactOutcome.REACHED:
                assert "contraindicated" not in before.exceptions, "I-10"
        assert broken(store, incident, protocol, at) == []
    with store.read() as tx:
        assert audit.verify(tx).ok


def _owners(incident: Incident) -> set[object]:
    return {person for report in incident.obligations.values() for person in (report.owner, report.delegate)}


_known: dict[int, Protocol] = {}


def _protocol_of(store: Store) -> Protocol:
    """The district is made once for each database."""
    if id(store) not in _known:
        _known[id(store)] = prepared(store)
    return _known[id(store)]
