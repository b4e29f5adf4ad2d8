"""Handsets: the built-in stand-in for telephone providers, with their HTTP shapes and a page of telephones.

A process of its own. Its ledger is the ground truth of what each number received; it is written through to disk, so
that it survives being killed. It serves the demo, drills and the tests; it reaches no real telephone.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from crisis import clock
from crisis.notify import handsets_notes
from crisis.notify.handsets_calling import Account, Calling, Note
from crisis.notify.handsets_notes import Sent
from crisis.notify.handsets_plans import Callbacks, Delivery, Fault, Habit, Plan, What, Which
from crisis.notify.ledger import Entry, Kind, Ledger
from crisis.notify.timeline import Act, Timeline
from crisis.notify.twiml import heard, said_back

STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START = frozenset({"START", "UNSTOP"})
SEGMENT, ONE = 153, 160  # characters of a part of a long text, and of one that is not parted
EXPIRED, NOT_THERE = 30036, 30005
ARRIVES = frozenset({"delivered", "completed"})
CODE = re.compile(r"(?:page|aviso) (\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    name: str
    post: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a provider is asked to do, in no provider's words."""

    what: What
    account: Account
    phone: str
    body: str
    reference: str = ""
    sender: str = ""  # which of the account's numbers; empty: the first
    status: str = ""  # the address that is told what becomes of it
    answered_by: str = ""  # the one that is told whether a machine took the call
    valid: float = 36_000  # seconds
    kept: bool = True  # whether the provider keeps the words
    events: frozenset[str] = handsets_notes.ALL_EVENTS

    @property
    def line(self) -> str:
        return self.sender or self.account.number


