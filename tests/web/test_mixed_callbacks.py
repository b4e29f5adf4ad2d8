"""Callbacks of both providers, doubled, disordered, lost, forged, replayed and early, end as an oracle says (N16).

The oracle reads the genuine ones in the order in which they came, and knows nothing of the code. By default 350
callbacks on either database, with `--full` 100,000 in all.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

import httpx2
import pytest

from crisis import clock
from crisis import page_commands as pcmd
from crisis.notify import handsets_notes
from crisis.notify.answers import ANSWERED
from crisis.notify.handsets_calling import Account, Calling, Note
from crisis.notify.handsets_notes import ALL_EVENTS, Sent
from crisis.notify.handsets_plans import Delivery, End, Forgery
from crisis.notify.signature import address
from crisis.page_events import PageAccepted, PageAttempted, PageLetGo
from crisis.store import incidents, page_codes, people
from crisis.store.engine import Store
from crisis.store.page_codes import Coded
from crisis.submit import open_incident, submit
from crisis.vocabulary import AttemptOutcome, Channel, Mode, Role, Urgency
from tests.factories import MORNING, SYSTEM, opening
from tests.notify.village import (
    ANA,
    COUNSELOR,
    LIVE,
    PHONES,
    PUBLIC,
    SECOND,
    a_village,
    the_settings,
    with_second,
)
from tests.wire import Wire
from web.app import build_app

SETTINGS = with_second(the_settings("http://127.0.0.1:9"), "http://127.0.0.1:9")
ATTEMPTS = 6  # of each incident
ARRIVED: dict[str, str] = {  # what each word of a provider says about whether a call or text went out
    "sent": "went out",
    "delivered": "went out",
    "ringing": "went out",
    "in-progress": "went out",
    "completed": "went out",
    "busy": "went out",
    "no-answer": "went out",
    "undelivered": "never did",
    "failed": "never did",
    "delivery_failed": "never did",
    "sending_failed": "never did",
}
ENDS: dict[Channel, tuple[End, ...]] = {
    Channel.TEXT: ("delivered", "delivered", "undelivered"),
    Channel.VOICE: ("completed", "completed", "busy", "no-answer", "failed"),
}


def forgery(dice: random.Random, account: Account) -> Forgery:
    """The second provider signs no address, so with it a wrong one is no forgery; our seal is for that."""
    kinds: tuple[Forgery, ...] = (
        ("secret", "missing", "altered")
        if account.second
        else (
            "secret",
            "missing",
            "altered",
            "address",
        )
    )
    return dice.choice(kinds)


class Watched(Wire):
    """Keeps what was sent, so that it can be sent again as it was; and the answers."""

    kept: list[httpx2.Request]

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.kept.append(request)
        return super().handle_request(request)


@dataclass
class Time:
    at: datetime = MORNING

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Oracle:
    """What is known of each attempt, in how many events, and who has the page."""

    known: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    events: Counter[str] = field(default_factory=Counter)
    heard: set[tuple[str, str]] = field(default_factory=set)
    owner: bool = False
    taken: int = 0
    let_go: int = 0

    def reports(self, attempt: str) -> None:
        """The worker writes down what the provider answered, in any case."""
        self.known[attempt].add("went out")
        self.events[attempt] += 1

    def receipt(self, attempt: str, sid: str, word: str) -> None:
        if (sid, word) in self.heard:
            return
        self.heard.add((sid, word))
        said = ARRIVED.get(word)  # a failure stays: that it went out says nothing after it
        if said is not None and said not in self.known[attempt] and "never did" not in self.known[attempt]:
            self.known[attempt].add(said)
            self.events[attempt] += 1

    def text(self, sid: str, body: str) -> None:
        if (sid, "") in self.heard:
            return
        self.heard.add((sid, ""))
        if body == "A" and not self.owner:
            self.owner, self.taken = True, self.taken + 1
        if body == "D" and self.owner:
            self.owner, self.let_go = False, self.let_go + 1


@dataclass(frozen=True)
class Thing:
    """One thing that happens to the application. `when` only orders it."""

    when: float
    note: Note | None = None  # None: the worker's own report
    account: Account = LIVE
    attempt: str = ""
    word: str = ""
    sid: str = ""
    replay: bool = False


def receipts(dice: random.Random, path: str, attempt: str, channel: Channel) -> Iterator[Thing]:
    """What one provider tells of one call or text, in order, with what goes astray; and the worker's own report."""
    account, what = dice.choice((LIVE, SECOND)), "messages" if channel is Channel.TEXT else "calls"
    begins, url = dice.uniform(0, 10), address(PUBLIC, path, SECOND.secret)
    made = Sent(
        sid=account.new_id(what),
        what=what,  # type: ignore[arg-type]
        account=account,
        phone=PHONES[ANA],
        body="",
        sender=account.number,
        callback=url,
        made_at=MORNING,
    )
    notes = _notes(made, url, channel, Delivery(end=dice.choice(ENDS[channel]), code=30005))
    yield Thing(begins + (3 if dice.random() < 0.3 else -0.1), attempt=attempt)
    for turn, note in enumerate(notes):
        when = begins + turn / 2 + (dice.uniform(-2, 2) if dice.random() < 0.3 else 0)
        thing = Thing(when, note, account, attempt, _word(note), made.sid)
        for copy in range(0 if dice.random() < 0.15 else dice.choice((1, 1, 1, 2, 3))):
            yield replace(thing, when=when + copy / 10)
            if dice.random() < 0.1:
                yield replace(thing, when=when + 1 + copy, replay=True)
        if dice.random() < 0.15:
            lie = _notes(made, url, channel, Delivery(end=dice.choice(ENDS[channel]), code=30005))[-1]
            yield replace(thing, when=dice.uniform(0, 12), note=replace(lie, forged=forgery(dice, account)))


