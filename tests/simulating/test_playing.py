"""What a simulation shows is what the worker does: the same calls at the same times, for the same people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from time import monotonic, sleep

import pytest

from crisis import clock
from crisis import page_commands as pcmd
from crisis.errors import Refused
from crisis.ladders import Asks, Ladder
from crisis.notify.failures import ACCEPTED, Answer, Failure, refused, unknown
from crisis.notify.gateway import Lines
from crisis.notify.line import Line, Way
from crisis.notify.provider import VALID, Patience, Told
from crisis.notify.worker import Worker
from crisis.page_events import PageAccepted, PageAttempted, PageEscalated, PageExhausted
from crisis.simulating import providers
from crisis.simulating.marks import Mark, What
from crisis.simulating.playing import Scene, play
from crisis.simulating.providers import handed_over
from crisis.simulating.story import Act, Deed, Fault, Story, Trouble
from crisis.simulating.telling import story_of
from crisis.store import calendars, incidents, outbox, people, protocols
from crisis.store.engine import Store
from crisis.submit import open_incident, submit
from crisis.vocabulary import AttemptOutcome, Channel, Role, Urgency
from tests.factories import DISTRICT, SCHOOL, opening
from tests.notify.village import ANA, BEN, COUNSELOR, a_village

LEVEL = timedelta(minutes=2)
CALLS = {Channel.TEXT: What.TEXT, Channel.VOICE: What.CALL}
NAMES = {ANA: "Ana Lee", BEN: "Ben Lee"}

Shown = tuple[float, str, str, int | None]


@pytest.fixture
def town(store: Store) -> Store:
    a_village(store)
    with store.write() as tx:
        asks = (Asks.ROTA, Asks.ROTA, Asks.POOL, Asks.SUPERVISORS)
        ladder = Ladder(answer_within=(LEVEL,) * 4, repeat_alarm=LEVEL, asks=asks)
        calendars.set_ladder(tx, DISTRICT, Role.ONCALL_CLINICIAN, Urgency.U1, ladder)
    return store


def a_scene(at: datetime, urgency: Urgency = Urgency.U1) -> Scene:
    return Scene(
        district=DISTRICT,
        school=SCHOOL,
        role=Role.ONCALL_CLINICIAN,
        urgency=urgency,
        at=at,
        providers=providers.ALL,
    )


def played(store: Store, at: datetime, story: Story, urgency: Urgency = Urgency.U1) -> list[Mark]:
    with store.read() as tx:
        return list(play(tx, a_scene(at, urgency), story).marks)


@dataclass(frozen=True, slots=True)
class Agreeable:
    """A line that takes everything."""

    links: bool = False
    callbacks: str = "http://testserver"

    def address(self, path: str) -> str:
        return f"http://testserver{path}"

    def room(self, *, spread: bool) -> str:
        return ""

    def sms(self, *_given: object, **_named: object) -> AttemptOutcome:
        return AttemptOutcome.ACCEPTED

    call = sms

    def next_bad(self) -> None:
        return None


def done_by_the_worker(store: Store, at: datetime, urgency: Urgency, until: timedelta, taken: timedelta) -> list[Shown]:
    """The same page for real: the clock stands, and is put to whatever comes next."""
    now = at
    line = Agreeable()
    worker = Worker(store, Lines(line, line), "w", lambda: now)  # type: ignore[arg-type]  # the same shape
    with store.read() as tx:
        by = people.actor(tx, COUNSELOR)
    with store.read() as tx:
        protocol_hash = protocols.current(tx, "suicide_ideation", DISTRICT, at)[1]
    incident = open_incident(
        store, opening(by=by, protocol_hash=protocol_hash, place=None, student=None), at=at
    ).incident.id
    order = pcmd.RequestPage(by=by, role=Role.ONCALL_CLINICIAN, urgency=urgency)
    page = list(submit(store, incident, order, at=at).incident.pages)[-1]
    answered = False
    while True:
        worker.until_quiet()
        with store.read() as tx:
            due = outbox.next_due(tx)
        moment = at + taken
        if not answered and (due is None or due >= moment):
            now, answered = moment, True
            with store.read() as tx:
                ben = people.actor(tx, BEN)
            submit(store, incident, pcmd.AcceptPage(by=ben, page=page), at=now)
        elif due is None or due > at + until:
            break
        else:
            now = max(now, due)
    with store.read() as tx:
        log = [stored.event for stored in incidents.events_of(tx, incident)]
    return list(_shown(log, at, page, until))


def _shown(log: Sequence[object], at: datetime, page: str, until: timedelta) -> Iterator[Shown]:
    for event in log:
        if getattr(event, "page", None) != page or event.at - at > until:  # type: ignore[attr-defined]
            continue
        since = (event.at - at).total_seconds()  # type: ignore[attr-defined]
        match event:
            case PageAttempted(person=person, channel=channel, level=level):
                yield since, CALLS[channel], person, level
            case PageEscalated(level=level):
                yield since, What.LEVEL, "", level
            case PageAccepted(person=person):
                yield since, What.ACCEPTED, person, None
            case PageExhausted():
                yield since, What.ALARM, "", None


@pytest.mark.parametrize("after", [130, 300, 900])
def test_it_shows_what_the_worker_does(town: Store, after: int) -> None:
    """Ben answers so long after the page; before that the ladder takes its course, with pool and supervisors."""
    at, until = clock.now().replace(microsecond=0), timedelta(minutes=11)
    reached, taken = LEVEL, timedelta(seconds=after)
    story = Story(people={BEN: (Deed(Act.ACCEPTS, taken - reached),)})

    real = done_by_the_worker(town, at, Urgency.U1, until, taken)

    shown = [
        ((mark.at - at).total_seconds(), mark.what, mark.person or "", mark.level)
        for mark in played(town, at, story)
        if mark.at - at <= until and mark.what in (*CALLS.values(), What.LEVEL, What.ACCEPTED, What.ALARM)
    ]
    assert shown[0] == (0.0, What.LEVEL, "", 0)
    assert sorted(set(shown[1:]), key=str) == sorted(set(real), key=str)
    assert len(real) > 3


def test_nothing_is_written_and_the_rota_of_that_moment_counts(town: Store) -> None:
    later = clock.now() + timedelta(days=3)  # nobody is planned then

    now, then = (played(town, at, Story()) for at in (clock.now(), later))

    with town.read() as tx:
        assert incidents.head(tx) == 0
        assert outbox.next_due(tx) is None
    assert ANA in {mark.person for mark in now if mark.level == 0}
    assert ANA not in {mark.person for mark in then if mark.level == 0}


def test_who_never_comes_is_asked_and_given_up_on_and_the_next_level_is_called(town: Store) -> None:
    story = Story(people={ANA: (Deed(Act.ACCEPTS, timedelta(seconds=40)),)})

    marks = played(town, clock.now(), story)

    kinds = [mark.what for mark in marks]
    assert kinds.index(What.ACCEPTED) < kinds.index(What.ASKED_IF_HERE) < kinds.index(What.LAPSED)
    assert kinds.index(What.LAPSED) < kinds.index(What.LEVEL, 1)


def test_whoever_answers_too_late_is_told_so_and_changes_nothing(town: Store) -> None:
    story = Story(
        people={
            ANA: (Deed(Act.ACCEPTS, timedelta(seconds=200)), Deed(Act.ARRIVES, timedelta(seconds=300))),
            BEN: (Deed(Act.ACCEPTS, timedelta(seconds=20)), Deed(Act.ARRIVES, timedelta(seconds=600))),
        }
    )

    marks = played(town, clock.now(), story)

    assert [mark.person for mark in marks if mark.what is What.ACCEPTED] == [BEN]
    assert [mark.person for mark in marks if mark.what is What.NOTHING] == [ANA, ANA]


def test_whoever_is_asked_by_several_levels_is_called_six_times_at_most(town: Store) -> None:
    """Ana and Ben are on call and in the pool: two cadences at once would ring them twelve times."""
    marks = played(town, clock.now(), Story())

    for person in (ANA, BEN):
        calls = [mark.at for mark in marks if mark.what is What.CALL and mark.person == person]
        assert len(calls) == 6
        assert len(set(calls)) == 6


# the line


@dataclass(frozen=True, slots=True)
class Scripted:
    """A provider with a fault; its seconds are tenths."""

    name: str
    fault: Fault | None
    account: str = "a"
    sender: str = "+16175550100"
    spare: str = ""

    def sms(
        self, to: str, body: str, reference: str, told: Told, valid: int = VALID, *, spread: bool = False
    ) -> Answer:
        match self.fault:
            case Fault.DOWN:
                return refused(Failure.TEMPORARY)
            case Fault.HANGS:
                sleep(0.4)
                return unknown()
            case _:
                return ACCEPTED

    def call(self, to: str, twiml: str, reference: str, told: Told) -> Answer:
        return self.sms(to, twiml, reference, told)

    def say(self, call: str, twiml: str) -> Answer:
        return ACCEPTED

    def hang_up(self, call: str) -> Answer:
        return ACCEPTED

    def found(self, channel: Channel, sid: str) -> None: ...

    def listed(self, channel: Channel, to: str) -> None: ...

    def forget(self, channel: Channel, sid: str) -> None: ...

    def close(self) -> None: ...


@pytest.mark.parametrize("faults", list(product([None, Fault.DOWN, Fault.HANGS], repeat=2)), ids=str)
def test_a_call_ends_as_the_line_would_end_it(faults: tuple[Fault | None, Fault | None]) -> None:
    first, second = faults
    troubles = tuple(
        Trouble(name, fault, timedelta(0), timedelta(minutes=1))
        for name, fault in zip(providers.ALL, faults, strict=True)
        if fault is not None
    )
    line = Line((Way(Scripted("one", first)), Way(Scripted("two", second))), "http://testserver", patience=QUICK)
    began = monotonic()
    outcome = line.sms("+16175550101", "page", "r", urgency=Urgency.U1)
    took = (monotonic() - began) * 10

    handed = handed_over(Story(troubles=troubles), providers.ALL, timedelta(0))

    assert handed.outcome is outcome
    assert handed.took.total_seconds() == pytest.approx(took, abs=1.5)  # the machine may be busy


QUICK = Patience(connect=0.15, total=0.4, hedge=0.2, place=0.2)


# how a story is written


def test_a_story_is_read_by_names_whatever_their_capitals() -> None:
    told = "ana lee: silent; BEN LEE: accepts after 40 s, arrives after 12 min; twilio: down 0-90 s, hangs 2-3 min"

    story = story_of(told, NAMES, providers.ALL)

    assert story.people == {
        ANA: (),
        BEN: (Deed(Act.ACCEPTS, timedelta(seconds=40)), Deed(Act.ARRIVES, timedelta(minutes=12))),
    }
    assert story.troubles == (
        Trouble("twilio", Fault.DOWN, timedelta(0), timedelta(seconds=90)),
        Trouble("twilio", Fault.HANGS, timedelta(minutes=2), timedelta(minutes=3)),
    )
    assert story.fault("twilio", timedelta(seconds=89)) is Fault.DOWN
    assert story.fault("twilio", timedelta(seconds=90)) is None


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("Ana Lee silent", "Ana Lee silent"),
        ("Ana Lee: dances after 3 s", "accepts after 40 s"),
        ("Ana Lee: accepts after 13 h", "twelve hours"),
        ("Nobody: silent", "Nobody in this district is called Nobody"),
        ("twilio: down 90-0 s", "twilio: down 90-0 s"),
        ("twilio: silent", "twilio: silent"),
    ],
)
def test_what_cannot_be_read_is_named(told: str, why: str) -> None:
    with pytest.raises(Refused) as found:
        story_of(told, NAMES, providers.ALL)

    assert why in str(found.value)


def test_two_people_of_one_name_are_told_apart_by_id() -> None:
    same = {ANA: "Lee", BEN: "Lee"}

    with pytest.raises(Refused, match="More than one"):
        story_of("Lee: silent", same, providers.ALL)

    assert list(story_of(f"{BEN}: silent", same, providers.ALL).people) == [BEN]