@dataclass(frozen=True, slots=True)
class Exchange:
    """The network itself: ledger, plans, owners of numbers, and the application that answers."""

    ledger: Ledger
    accounts: tuple[Account, ...]
    target: str  # the application's own address on this machine
    public_url: str  # under which the application believes to be reached: what is signed
    owners: Mapping[str, Owner] = field(default_factory=dict)
    machines: frozenset[str] = frozenset()  # numbers of the application itself: what they get comes in to it
    plan: Plan = field(default_factory=Plan)
    timeline: Timeline = field(default_factory=Timeline)
    now: Callable[[], datetime] = clock.now  # what the provider's own clock says
    sent: dict[str, Sent] = field(default_factory=dict)
    _queues: dict[str, float] = field(default_factory=dict)  # until when each sender has something to say
    _callbacks: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, "callbacks"))

    def phones(self) -> Iterator[tuple[str, Owner | None, list[Entry]]]:
        """Those with news first, then the rest in the order they were given."""
        known = list(dict.fromkeys([*self.owners, *(entry.phone for entry in self.ledger.entries)]))
        latest = {entry.phone: entry.number for entry in self.ledger.entries}
        for phone in sorted(known, key=lambda each: -latest.get(each, 0)):
            yield phone, self.owners.get(phone), self.ledger.of_phone(phone)

    def opted_out(self, phone: str, line: str) -> bool:
        """A provider sends nothing more from a number to who wrote STOP to it, until they write START."""
        replies = [each for each in self.ledger.of_phone(phone) if each.kind == "reply" and each.line == line]
        words = [each.body.strip().upper() for each in replies]
        return next((word in STOP for word in reversed(words) if word in STOP | START), False)

    def take(self, order: Order, fault: Fault | None = None) -> Sent:
        """A provider takes a text or a call; what becomes of it happens while nobody waits for it."""
        at: Which = "second" if order.account.second else "first"
        made = Sent(
            sid=order.account.new_id(order.what),
            what=order.what,
            account=order.account,
            phone=order.phone,
            body=order.body if order.kept else "",
            sender=order.line,
            callback=order.status,
            made_at=self.now(),
        )
        self.sent[made.sid] = made
        fate = _fate(fault, order) or self.plan.deliveries.take(order.phone, order.what, at) or Delivery()
        told = self.plan.callbacks.take(order.phone, order.what, at) or Callbacks()
        wait = self._queued(order)
        if wait > order.valid:
            fate = Delivery(end="undelivered", code=EXPIRED)
        if fate.after + wait > 0:
            self._later(fate.after + wait, partial(self._arrive, made, order, fate, told))
        else:
            self._arrive(made, order, fate, told)
        return made

    def _queued(self, order: Order) -> float:
        """How long a text waits behind the others of its sender (F23)."""
        if not self.plan.seconds_a_segment or order.what == "calls":
            return 0.0
        now, line = self.timeline.now, order.line
        begins = max(now, self._queues.get(line, now))
        segments = 1 if len(order.body) <= ONE else -(-len(order.body) // SEGMENT)
        self._queues[line] = begins + segments * self.plan.seconds_a_segment
        return begins - now

    def _arrive(self, made: Sent, order: Order, fate: Delivery, told: Callbacks) -> None:
        """On the telephone or nowhere; then the application is told, step by step."""
        said, action = heard(order.body) if order.what == "calls" else (order.body, "")
        kind: Kind = "lost" if fate.end not in ARRIVES else "call" if order.what == "calls" else "text"
        made.end(fate)
        entry = self.ledger.add(
            kind,
            order.phone,
            said,
            made.sid,
            line=order.line,
            reference=order.reference,
            action=action,
        )
        self._tell(handsets_notes.of(made, order.status, order.answered_by, fate, order.events), order.account, told)
        if kind == "text" and order.phone in self.machines:
            self._later(0, partial(self._comes_in, entry, order.account))
        elif kind != "lost":
            self._lives(entry, fate)

    def _tell(self, notes: list[Note], account: Account, told: Callbacks) -> None:
        if told.dropped or not notes:
            return
        in_order = list(reversed(notes)) if told.backwards else notes
        said = [replace(note, forged=told.forged) for note in in_order for _copy in range(told.copies)]
        everything = partial(self._tell_all, said, account)
        if told.early:
            everything()
        else:
            self._later(told.late, everything)
        if told.replayed_after:
            self._later(told.replayed_after, everything)

    def _tell_all(self, notes: list[Note], account: Account) -> None:
        for note in notes:
            self._calling.tell(account, note)

    def _lives(self, entry: Entry, fate: Delivery) -> None:
        """The owner does as planned. A machine that took the call presses no keys."""
        what: What = "calls" if entry.kind == "call" else "messages"
        habit = self.plan.habits.take(entry.phone, what) or Habit()
        code = CODE.search(entry.body)
        wait = 0.0
        for text in habit.texts:
            wait += habit.after
            self._later(wait, partial(self.reply, entry.phone, text.replace("{code}", code[1] if code else "")))
        for key in habit.keys if entry.kind == "call" and fate.answered_by == "human" else ():
            wait += habit.after
            self._later(wait, partial(self.press, entry.phone, entry.sid, key))

    def _comes_in(self, entry: Entry, account: Account) -> None:
        """A text to a number of the application: it has the sender's number, and is told as any other."""
        sid, ends = account.new_id("messages"), (entry.line, entry.phone)
        self._calling.tell(
            account, handsets_notes.of_reply(f"{self.public_url}/webhooks/text", account, sid, ends, entry.body)
        )

    def say(self, made: Sent, twiml: str) -> None:
        """Into a call that goes on: a person hears it, a machine records it."""
        said = "".join(body for _kind, body in said_back(twiml))
        self.ledger.add("voice", made.phone, said, made.sid, line=made.sender)

    def reply(self, phone: str, body: str) -> str:
        """The owner writes back to the number that wrote last; returns how it went."""
        line = next((each.line for each in reversed(self.ledger.of_phone(phone)) if each.line), self.accounts[0].number)
        account = self._account(line)
        sid = account.new_id("messages")
        self.ledger.add("reply", phone, body, sid, line=line)
        note = handsets_notes.of_reply(f"{self.public_url}/webhooks/text", account, sid, (phone, line), body)
        return self._answered(note, account, phone)

    def ring(self, phone: str, line: str) -> str:
        """The owner calls one of the numbers; returns how it went."""
        account = self._account(line)
        note = handsets_notes.of_ring(f"{self.public_url}/webhooks/call", account, account.new_id("calls"), phone)
        return self._answered(note, account, phone)

    def press(self, phone: str, call: str, key: str) -> str:
        """The owner presses a key during, or after, a call. As the provider says it, the call is from us to them."""
        found = next((each for each in self.ledger.of_phone(phone) if each.sid == call and each.action), None)
        if found is None:
            return "no such call"
        self.ledger.add("key", phone, key, call, line=found.line)
        account = self._account(found.line)
        return self._answered(handsets_notes.of_key(found.action, account, call, phone, key), account, phone)

    def _answered(self, note: Note, account: Account, phone: str) -> str:
        answer = self._calling.tell(account, note)
        if answer is None:
            return "the application does not answer"
        if answer.status_code not in (200, 204):
            return f"the application answered {answer.status_code}"
        for kind, body in said_back(answer.text):
            sid = account.new_id("messages")
            self.ledger.add(kind, phone, body, sid, line=_said_to(note) or account.number, reference="answer")
        return "sent"

    @property
    def _calling(self) -> Calling:
        return Calling(self.target, self.public_url)

    def _account(self, line: str) -> Account:
        return next((each for each in self.accounts if line in each.numbers), self.accounts[0])

    def _later(self, seconds: float, act: Act) -> None:
        self.timeline.after(seconds, act, self._callbacks)


def _said_to(note: Note) -> str:
    return note.form.get("To", "") if "Body" in note.form else ""


def _fate(fault: Fault | None, order: Order) -> Delivery | None:
    if fault == "undelivered":
        return Delivery(end="failed" if order.what == "calls" else "undelivered", code=NOT_THERE)
    return Delivery(end="silent") if fault == "silent" else None
