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

import httpx2

from crisis import clock
from crisis.notify import handsets_notes
from crisis.notify.handsets_calling import Account, Calling, Note
from crisis.notify.handsets_notes import Sent
from crisis.notify.handsets_plans import Callbacks, Delivery, Fault, Habit, Plan, What, Which
from crisis.notify.ledger import Entry, Kind, Ledger
from crisis.notify.timeline import Act, Timeline
from crisis.notify.twiml import Asked, heard, said_back, script

STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START = frozenset({"START", "UNSTOP"})
SEGMENT, ONE = 153, 160  # characters of a part of a long text, and of one that is not parted
EXPIRED, NOT_THERE = 30036, 30005
ARRIVES = frozenset({"delivered", "completed"})
CODE = re.compile(r"(?:page|aviso) (\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """`quiet`: shown once there is something on the telephone."""

    name: str
    post: str
    quiet: bool = False


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
    fallback: str = ""  # asked for what a call says next, when the application does not answer
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
    came: dict[str, Sent] = field(default_factory=dict)  # texts to the application, as their provider keeps them
    calls_last: float = 0.0  # seconds; 0: each is over when it was heard
    _talking: dict[str, tuple[Asked, ...]] = field(default_factory=dict)  # what each call still asks
    transport: httpx2.BaseTransport | None = None  # to the application; None: the network of this machine
    _queues: dict[str, float] = field(default_factory=dict)  # until when each sender has something to say
    _callbacks: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, "callbacks"))

    def phones(self) -> Iterator[tuple[str, Owner | None, list[Entry]]]:
        """Those with news first, then the rest in the order they were given."""
        known = list(dict.fromkeys([*self.owners, *(entry.phone for entry in self.ledger.entries)]))
        latest = {entry.phone: entry.number for entry in self.ledger.entries}
        for phone in sorted(known, key=lambda each: -latest.get(each, 0)):
            owner = self.owners.get(phone)
            if phone in latest or owner is None or not owner.quiet:
                yield phone, owner, self.ledger.of_phone(phone)

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
            fallback=order.fallback,
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
        if made.status == "canceled":
            return
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
        if kind == "call":
            self._talking[made.sid] = script(order.body).asks
        self._tell(self._so_far(made, order, fate), order.account, told)
        if kind == "text" and order.phone in self.machines:
            self._later(0, partial(self._comes_in, entry, order.account))
        elif kind != "lost":
            self._lives(entry, fate)

    def _so_far(self, made: Sent, order: Order, fate: Delivery) -> list[Note]:
        """What the application is told now; of a call that lasts, its end comes when it ends."""
        notes = handsets_notes.of(made, order.status, order.answered_by, fate, order.events)
        lasts = self.calls_last if fate.lasts is None else fate.lasts
        if order.what == "messages" or made.status != "completed" or lasts <= 0:
            return notes
        made.status, made.told = "in-progress", tuple(filter(handsets_notes.at_the_end, notes))
        self._later(lasts, partial(self._hang_up, made))
        return [each for each in notes if not handsets_notes.at_the_end(each)]

    def _hang_up(self, made: Sent) -> None:
        if made.status == "in-progress":
            made.status = "completed"
            self._tell_all(list(made.told), made.account)

    def end(self, made: Sent, how: str) -> bool:
        """What a provider does when it is asked to end a call; False where that call is over.

        `canceled` ends what nobody has picked up yet and nothing else, `completed` both.
        """
        if made.status == "queued":
            made.status = "canceled"
            self.ledger.add("missed", made.phone, "(it rang, and stopped)", made.sid, line=made.sender)
            if made.callback:
                self._later(0, partial(self._tell_all, [handsets_notes.cancelled(made)], made.account))
            return True
        going_on = made.status == "in-progress"
        if going_on and how == "completed":
            self.ledger.add("voice", made.phone, "(the call was cut off)", made.sid, line=made.sender)
            self._hang_up(made)
        return going_on

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
        sid, ends = self._kept(account, (entry.line, entry.phone), entry.body), (entry.line, entry.phone)
        self._calling.tell(
            account, handsets_notes.of_reply(f"{self.public_url}/webhooks/text", account, sid, ends, entry.body)
        )

    def _kept(self, account: Account, ends: tuple[str, str], body: str) -> str:
        """The provider keeps what comes in until it is told to delete it. `ends` are who wrote, and to which number."""
        (phone, line), sid = ends, account.new_id("messages")
        self.came[sid] = handsets_notes.came_in(sid, account, (phone, line), body, self.now())
        return sid

    def say(self, made: Sent, twiml: str) -> None:
        """Into a call that goes on: a person hears it, a machine records it."""
        self._hears(made.account, made.phone, twiml, made.sid, line=made.sender)

    def reply(self, phone: str, body: str) -> str:
        """The owner writes back to the number that wrote last; returns how it went."""
        line = next((each.line for each in reversed(self.ledger.of_phone(phone)) if each.line), self.accounts[0].number)
        account = self._account(line)
        sid = self._kept(account, (phone, line), body)
        self.ledger.add("reply", phone, body, sid, line=line)
        note = handsets_notes.of_reply(f"{self.public_url}/webhooks/text", account, sid, (phone, line), body)
        return self._answered(note, account, phone)

    def ring(self, phone: str, line: str) -> str:
        """The owner calls one of the numbers; returns how it went."""
        account = self._account(line)
        call = account.new_id("calls")
        note = handsets_notes.of_ring(f"{self.public_url}/webhooks/call", account, call, phone)
        return self._answered(note, account, phone, call)

    def press(self, phone: str, call: str, key: str) -> str:
        """The owner presses keys during, or after, a call. As the provider says it, the call is from us to them.

        Without a key the call goes on by itself to what it asks or says next.
        """
        asked = [each for each in self.ledger.of_phone(phone) if each.sid == call and each.action]
        if not asked:
            return "no such call"
        line, rest = asked[-1].line, self._talking.get(call, ())[1:]
        if not key and rest:
            self._talking[call] = rest
            self.ledger.add("voice", phone, rest[0].said, call, line=line, action=rest[0].action)
            return "sent"
        self.ledger.add("key", phone, key, call, line=line)
        account = self._account(line)
        return self._answered(handsets_notes.of_key(asked[-1].action, account, call, phone, key), account, phone, call)

    def _answered(self, note: Note, account: Account, phone: str, call: str = "") -> str:
        """What the application answers is heard or read; a call asks elsewhere when it does not answer (F50)."""
        answer = self._calling.tell(account, note)
        line = _said_to(note) or account.number
        if answer is None or answer.status_code not in (200, 204):
            made = self.sent.get(call)
            instead = self._calling.fallback(made.fallback) if made is not None and made.fallback else None
            if instead is not None:
                self._hears(account, phone, instead, call, line=line)
            return f"the application {'does not answer' if answer is None else f'answered {answer.status_code}'}"
        self._hears(account, phone, answer.text, call, line=line)
        onward = script(answer.text).onward
        if onward and call:  # a pause is not waited for
            return self._answered(handsets_notes.of_key(onward, account, call, phone, None), account, phone, call)
        return "sent"

    def _hears(self, account: Account, phone: str, twiml: str, call: str, *, line: str) -> None:
        for kind, body in said_back(twiml):
            action = heard(twiml)[1] if kind == "voice" else ""
            sid = call if kind == "voice" and call else account.new_id("messages")
            self.ledger.add(kind, phone, body, sid, line=line, reference="answer", action=action)
        if call:
            self._talking[call] = script(twiml).asks

    @property
    def _calling(self) -> Calling:
        return Calling(self.target, self.public_url, self.transport)

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