def _notes(made: Sent, url: str, channel: Channel, fate: Delivery) -> list[Note]:
    told = replace(made)
    told.end(fate)
    return handsets_notes.of(told, url, url if channel is Channel.VOICE else "", fate, ALL_EVENTS)


def _word(note: Note) -> str:
    if note.event is None:
        return note.form.get("MessageStatus") or note.form.get("AnsweredBy") or note.form["CallStatus"]
    return str(note.event["data"]["payload"]["to"][0]["status"])  # type: ignore[index]


def texts(dice: random.Random, code: str) -> Iterator[Thing]:
    """Somebody takes the page and lets go of it, in this order or the other; and somebody else would like to."""
    for body, when in (("A", dice.uniform(0, 8)), ("D", dice.uniform(2, 10))):
        account = dice.choice((LIVE, SECOND))
        sid, ends = account.new_id("messages"), (PHONES[ANA], account.number)
        note = handsets_notes.of_reply(f"{PUBLIC}/webhooks/text", account, sid, ends, f"{code}{body}")
        thing = Thing(when, note, account, word=body, sid=sid)
        for copy in range(dice.choice((1, 1, 2, 3))):
            yield replace(thing, when=when + copy)
        yield replace(thing, when=when + 3, replay=True)
        lie = handsets_notes.of_reply(note.url, account, account.new_id("messages"), ends, f"{code}A")
        yield replace(thing, when=dice.uniform(0, 12), note=replace(lie, forged=forgery(dice, account)))


