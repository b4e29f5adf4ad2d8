"""Whatever happens in a drill, nothing of it is real: no live account, no live number, nobody off its list (N19, F75).

Random runs, with providers in trouble, people who answer anything, and a rota that names whom no drill may reach. By
default some, with `--full` 10,000.
"""

import random
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from crisis import commands as cmd
from crisis import page_commands as pcmd
from crisis.drill_words import Capability, DrillType
from crisis.errors import NotFound, Refused
from crisis.notify.handsets_plans import Callbacks, Delivery, Fault
from crisis.notify.wording import Filling, Subject, text
from crisis.page_events import PageAttempted
from crisis.policy.drilling import Objective, Plan
from crisis.store import drill_plans, drills, kept_drills, oncall, roster
from crisis.store.engine import Store, open_store
from crisis.submit import open_incident, submit
from crisis.vocabulary import Channel, Disposal, IncidentId, Mode, PageId, PersonId, Role, Urgency
from tests.factories import DISTRICT, SCHOOL, WORDS, opening
from tests.notify.village import (
    ANA,
    BEN,
    COUNSELOR,
    DRILL,
    LEVEL,
    LIVE,
    PHONES,
    PRINCIPAL,
    SECOND,
    SECOND_DRILL,
    Village,
    a_shift,
)
from tests.notify.wired import a_wired_village

MOTHER, AGENCY = PersonId("p-mother"), PersonId("p-agency")
NEVER = {MOTHER: "+16175550150", AGENCY: "+16175550151"}
OWN = {DRILL.number, SECOND_DRILL.number}
REAL = (
    LIVE.sid,
    LIVE.secret,
    LIVE.number,
    SECOND.secret,
    SECOND.number,
    b64encode(f"{LIVE.sid}:{LIVE.secret}".encode()).decode(),
)
FAULTS: tuple[Fault, ...] = ("unavailable", "error", "accept_then_reset", "wrong_secret", "landline", "undelivered")
Dice = random.Random
URGENCIES = tuple(Urgency)
# What whoever writes to us gets, when no page is open for them; who rings us hears as much.
NEUTRAL = {text(Subject.UNKNOWN_PHONE, Filling(mode=Mode.LIVE), language) for language in ("en", "es")}


@pytest.fixture
def store(sqlite_url: str, key_file: Path) -> Iterator[Store]:
    opened = open_store(sqlite_url, key_file)
    yield opened
    opened.close()


@pytest.fixture
def town(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Village, list[str]]:
    """On the first level of the rota stand a mother and an agency as well, by mistake."""
    village, bodies = a_wired_village(store, tmp_path, monkeypatch)
    with store.write() as tx:
        for person, phone in NEVER.items():
            roster.add_person(tx, DISTRICT, person, ("Given", person), staff=False, language="es")
            roster.add_phone(tx, person, phone)
        oncall.add_shifts(tx, [a_shift(person, level, village.watch()) for level, person in enumerate(NEVER)])
    return village, bodies


def plays(town: Village, dice: Dice) -> IncidentId:
    """One drill, from its opening to wherever it gets."""
    network = town.network
    network.plan.clear()
    for _fault in range(dice.randrange(3)):
        network.plan.set(dice.choice(("*", PHONES[ANA])), "*", dice.choice(FAULTS), dice.randrange(1, 4))
    network.plan.callbacks.set("*", "*", Callbacks(dropped=dice.random() < 0.5, copies=dice.randint(1, 2)), 99)
    network.plan.deliveries.set(
        "*", "calls", Delivery(end="completed", answered_by="machine_end_beep"), dice.randrange(3)
    )
    incident, page = _planned(town, dice) if dice.random() < 0.5 else town.paged(dice.choice(URGENCIES), Mode.DRILL)
    town.worker.until_quiet()
    acts = [
        lambda: town.later(timedelta(seconds=dice.randrange(1, 200))),
        lambda: town.later(LEVEL),
        lambda: network.timeline.advance(0),
        lambda: _answers(town, dice),
        lambda: network.ring(dice.choice(tuple(PHONES.values())), dice.choice((DRILL, SECOND_DRILL)).number),
        lambda: _orders(town, incident, cmd.AddNote(by=town.actor(COUNSELOR), words=WORDS)),
        lambda: _orders(town, incident, cmd.OfferCustody(by=town.actor(COUNSELOR), to=PRINCIPAL)),
        lambda: _orders(town, incident, pcmd.OfferPage(by=town.actor(ANA), page=page, to=BEN)),
        lambda: _orders(
            town,
            incident,
            pcmd.DisposePage(by=town.actor(PRINCIPAL), page=page, how=Disposal.RESTART, words=WORDS),
        ),
    ]
    for act in dice.choices(acts, k=4):
        act()
    town.worker.until_quiet()
    network.timeline.advance(0)
    with town.store.write() as tx:  # nothing of it comes again in the next
        tx.exec_driver_sql("UPDATE outbox SET done_at = due_at WHERE done_at IS NULL")
        tx.exec_driver_sql("DELETE FROM page_code")
    return incident


