"""Plays a page through: the rules, the rota and the cadence are those that page; only time and telephones are made up.

Nothing is written, and nobody is called. What is left out: how long a machine and a provider take that are well.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import reduce
from heapq import heappop, heappush
from itertools import count

from sqlalchemy import Connection

from crisis import events as ev
from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis.commands import Actor, ActorKind, Command, OpenIncident, TimerDue
from crisis.effects import CallPerson, Effect, PageLevel, StartTimer
from crisis.errors import Refused
from crisis.ladders import Ladder
from crisis.notify import pacing, people_to_tell
from crisis.notify.owing import Due, Owing, Past, level_began, next_call, owing, past, wanted
from crisis.notify.pacing import Turn
from crisis.notify.people_to_tell import Reachable
from crisis.protocols import loader
from crisis.simulating.marks import Mark, Played, What
from crisis.simulating.providers import handed_over
from crisis.simulating.story import Act, Deed, Story
from crisis.statemachine.climbing import ladder_of
from crisis.statemachine.decide import decide, decide_open
from crisis.statemachine.evolve import evolve, fold
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident, Page
from crisis.statemachine.react import react
from crisis.store import people
from crisis.vocabulary import (
    AttemptOutcome,
    Beside,
    Channel,
    DistrictId,
    IncidentId,
    Mode,
    PageId,
    PersonId,
    ProtocolHash,
    Role,
    SchoolId,
    StaffRole,
    Urgency,
)

PROTOCOL = loader.protocol("suicide_risk")  # its steps play no part: of its timers only those of pages are heard
WHO_ASKS = PersonId("simulation")
LOOKED_AFTER = timedelta(minutes=45)  # what follows the last level: alarms, or an arrival that is waited for
ALARMS = 2  # shown; it goes on until a person ends it
MOST = 5_000  # things that happen; a real page comes to some hundreds
PAGE_TIMERS = frozenset({"page_unanswered", "page_alarm", "page_arrival"})
_MADE = {Channel.TEXT: What.TEXT, Channel.VOICE: What.CALL, Channel.CONSOLE: What.CONSOLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A page that somebody asks for at a school at a moment. `providers` in the order in which they are asked."""

    district: DistrictId
    school: SchoolId
    role: Role
    urgency: Urgency
    at: datetime
    providers: Sequence[str]


def play(tx: Connection, scene: Scene, story: Story, ladder: Ladder | None = None) -> Played:
    """Reads who is on call at each moment as a real page would; the schedules must reach as far as the page does.

    `ladder` is one that is not saved yet; the district's own if left out.
    """
    playing = _Playing(tx, scene, story, ground_with(tx, scene, ladder))
    playing.begin()
    return playing.played()


def ground_with(tx: Connection, scene: Scene, ladder: Ladder | None) -> Ground:
    ground = people.ground(tx, scene.school)
    known = {} if ladder is None else {(scene.role, scene.urgency): ladder}
    return replace(ground, ladders={**ground.ladders, **known})


def opened(scene: Scene, ground: Ground) -> list[ev.Event]:
    """The incident in which it is paged; it is in no store."""
    return decide_open(_opening(who_asks(scene), scene.school), PROTOCOL, ground, IncidentId("s"), scene.at)


def who_asks(scene: Scene) -> Actor:
    return Actor(
        kind=ActorKind.PERSON,
        id=WHO_ASKS,
        district=scene.district,
        schools=frozenset({scene.school}),
        posts=frozenset({StaffRole.COUNSELOR}),
        roles=frozenset(Role),
    )