@dataclass
class Bench:
    """The application, and somebody who plays both providers."""

    store: Store
    hashed: str
    wire: Watched
    time: Time
    sent: dict[int, httpx2.Request] = field(default_factory=dict)

    def happens(self, thing: Thing, oracle: Oracle, page: Coded) -> None:
        if thing.note is None:
            report = pcmd.RecordPageAttempt(
                by=SYSTEM,
                page=page.page,
                person=ANA,
                channel=Channel(thing.attempt.split("-")[-2]),
                outcome=AttemptOutcome.ACCEPTED,
                attempt=thing.attempt,
                level=0,
            )
            submit(self.store, page.incident, report, at=self.time())
            oracle.reports(thing.attempt)
        elif thing.replay:
            kept = self.sent.get(id(thing.note))
            assert kept is None or self.wire.handle_request(kept).status_code in (200, 204)
        else:
            answer = Calling(PUBLIC, PUBLIC, self.wire).tell(thing.account, thing.note)
            assert answer is not None
            assert (answer.status_code == 404) == bool(thing.note.forged), thing
            self.sent.setdefault(id(thing.note), self.wire.kept[-1])
            if not thing.note.forged and thing.attempt:
                oracle.receipt(thing.attempt, thing.sid, thing.word)
            elif not thing.note.forged:
                oracle.text(thing.sid, thing.word)

    def a_page(self) -> Coded:
        with self.store.read() as tx:
            by = people.actor(tx, COUNSELOR)
        order = opening(by=by, protocol_hash=self.hashed, place=None, student=None)
        incident = open_incident(self.store, order, at=self.time()).incident.id
        asked = pcmd.RequestPage(by=by, role=Role.ONCALL_CLINICIAN, urgency=Urgency.U3)
        page = next(reversed(submit(self.store, incident, asked, at=self.time()).incident.pages))
        coded = Coded(
            phone=PHONES[ANA],
            code="",
            incident=incident,
            page=page,
            person=ANA,
            site="LHS",
            mode=Mode.LIVE,
            given_at=self.time(),
        )
        with self.store.write() as tx:
            return page_codes.give(tx, coded)


@pytest.fixture
def bench(store: Store, monkeypatch: pytest.MonkeyPatch) -> Bench:
    time = Time()
    monkeypatch.setattr(clock, "now", time)
    wire = Watched(build_app(store, SETTINGS))
    wire.kept = []
    return Bench(store, a_village(store), wire, time)


def found(bench: Bench, page: Coded) -> tuple[dict[str, set[str]], Counter[str], tuple[int, int, bool]]:
    words = {AttemptOutcome.ACCEPTED: "went out", AttemptOutcome.REFUSED: "never did"}
    with bench.store.read() as tx:
        log = [stored.event for stored in incidents.events_of(tx, page.incident) if not _only_answered(stored.event)]
        now = incidents.load(tx, page.incident).pages[page.page]
    known: dict[str, set[str]] = defaultdict(set)
    for event in log:
        if isinstance(event, PageAttempted):
            known[event.attempt].add(words[event.outcome])
    kinds = Counter(type(event) for event in log)
    events = Counter(event.attempt for event in log if isinstance(event, PageAttempted))
    return known, events, (kinds[PageAccepted], kinds[PageLetGo], now.accepted_by == ANA)


def _only_answered(event: object) -> bool:
    """Who answers before anything is known of their call was called all the same."""
    return isinstance(event, PageAttempted) and event.attempt.startswith(ANSWERED)


@pytest.mark.timeout(7200)
def test_whatever_happens_to_callbacks_the_state_is_the_oracles_n16_f30_to_f35(
    bench: Bench, request: pytest.FixtureRequest
) -> None:
    dice, played, numbers = random.Random(5), 0, count(1)
    wanted = 50_000 if request.config.getoption("--full") else 350
    forged = 0
    while played < wanted:
        page, oracle, incident = bench.a_page(), Oracle(), next(numbers)
        bench.sent.clear()
        things = list(texts(dice, page.code))
        for number in range(ATTEMPTS):
            channel = dice.choice((Channel.TEXT, Channel.VOICE))
            attempt = f"0-{ANA}-{channel}-{number}"
            path = f"/webhooks/status/{page.incident}/{page.page}/{ANA}/{channel}/{attempt}"
            things += receipts(dice, path, attempt, channel)
        for thing in sorted(things, key=lambda each: each.when):
            bench.happens(thing, oracle, page)

        expected = (oracle.known, oracle.events, (oracle.taken, oracle.let_go, oracle.owner))
        assert found(bench, page) == expected, f"incident {incident} of seed 5"
        bench.time.at += timedelta(hours=3)
        for kept in dice.sample(list(bench.sent.values()), 3):  # genuine once, and hours later
            assert bench.wire.handle_request(kept).status_code in (200, 204, 404)
        assert found(bench, page) == expected
        forged += sum(thing.note is not None and bool(thing.note.forged) for thing in things)
        played += len(bench.wire.kept)
        bench.wire.kept.clear()
        bench.time.at += timedelta(days=8)  # the telephone's codes are free again
    print(f"{bench.store.dialect}: {played} callbacks, {forged} forged, {next(numbers) - 1} incidents")