def _planned(town: Village, dice: Dice) -> tuple[IncidentId, PageId]:
    """With whoever takes part this time; some of them are on call."""
    kind = dice.choice((DrillType.TABLETOP, DrillType.DRILL, DrillType.FUNCTIONAL, DrillType.FULL_SCALE))
    plan = Plan(
        school=SCHOOL,
        type=kind,
        starts_at=town.watch(),
        crisis_type="suicide_ideation",
        objectives=(Objective(text="Somebody answers", capability=Capability.COMMUNICATIONS),),
        scenario="Made up",
        takes_part=frozenset(dice.sample(sorted(PHONES), dice.randint(1, len(PHONES)))),
        announced=True,
        parents_told_on=town.watch().date() - timedelta(days=9),
        support=COUNSELOR,
    )
    with town.store.write() as tx:
        drill = drill_plans.plan(tx, town.store.keys, DISTRICT, plan, by=PRINCIPAL, at=town.watch())
    order = opening(
        by=town.actor(PRINCIPAL),
        protocol_hash=town.protocol_hash,
        mode=Mode.DRILL,
        place=None,
        student=None,
        drill=drill,
    )
    incident = open_incident(town.store, order, at=town.watch()).incident.id
    town.later(timedelta(seconds=6))
    paged = pcmd.RequestPage(by=town.actor(COUNSELOR), role=Role.ONCALL_CLINICIAN, urgency=dice.choice(URGENCIES))
    return incident, list(town.gives(incident, paged).pages)[-1]


def _answers(town: Village, dice: Dice) -> None:
    who = dice.choice((ANA, BEN))
    if any(each.kind == "text" for each in town.on(who)):
        said = town.code(who) + dice.choice(("A 5", "D", "B", "H", "M 5"))
        town.network.reply(PHONES[who], dice.choice((said, "A", "ok")))


def _orders(town: Village, incident: IncidentId, command: cmd.Command) -> None:
    """What the rules refuse now is no fault of a drill."""
    with suppress(Refused, NotFound):
        submit(town.store, incident, command, at=town.watch())


PARTS = [0, *(pytest.param(each, marks=pytest.mark.full) for each in range(1, 20))]


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("part", PARTS)
def test_nothing_of_a_drill_is_real_n19_f75_f76(
    town: tuple[Village, list[str]], request: pytest.FixtureRequest, part: int
) -> None:
    """In parts, each in a town of its own: what a town has seen makes each further drill slower to look at."""
    village, bodies = town
    runs, reached = 500 if request.config.getoption("--full") else 6, 0
    for number in range(part * runs, (part + 1) * runs):
        before = len(village.network.ledger.entries)
        bodies.clear()

        incident = plays(village, Dice(number))

        came = village.network.ledger.entries[before:]
        with village.store.read() as tx:
            listed = drills.within(tx, incident, [*PHONES.values(), *NEVER.values()])
            members = drills.enrolled(tx, incident)
            plan = kept_drills.of_incident(tx, incident)
        silent = plan is not None and plan.type is DrillType.TABLETOP
        expected = set(PHONES.values()) if members is None else {PHONES[each] for each in members if not silent}
        assert listed == expected, number
        asked = [each for each in came if each.kind in ("text", "call") and each.body not in NEUTRAL]
        assert {each.phone for each in asked} <= listed, number
        assert {each.line for each in came} <= OWN, number
        texts = [each.body for each in came if each.kind in ("text", "call", "voice") and "988" not in each.body]
        assert all(each.startswith(("DRILL. ", "SIMULACRO. ")) for each in texts), number
        assert not [secret for secret in REAL for body in bodies if secret in body], number
        reached += len(texts)
    print(f"{runs} drills, {reached} texts and calls")
    assert reached > runs


def test_a_drill_goes_on_to_whoever_it_may_reach(town: tuple[Village, list[str]]) -> None:
    """Whoever stands on the rota and not on the list is asked on the console, and the log says so."""
    village, _bodies = town

    incident, _page = village.paged(Urgency.U3, Mode.DRILL)
    village.worker.until_quiet()

    asked = {each.event.person: each.event.channel for each in village.log(incident) if _is_call(each.event)}
    assert asked == {ANA: Channel.TEXT, MOTHER: Channel.CONSOLE}
    assert village.kinds(ANA) == ["text"]


def _is_call(event: object) -> bool:
    return isinstance(event, PageAttempted)