@dataclass(slots=True)
class _Playing:
    tx: Connection
    scene: Scene
    story: Story
    ground: Ground
    log: list[ev.Event] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    known: dict[str, tuple[str | None, bool]] = field(default_factory=dict)  # of each attempt: taken by whom, arrives
    reached: set[PersonId] = field(default_factory=set)
    incident: Incident = field(init=False)
    page: PageId = field(init=False)
    now: datetime = field(init=False)
    ends_at: datetime = field(init=False)
    _due: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _turns: "count[int]" = field(default_factory=count)

    def begin(self) -> None:
        self.now, opening = self.scene.at, opened(self.scene, self.ground)
        self.log, self.incident = list(opening), fold(opening)
        self.page = PageId(f"{self.incident.id}-{self.incident.seq + 1}")
        self.ends_at = self.scene.at
        self._submit(pcmd.RequestPage(by=who_asks(self.scene), role=self.scene.role, urgency=self.scene.urgency))
        page = self.incident.pages[self.page]
        ladder = ladder_of(page, self.ground)
        self.ends_at = page.level_since + sum(ladder.answer_within, LOOKED_AFTER)
        for _turn in range(MOST):
            if not self._due or self._due[0][0] > self.ends_at:
                return
            self.now, _number, act = heappop(self._due)
            act()

    def played(self) -> Played:
        page = self.incident.pages[self.page]
        return Played(
            role=page.role,
            urgency=page.urgency,
            ladder=ladder_of(page, self.ground),
            asked_at=self.scene.at,
            ends_at=self.ends_at,
            marks=tuple(self.marks),
        )

    @property
    def _system(self) -> Actor:
        return Actor(kind=ActorKind.SYSTEM, id=None, district=self.scene.district)

    def _at(self, when: datetime, act: Callable[[], None]) -> None:
        heappush(self._due, (max(when, self.now), next(self._turns), act))

    # the one door, without a store

    def _submit(self, command: Command) -> bool:
        """False where it changed nothing."""
        before = self.incident
        events = decide(before, PROTOCOL, self.ground, command, self.now)
        if not events:
            return False
        self.incident = reduce(evolve, events, before)
        self.log += events
        for event in events:
            self._marked(event)
        for seq, effect in react(before, events, self.incident, PROTOCOL, self.ground):
            self._obliged(seq, effect)
        return True

    def _obliged(self, seq: int, effect: Effect) -> None:
        match effect:
            case PageLevel():
                self._at(effect.not_before or self.now, lambda: self._level(seq, effect))
            case StartTimer() if effect.name in PAGE_TIMERS:
                due = TimerDue(by=self._system, name=effect.name, key=effect.key)
                self._at(effect.due_at, lambda: self._time_is_up(due))
            case CallPerson():
                who = people_to_tell.one(self.tx, self.incident, effect.person)
                if who.phone is not None:
                    self._call(None, self._single(who, Channel.VOICE), f"{seq}-{who.person}")
            case _:
                return  # what only tells people is not a page

    def _time_is_up(self, due: TimerDue) -> None:
        self._submit(due)

    def _level(self, seq: int, effect: PageLevel) -> None:
        """As the worker does it: who is on call is asked now."""
        page = wanted(self.incident, effect)
        if page is None:
            return
        on_call = people_to_tell.of_page(self.tx, self.incident, page, effect.level, self.now)
        known = self._past(page, effect, seq)
        turns = pacing.turns(on_call, level_began(page, effect), effect.page, {})
        owed = owing(self.incident, page, effect, turns, past=known, at=self.now, line=True)
        for who in owed.shown:
            shown = self._single(who, Channel.CONSOLE)
            self._report(effect.level, shown, f"{seq}-{who.person}", AttemptOutcome.ACCEPTED)
        if owed.nobody:
            key = f"{effect.page}:{effect.level}"
            self._submit(TimerDue(by=self._system, name="page_unanswered", key=key))
            return
        longest = timedelta(0)
        for due in owed.due:
            longest = max(longest, self._call(effect.level, due, f"{seq}-{due.who.person}-{due.channel}-{due.number}"))
        self._at(self.now + longest, lambda: self._again(seq, effect, owed))

    def _single(self, who: Reachable, channel: Channel) -> Due:
        return Due(Turn(who=who, began=self.now, text_from=self.now, spread=False), channel, 1)

    def _again(self, seq: int, effect: PageLevel, owed: Owing) -> None:
        page = wanted(self.incident, effect)
        again = None if page is None else next_call(page, effect, owed.called, self._past(page, effect, seq))
        if again is not None:
            self._at(again, lambda: self._level(seq, effect))

    def _past(self, page: Page, effect: PageLevel, seq: int) -> Past:
        return past(page, effect, seq, enumerate(self.log, start=1))

    # telephones and people

    def _call(self, level: int | None, due: Due, attempt: str) -> timedelta:
        """How long the providers take over it."""
        handed = handed_over(self.story, self.scene.providers, self.now - self.scene.at)
        self.known[attempt] = (handed.by, handed.arrives)
        report = self._reporting(level, due, attempt, handed.outcome)
        self._at(self.now + handed.took, report)
        if handed.arrives and due.who.person not in self.reached:
            self.reached.add(due.who.person)
            for deed in self.story.people.get(due.who.person, ()):
                self._at(self.now + handed.took + deed.after, self._doing(due.who.person, deed))
        return handed.took

    def _reporting(self, level: int | None, due: Due, attempt: str, outcome: AttemptOutcome) -> Callable[[], None]:
        return lambda: self._report(level, due, attempt, outcome)

    def _report(self, level: int | None, due: Due, attempt: str, outcome: AttemptOutcome) -> None:
        order = pcmd.RecordPageAttempt(
            by=self._system,
            page=self.page,
            person=due.who.person,
            channel=due.channel,
            outcome=outcome,
            attempt=attempt,
            level=level,
        )
        self._submit(order)

    def _doing(self, person: PersonId, deed: Deed) -> Callable[[], None]:
        return lambda: self._does(person, deed)

    def _does(self, person: PersonId, deed: Deed) -> None:
        by = replace(people.actor(self.tx, person), kind=ActorKind.PHONE)
        orders: dict[Act, Command] = {
            Act.ACCEPTS: pcmd.AcceptPage(by=by, page=self.page),
            Act.DECLINES: pcmd.DeclinePage(by=by, page=self.page),
            Act.LETS_GO: pcmd.DeclinePage(by=by, page=self.page),
            Act.SAYS_OK: pcmd.SeePage(by=by, page=self.page),
            Act.STANDS_BY: pcmd.StandBy(by=by, page=self.page),
            Act.ARRIVES: pcmd.Arrive(by=by, page=self.page),
        }
        try:
            changed = self._submit(orders[deed.act])
        except Refused:
            changed = False
        if not changed:
            self.marks.append(Mark(at=self.now, what=What.NOTHING, person=person))

    # what is shown

    def _marked(self, event: ev.Event) -> None:
        mark = self._mark(event, self.incident.pages[self.page])
        if mark is not None:
            self.marks.append(mark)

    def _mark(self, event: ev.Event, page: Page) -> Mark | None:
        match event:
            case pev.PageRequested():
                return Mark(at=page.level_since, what=What.LEVEL, level=0)
            case pev.PageEscalated(level=level, begins_at=begins):
                return Mark(at=begins or event.at, what=What.LEVEL, level=level)
            case pev.PageAttempted(person=person, channel=channel, outcome=outcome, level=level):
                by, arrives = self.known.get(event.attempt, (None, True))
                what = _MADE[channel]
                return Mark(at=event.at, what=what, person=person, level=level, outcome=outcome, by=by, arrives=arrives)
            case pev.PageExhausted() if page.alarms <= ALARMS:
                return Mark(at=event.at, what=What.ALARM)
            case pev.ArrivalAsked():
                return Mark(at=event.at, what=What.ASKED_IF_HERE, person=page.accepted_by)
            case _:
                done = _DONE.get(type(event))
                return None if done is None else Mark(at=event.at, what=done, person=getattr(event, "person", None))


_DONE: dict[type[ev.Event], What] = {
    pev.PageAccepted: What.ACCEPTED,
    pev.PageDeclined: What.DECLINED,
    pev.PageSeen: What.SEEN,
    pev.PageStoodBy: What.STANDS_BY,
    pev.PageLetGo: What.LETS_GO,
    pev.PageArrived: What.ARRIVED,
    pev.PageLapsed: What.LAPSED,
}


def _opening(by: Actor, school: SchoolId) -> OpenIncident:
    return OpenIncident(
        by=by,
        mode=Mode.LIVE,
        school=school,
        crisis_type=next(iter(PROTOCOL.crisis_types)),
        protocol=PROTOCOL.id,
        version=PROTOCOL.version,
        protocol_hash=ProtocolHash("simulated"),
        place=None,
        student=None,
        beside=Beside.ME,
    )
