"""What must be true at every moment: the auditor's own checks, and what the telephones say about the promise.

After each transaction what it touched is looked at; every ten seconds, while a page looks for somebody, the whole. What
no step touched cannot have changed but by time, and only pages and rows that are due change by time.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crisis import page_events as pev
from crisis.notify import pacing, people_to_tell
from crisis.sentinel import auditing, looking
from crisis.sentinel.auditing import Finding
from crisis.sentinel.looking import Look, Watched
from crisis.statemachine.climbing import ladder_of
from crisis.statemachine.evolve import fold
from crisis.statemachine.incident import Incident, Page
from crisis.statemachine.paging import LIVE
from crisis.statemachine.places import spared
from crisis.store import signs, watch
from crisis.store.signs import Sign
from crisis.store.watch import Ends, Logged
from crisis.vocabulary import IncidentId, PageId, PageState, PersonId, Urgency
from tests.simulation.memory import Tx
from tests.simulation.telephones import Given

if TYPE_CHECKING:
    from tests.simulation.universe import Universe

EVERY = 10.0
WELL = 30.0  # seconds without a fault, after which what is late is late
LOST = 45.0  # of these, after which nobody tried means that the page is lost: the last wait between two tries is 30
GHOST = 4.0  # 2 s, and 2 s for a place at the provider
STALLED = 15.0  # seconds after its end, as long without a fault
BY_TIME = (
    auditing.nothing_overdue,
    auditing.pages_are_tried,
    auditing.claims_end,
    auditing.unknown_calls_are_followed,
)


def looks_now(page: Page, at: datetime) -> bool:
    """A page of U3 outside of school waits for the bell."""
    return page.state is PageState.PAGING and page.level_since <= at


class Broken(AssertionError):
    """An invariant does not hold. The sentence says which, where and when."""


@dataclass(slots=True)
class Checks:
    universe: "Universe"
    ended: dict[PageId, float] = field(default_factory=dict)
    declined: dict[tuple[PageId, PersonId], float] = field(default_factory=dict)
    asked: dict[str, float] = field(default_factory=dict)  # when each call was first given to a provider
    holds: dict[PageId, PersonId | None] = field(default_factory=dict)  # who has taken each page
    had: dict[tuple[PageId, PersonId], float] = field(default_factory=dict)  # until when
    reached: dict[tuple[PageId, PersonId], float] = field(default_factory=dict)
    looks: int = 0
    _ticking: bool = False
    begun: dict[tuple[PageId, datetime], float] = field(default_factory=dict)  # each search, from the first level on
    named: dict[tuple[PageId, datetime, int], tuple[float, frozenset[PersonId]]] = field(default_factory=dict)

    def fail(self, what: str) -> None:
        raise Broken(f"at {self.universe.clockwork.now:.1f} s: {what}")

    def _none(self, found: list[Finding]) -> None:
        if found:
            self.fail("; ".join(f"{each.invariant} {each.subject}: {each.what}" for each in found))

    # after each transaction

    def incident_changed(self, incident: Incident) -> None:
        tx, now = Tx(self.universe.store), self.universe.clockwork.now
        if incident.seq != len(self.universe.store.events[incident.id]):
            self.fail(f"I6 {incident.id}: its version is not the number of its events")
        if incident.closed_at is None:
            self._none(list(auditing.timers_in_place(self._look(tx, [incident], pages=False))))
        for page in incident.pages.values():
            self._page_changed(page, now)
            if page.state is PageState.PAGING and (page.id, page.began[0], page.level) not in self.named:
                wait = max(0.0, (page.level_since - self.universe.now()).total_seconds())
                self.begun.setdefault((page.id, page.began[0]), now)
                self.named[page.id, page.began[0], page.level] = (now + wait, self._named(tx, incident, page))
                self.universe.clockwork.after(wait, self._tick_on)

    def _page_changed(self, page: Page, now: float) -> None:
        before, self.holds[page.id] = self.holds.get(page.id), page.accepted_by
        if before is not None and before != page.accepted_by:
            self.had[page.id, before] = now
        if page.state in LIVE:
            self.ended.pop(page.id, None)
        else:
            self.ended.setdefault(page.id, now)
        for person in page.declined:
            self.declined.setdefault((page.id, person), now)
        for key in [key for key in self.declined if key[0] == page.id and key[1] not in page.declined]:
            del self.declined[key]

    def _named(self, tx: Tx, incident: Incident, page: Page) -> frozenset[PersonId]:
        """Who is to be called now: all who can be, but those who said no or have another place already."""
        found = people_to_tell.of_page(tx, incident, page, page.level, self.universe.now())
        return frozenset(who.person for who in found if who.phone is not None) - spared(incident, page)

    def _look(self, tx: Tx, incidents: list[Incident], *, pages: bool) -> Look:
        """What the auditor would see of these incidents; of their pages only where it is asked for them."""
        at, district = self.universe.now(), self.universe.district
        calls = watch.calls(tx, [each.id for each in incidents]) if pages else {}
        watched = tuple(
            Watched(
                incident=each,
                row_seq=each.seq,
                protocol=district.protocols[each.protocol_hash],
                ground=district.grounds[each.school],
                waiting=tuple(watch.waiting(tx, each.id)),
                logged=Logged(each.seq, each.seq),
                calls=tuple(calls.get(each.id, ())),
                rota=looking._rota(tx, each, at) if pages else {},
            )
            for each in incidents
        )
        rows = tuple(row for each in watched for row in each.waiting)
        alive = {signs.WORKER: Sign(at, at, {})} if self._works() else {}
        alive |= {signs.WEB: Sign(at, at, {})} if self.universe.processes[0].alive else {}
        return Look(
            at=at,
            open=watched,
            count_open=len(watched),
            waiting=rows,
            mixed_up=(),
            unread=0,
            ends=Ends(0, 0, 0, 0),
            clock_apart=timedelta(0),
            signs=alive,
            outcomes={},
        )

    def _works(self) -> bool:
        return any(each.alive for each in self.universe.processes if each.name != "web")

    # by the clock

    def _tick_on(self) -> None:
        if not self._ticking:
            self._ticking = True
            self.universe.clockwork.after(EVERY, self._tick)

    def _tick(self) -> None:
        self._ticking, self.looks = False, self.looks + 1
        store = self.universe.store
        at = self.universe.now()
        open_now = [
            each
            for each in store.incidents.values()
            if each.closed_at is None and any(looks_now(page, at) for page in each.pages.values())
        ]
        if not open_now:
            return
        self._tick_on()
        self._by_time(open_now)

    def _by_time(self, incidents: list[Incident]) -> None:
        well, tx = self._well_for(), Tx(self.universe.store)
        look = self._look(tx, incidents, pages=True)
        if well >= WELL:
            self._none([found for check in BY_TIME for found in check(look)])
        for each in look.open:
            for page in each.incident.pages.values():
                if looks_now(page, look.at):
                    self._moves_on(each, page)
                    self._not_lost(tx, each.incident, page)

    def _well_for(self) -> float:
        """Seconds for which every process has run and one provider took what it was given."""
        now, network = self.universe.clockwork.now, self.universe.network
        if not network.healthy() or not all(each.alive for each in self.universe.processes):
            return 0.0
        down = [0.0, self.universe.up_since]
        for outage in self.universe.fate.outages:
            if outage.ends <= now:
                both = all(
                    any(
                        each.starts <= outage.ends - 0.01 < each.ends and each.provider in (None, number)
                        for each in self.universe.fate.outages
                    )
                    for number in network.providers
                )
                down += [outage.ends] if both else []
        return now - max(down)

    def _moves_on(self, each: Watched, page: Page) -> None:
        """A level ends when its time is over in truth, whatever became of the timer and of the clock."""
        now = self.universe.clockwork.now
        within = ladder_of(page, each.ground).within(page.level)
        began, _named = self.named[page.id, page.began[0], page.level]
        over = began + within.total_seconds()
        if min(now - over, self._well_for()) > STALLED:
            self.fail(f"stalled: page {page.id} stands on level {page.level}")

    def _not_lost(self, tx: Tx, incident: Incident, page: Page) -> None:
        """Who was on call when the level began, and still is, was called once anybody could be for long enough."""
        now, well = self.universe.clockwork.now, self._well_for()
        first = self.begun[page.id, page.began[0]]
        began, named = self.named[page.id, page.began[0], page.level]
        if min(now - began, well) <= LOST:
            return
        still = self._named(tx, incident, page) & named
        left = [
            each
            for each in sorted(still)
            if self.reached.get((page.id, each), -1.0) < first and now - began > LOST + self._kept_by_others(page, each)
        ]
        if left:
            self.fail(f"lost: nobody called {left} for page {page.id} on level {page.level}")

    def _kept_by_others(self, page: Page, person: PersonId) -> float:
        """Seconds for which this telephone was texted about pages that go first: more urgent ones, and older ones."""
        began, _named = self.named[page.id, page.began[0], page.level]
        texts = {
            given.reference: given.path.split("/")[2:4]
            for given in self.universe.network.given
            if given.path and not given.voice and given.at > began - pacing.APART.total_seconds()
        }
        pages = {other.id: other for each in self.universe.store.incidents.values() for other in each.pages.values()}
        first = [
            other
            for name, who in texts.values()
            if who == person
            and (other := pages[PageId(name)]).id != page.id
            and (other.urgency < page.urgency or other.requested_at <= page.requested_at)
        ]
        return len(first) * pacing.APART.total_seconds()

    # at the providers

    def provider_asked(self, phone: str, path: str, reference_body: str) -> None:
        if not path:
            return
        _empty, incident_id, page_id, person_id, _channel, attempt = path.split("/")
        now, person = self.universe.clockwork.now, PersonId(person_id)
        incident = self.universe.store.incidents[IncidentId(incident_id)]
        page = incident.pages[PageId(page_id)]
        if attempt in self.asked:
            return
        self.asked[attempt] = now
        if person in (page.accepted_by, page.offered_to, *page.textless):
            return  # out of turn: whether they are here, or because no text reaches them any more
        if now - self.had.get((page.id, person), -GHOST) < GHOST:
            return  # asked whether they are here, and it lapsed at that moment
        ended = self.ended.get(page.id)
        if ended is not None and now - ended > GHOST:
            self.fail(f"ghost: {person} is called for page {page.id}, which ended {now - ended:.1f} s ago")
        declined = self.declined.get((page.id, person))
        if declined is not None and now - declined > GHOST:
            self.fail(f"ghost: {person} said no to page {page.id} {now - declined:.1f} s ago and is called")
        if not self._on_call(incident, page, person):
            self.fail(f"misdirected: {person} is not on call for page {page.id}")
        assert phone

    def provider_took(self, given: Given) -> None:
        """Whether or not anybody ever gets it: that is the carriers' work (reliability 4.1)."""
        if given.path:
            _empty, _incident, page, person, *_rest = given.path.split("/")
            self.reached[PageId(page), PersonId(person)] = given.at

    def _on_call(self, incident: Incident, page: Page, person: PersonId) -> bool:
        """At this moment or ten seconds ago, when the call was decided."""
        tx, at = Tx(self.universe.store), self.universe.now()
        return any(
            person == who.person
            for moment in (at, at - timedelta(seconds=10))
            for level in range(page.level + 1)
            for who in people_to_tell.of_page(tx, incident, page, level, moment)
        )

    # at the end

    def at_the_end(self) -> None:
        """Nothing is owed any more, everything is on record, and the record is the state."""
        tx, store = Tx(self.universe.store), self.universe.store
        at = self.universe.now()
        for incident in store.incidents.values():
            if fold(store.events[incident.id]) != incident:
                self.fail(f"I6 {incident.id}: its state is not what its log says")
            self._one_owner(incident)
            self._exhausted(incident, at)
        self._by_time([each for each in store.incidents.values() if each.closed_at is None])
        left = [row for row in store.due(at) if row.due_at < at - timedelta(minutes=1)]
        if left:
            self.fail(f"I2: {len(left)} rows were never done")
        if watch.unread(tx, at - looking.UNREAD):
            self.fail("I13: words from outside were not dealt with")
        self._no_more_than_owed()

    def _exhausted(self, incident: Incident, at: datetime) -> None:
        """In finite time: no page looks for somebody for longer than its whole ladder, the waits of U3 aside."""
        for page in incident.pages.values():
            if page.state is not PageState.PAGING or page.level_since > at:
                continue
            ladder = ladder_of(page, self.universe.district.grounds[incident.school])
            whole = sum(ladder.answer_within, timedelta(minutes=5))
            since = page.level_since if page.urgency is Urgency.U3 else page.began[0]
            if at - since > whole:
                self.fail(f"stalled: page {page.id} was never exhausted")

    def _one_owner(self, incident: Incident) -> None:
        """Whoever has a page has it until they let go, lapse or hand over."""
        holder: dict[PageId, PersonId | None] = {}
        offered: dict[PageId, PersonId] = {}
        for event in self.universe.store.events[incident.id]:
            match event:
                case pev.PageOffered(page=page, to=to):
                    offered[page] = to
                case pev.PageAccepted(page=page, person=person):
                    if holder.get(page) not in (None, person) and offered.get(page) != person:
                        self.fail(f"owners: page {page} has two")
                    holder[page] = person
                case pev.PageLetGo(page=page) | pev.PageLapsed(page=page) | pev.PageDisposed(page=page):
                    holder[page] = None

    def _no_more_than_owed(self) -> None:
        """N4: a call is made once, and once more at most for each death, each answer that never came, and each step of
        the clock, which ends leases early.
        """
        network, counts = self.universe.network, dict[tuple[str, bool], int]()
        for given in network.given:
            counts[given.reference, given.voice] = counts.get((given.reference, given.voice), 0) + 1
        for (reference, _voice), number in counts.items():
            if number > 1 + self.universe.deaths + network.unknowns + len(self.universe.fate.steps):
                self.fail(f"duplicates: {reference} went out {number} times")
        wrong = [each for each in network.given if each.path and each.reference != each.path.rpartition("/")[2]]
        if wrong:
            self.fail("a call went out under another name")
