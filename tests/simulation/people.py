"""What people do: with a telephone that rings, at the console, and with an alarm that nobody ended."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from random import Random
from typing import TYPE_CHECKING

from crisis import commands as cmd
from crisis import page_commands as pcmd
from crisis.checker.space import space
from crisis.commands import Actor, Command
from crisis.errors import Conflict, NotFound, Refused
from crisis.notify import inbound
from crisis.notify.answers import Asked
from crisis.notify.calls import Stage
from crisis.notify.ending import end_calls
from crisis.protocols.schema import Protocol
from crisis.statemachine.incident import Incident, Page
from crisis.store import inbox, incidents
from crisis.store.inbox import Received
from crisis.submit import open_incident, submit
from crisis.vocabulary import Beside, Disposal, IncidentId, Mode, PageId, PageState, PersonId, Role, Urgency, WordsId
from tests.simulation.district import DISTRICT, FIRST, SECOND, SKILLS
from tests.simulation.fate import DAY, Kind
from tests.simulation.telephones import Given

if TYPE_CHECKING:
    from tests.simulation.universe import Universe

WORDS = WordsId("words")
CODE = re.compile(r"(\d{2,3})A\b")
TEXT_RECEIPTS, CALL_RECEIPTS = (
    ("delivered", "undelivered", "sent"),
    ("ringing", "in-progress", "completed", "no-answer"),
)
REPEATS = 5  # of a provider, three seconds apart, while we take no calls
PLANS = ("silent", "accept", "no_show", "let_go", "decline", "ok", "stop", "stand_by", "machine", "wrong")
WEIGHTS = (34, 24, 6, 5, 12, 5, 3, 5, 4, 2)
ROLES = (Role.ONCALL_CLINICIAN, Role.NURSE, Role.DISTRICT_ONCALL, Role.INCIDENT_LEAD)


@dataclass(slots=True)
class People:
    universe: "Universe"
    plans: dict[tuple[PageId, PersonId], str] = field(default_factory=dict)
    alarms: set[tuple[PageId, int]] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def chance(self) -> Random:
        return self.universe.fate.chance

    def open_incidents(self) -> None:
        """Some come together, as in a mass event."""
        at = self.chance.choice(self.universe.fate.times)
        for _each in range(self.universe.fate.incidents):
            if self.chance.random() < 0.5:
                at = self.chance.choice(self.universe.fate.times)
            self.universe.clockwork.at(at + self.chance.uniform(0, 20), self._comes)

    def _comes(self) -> None:
        number = next(self.numbers)
        self.universe.web(lambda: self._opens(number), again=lambda: self._opens(number))

    def _opens(self, number: int) -> None:
        """With a key, so that who sends it again after a crash opens it once."""
        universe, district = self.universe, self.universe.district
        drill = number % 9 == 8
        school = list(district.schools)[number % len(district.schools)]
        openers = [FIRST, *(p for p in district.staff if p not in (FIRST, SECOND, *district.book.gone))]
        hashed, protocol = list(district.protocols.items())[number % len(district.protocols)]
        order = cmd.OpenIncident(
            by=district.actors[openers[number % len(openers)]],
            mode=Mode.DRILL if drill else Mode.LIVE,
            school=school,
            crisis_type=next(iter(protocol.crisis_types)),
            protocol=protocol.id,
            version=protocol.version,
            protocol_hash=hashed,
            place=None,
            student=None,
            beside=list(Beside)[number % len(Beside)],
        )
        opened = open_incident(universe.store, order, at=universe.now(), key=f"open-{number}")
        if not opened.repeated:
            self._work(opened.incident.id)

    def _work(self, incident: IncidentId) -> None:
        moves = min(60, int(self.chance.expovariate(1) * self.universe.fate.moves))
        at = self.universe.clockwork.now
        if self.chance.random() < 0.4:
            self.universe.clockwork.after(
                self.chance.uniform(0, 60), lambda: self.universe.web(lambda: self._asks(incident))
            )
        for _each in range(moves):
            at += self.chance.choice((5.0, 60.0, 600.0, 3600.0)) * self.chance.random()
            if at < DAY:
                self.universe.clockwork.at(at, lambda: self.universe.web(lambda: self._moves(incident)))

    def _asks(self, incident: IncidentId) -> None:
        """Somebody wants help at once, whatever the protocol says."""
        self._give(incident, self._a_page())

    def _a_page(self) -> Command:
        return pcmd.RequestPage(
            by=self.universe.district.actors[FIRST],
            role=self.chance.choice(ROLES),
            urgency=self.chance.choice(tuple(Urgency)),
            people=self.chance.choice((1, 1, 1, 2, 3)),
            prefers=self.chance.choice(((), (), (SKILLS[0],))),
        )

    def _moves(self, incident_id: IncidentId) -> None:
        """Mostly what the protocol asks for; sometimes a page that somebody asks for or ends."""
        incident = self._look(incident_id)
        if incident is None or incident.closed_at is not None:
            return
        protocol = self.universe.district.protocols[incident.protocol_hash]
        for command in self._some_move(incident, protocol):
            self._give(incident_id, command)

    def _some_move(self, incident: Incident, protocol: Protocol) -> tuple[Command, ...]:
        first = self.universe.district.actors[FIRST]
        live = [page for page in incident.pages.values() if page.state in (PageState.PAGING, PageState.EXHAUSTED)]
        if self.chance.random() < 0.15:
            return (self._a_page(),)
        held = [page for page in incident.pages.values() if page.accepted_by is not None and page.arrived_at is None]
        if held and self.chance.random() < 0.3:
            return self._hands_over(self.chance.choice(held))
        if live and self.chance.random() < 0.2:
            page = self.chance.choice(live)
            orders: tuple[Command, ...] = (
                pcmd.CancelPage(by=first, page=page.id),
                pcmd.AcceptPage(by=first, page=page.id, eta_minutes=self.chance.choice((None, 5))),
            )
            return (self.chance.choice(orders),)
        moves = list(space_of(protocol).moves(incident))
        return tuple(self._ours(each) for each in self.chance.choice(moves)[1]) if moves else ()

    def _hands_over(self, page: Page) -> tuple[Command, ...]:
        """Offered to somebody who may say yes, say no, or not say anything."""
        actors = self.universe.district.actors
        assert page.accepted_by is not None
        to = self.chance.choice([each for each in actors if each != page.accepted_by])
        offer = pcmd.OfferPage(by=actors[page.accepted_by], page=page.id, to=to)
        answers: tuple[tuple[Command, ...], ...] = (
            (pcmd.AcceptPage(by=actors[to], page=page.id),),
            (pcmd.EndPageOffer(by=actors[to], page=page.id),),
            (),
        )
        return (offer, *self.chance.choice(answers))

    def _ours(self, command: Command) -> Command:
        """The checker's two people are two of this district, who may do everything."""
        actors = self.universe.district.actors
        if command.by.id is None:
            return replace(command, by=replace(command.by, district=DISTRICT))
        return replace(command, by=actors[PersonId(command.by.id)])

    def _look(self, incident: IncidentId) -> Incident | None:
        with self.universe.store.read() as tx:
            try:
                return incidents.load(tx, incident)
            except NotFound:
                return None

    def _give(self, incident: IncidentId, command: Command) -> None:
        if isinstance(command, cmd.TimerDue):
            return  # that is the worker's
        try:
            submit(self.universe.store, incident, command, at=self.universe.now())
        except (Refused, NotFound, Conflict):
            return

    def pages_changed(self, incident: Incident) -> None:
        """Somebody sees the alarm on the console and ends it, sooner or later, or never."""
        for page in incident.pages.values():
            if page.state is PageState.EXHAUSTED and (page.id, page.level) not in self.alarms:
                self.alarms.add((page.id, page.level))
                if not self.universe.fate.has(Kind.NOBODY) or self.chance.random() < 0.5:
                    wait = self.chance.choice((60.0, 600.0, 1800.0)) * self.chance.random()
                    self.universe.clockwork.after(wait, lambda page=page: self._ends(incident.id, page))  # type: ignore[misc]

    def _ends(self, incident: IncidentId, page: Page) -> None:
        how = self.chance.choice(list(Disposal))
        order = pcmd.DisposePage(by=self.universe.district.actors[FIRST], page=page.id, how=how, words=WORDS)

        def again() -> None:
            self.alarms.discard((page.id, page.level))
            found = self._look(incident)
            if found is not None:
                self.pages_changed(found)

        self.universe.web(lambda: self._give(incident, order), again=again)

    # telephones

    def rings(self, given: Given) -> None:
        """A page came to a telephone. The first one decides what its owner will do about this page."""
        if not given.path:
            return
        _empty, incident, page, person, *_rest = given.path.split("/")
        key = (PageId(page), PersonId(person))
        if self.chance.random() < 0.05:
            return  # in a pocket
        plan = self.plans.get(key)
        if plan is None:
            none = not self.universe.fate.has(Kind.NOBODY)
            plan = self.plans[key] = self.chance.choices(PLANS, WEIGHTS)[0] if none else "silent"
            self._answers(given, plan, incident)
        self._receipt(given)

    def _answers(self, given: Given, plan: str, incident: str) -> None:
        found = CODE.search(given.body)
        wait = min(900.0, self.chance.expovariate(1 / 45)) + 2
        say = self.universe.clockwork.after
        if given.voice and plan in ("accept", "decline", "no_show"):
            key = "2" if plan == "decline" else "1"
            say(self.chance.uniform(4, 20), lambda: self._presses(given, key))
            return
        code = found[1] if found is not None else ""
        match plan:
            case "accept":
                say(wait, lambda: self._writes(given, f"{code}A {self.chance.randint(1, 20)}"))
                say(wait + self.chance.uniform(60, 1500), lambda: self._writes(given, f"{code}H"))
            case "no_show":
                say(wait, lambda: self._writes(given, f"{code}a"))
                if self.chance.random() < 0.3:
                    say(wait + self.chance.uniform(60, 1500), lambda: self._writes(given, f"{code}M 10"))
            case "let_go":
                say(wait, lambda: self._writes(given, f"{code}A"))
                say(wait + self.chance.uniform(5, 900), lambda: self._writes(given, f"{code}D 2"))
            case "decline":
                say(wait, lambda: self._writes(given, f"{code}D"))
            case "ok":
                say(wait, lambda: self._writes(given, "ok"))
            case "wrong":
                say(wait, lambda: self._writes(given, "99A"))
            case "stand_by":
                say(wait, lambda: self._writes(given, f"{code}B"))
            case "stop" if self.universe.fate.has(Kind.STOP):
                self.universe.network.stopped |= {(each, given.phone) for each in (0, 1)}
                say(wait, lambda: self._writes(given, "STOP"))

    def _writes(self, given: Given, body: str) -> None:
        sid, form = f"SM-in-{next(self.numbers)}", {"From": given.phone, "Body": body}

        def take() -> None:
            store, at = self.universe.store, self.universe.now()
            received, new = inbound.text_came(store, sid, form, at)
            if new:
                inbound.text_back(store, received, at)

        self._comes_in(take, REPEATS)

    def _presses(self, given: Given, key: str) -> None:
        if given.sid in self.universe.network.hung_up:
            return
        form = {"Digits": key, "CallSid": given.sid, "AccountSid": f"{given.provider}-live"}

        def take() -> None:
            store, at = self.universe.store, self.universe.now()
            inbound.key_came(store, _asked(given), Stage.MENU, form, address=str, at=at)

        self._comes_in(take, 0)

    def _receipt(self, given: Given) -> None:
        """Receipts say little and come seldom here: a lost one must not matter, a doubled one neither."""
        if not self.universe.fate.has(Kind.LATE_RECEIPTS) or self.chance.random() < 0.6:
            return
        status = self.chance.choice(CALL_RECEIPTS if given.voice else TEXT_RECEIPTS)
        _empty, incident, page, person, channel, attempt = given.path.split("/")
        body = {"incident": incident, "page": page, "person": person, "channel": channel, "attempt": attempt}
        body |= {"status": status, "code": "30003", "sid": given.sid}
        form = {"CallStatus": status, "CallSid": given.sid, "AccountSid": f"{given.provider}-live"}

        def take() -> None:
            store, now = self.universe.store, self.universe.now()
            came = Received("status", f"{given.sid}|{status}", now, body)
            with store.write() as tx:
                new = inbox.receive(tx, store.keys, came.source, came.external_id, came.body, at=now)
            if not new:
                return
            if given.voice and inbound.call_went_on(store, _asked(given), attempt, form, at=now):
                end_calls(store, self.universe.lines_of_web(), _asked(given).incident, _asked(given).page, now)
            inbound.deal_with(store, came, now)

        for _each in range(self.chance.choice((1, 1, 2))):
            self.universe.clockwork.after(self.chance.uniform(0.0, 30), lambda: self._comes_in(take, REPEATS))

    def _comes_in(self, take: Callable[[], None], repeats: int) -> None:
        """As `web/webhooks.py` takes it. A provider repeats what nobody took, a few times."""

        def again() -> None:
            if repeats:
                self.universe.clockwork.after(3, lambda: self._comes_in(take, repeats - 1))

        self.universe.web(take, again=again)


def _asked(given: Given) -> Asked:
    _empty, incident, page, person, *_rest = given.path.split("/")
    return Asked(IncidentId(incident), PageId(page), PersonId(person))


_spaces: dict[str, object] = {}


def space_of(protocol: Protocol):  # type: ignore[no-untyped-def]  # as the checker makes it
    key = f"{protocol.id}{protocol.version}{id(protocol)}"
    if key not in _spaces:
        _spaces[key] = space(protocol)
    return _spaces[key]


def system() -> Actor:
    return Actor(kind=cmd.ActorKind.SYSTEM, id=None, district=DISTRICT)
