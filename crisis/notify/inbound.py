"""What the provider sends in: recorded once before anything else, then dealt with, now or after a crash."""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from crisis.calling_words import CallState, Failure, Receipt
from crisis.commands import Actor, ActorKind, Command
from crisis.errors import NotFound, Refused
from crisis.notify import calls, keys, replies, telnyx, twilio
from crisis.notify.answers import Asked
from crisis.notify.calls import Address, Stage
from crisis.page_commands import RecordPageAttempt, RecordPageReceipt
from crisis.page_events import PageAttempted, PageReceiptCame
from crisis.store import allowances, calls_out, inbox, incidents, outbox, page_codes
from crisis.store.calls_out import CallOut
from crisis.store.engine import Store
from crisis.store.inbox import Received
from crisis.submit import submit
from crisis.vocabulary import AttemptOutcome, Channel, IncidentId, PageId, PersonId

Source = Literal["text", "key", "status"]
QUARANTINE = "stranger"
KEPT = 5  # an hour, of each number that we do not know (F45)
SETTLED = timedelta(seconds=10)  # what is younger may be with the web process still
_RECEIPTS = {
    "delivered": Receipt.DELIVERED,
    "in-progress": Receipt.ANSWERED,
    "human": Receipt.ANSWERED,
    "no-answer": Receipt.NO_ANSWER,
    "busy": Receipt.BUSY,
    "canceled": Receipt.ENDED,
}
_CALL_STATES = {
    **dict.fromkeys(("queued", "initiated", "ringing"), CallState.PLACED),
    "in-progress": CallState.ANSWERED,
    **dict.fromkeys(("completed", "busy", "failed", "no-answer", "canceled"), CallState.OVER),
}
_WENT_OUT = frozenset({"sent", "delivered", "ringing", "in-progress", "completed", "busy", "no-answer", "canceled"})
_NEVER_WENT_OUT = frozenset({"undelivered", "failed"})

log = logging.getLogger(__name__)


def deal_with(store: Store, received: Received, at: datetime, address: Address = str) -> str:
    """TwiML for the provider. It is marked as dealt with last, so that a crash in between is made up for.

    `address` makes the address of what a call asks next; after a crash nobody listens any more.
    """
    match received.source:
        case "text":
            return calls.message(text_back(store, received, at))
        case "key":
            stage, digits = Stage(received.body.get("stage", Stage.MENU)), received.body["Digits"]
            said = keys.pressed(store, _asked(received), stage, digits, address=address, at=at)
        case _:
            _status(store, received, at)
            said = calls.SILENCE
    with store.write() as tx:
        inbox.done(tx, received.source, received.external_id, at)
    return said


def text_back(store: Store, received: Received, at: datetime) -> str | None:
    """What is written back to a text, dealt with and marked as such; None where silence is better."""
    said = replies.answer(store, received.body["From"], received.body["Body"], at)
    with store.write() as tx:
        inbox.done(tx, received.source, received.external_id, at)
    return said


def text_came(store: Store, sid: str, form: Mapping[str, str], at: datetime) -> tuple[Received, bool]:
    """Recorded once for ever (F35); of a number that we do not know only a few an hour, apart, and answered seldom."""
    body, phone = {name: form[name] for name in ("From", "Body")}, form["From"]
    received = Received("text", sid, at, body)
    with store.write() as tx:
        if page_codes.of_phone(tx, phone, at):
            return received, inbox.receive(tx, store.keys, "text", sid, body, at=at)
        if not allowances.take(tx, "kept", phone, KEPT, since=allowances.this_hour(at)):
            return received, False
        new = inbox.receive(tx, store.keys, QUARANTINE, sid, body, at=at)
        inbox.done(tx, QUARANTINE, sid, at)
    return replace(received, source=QUARANTINE), new


def left_over(store: Store, at: datetime) -> list[Received]:
    """What came in before a crash and was not dealt with, oldest first."""
    with store.read() as tx:
        waiting = inbox.unanswered(tx, store.keys, 100)
    return [each for each in waiting if each.received_at <= at - SETTLED]


def key_came(
    store: Store, asked: Asked, stage: Stage, form: Mapping[str, str], *, address: Address, at: datetime
) -> str:
    """Said again for the same key: whoever holds the telephone still waits for the sentence. A PIN is kept nowhere."""
    digits, sid = form["Digits"], form["CallSid"]
    with store.write() as tx:
        calls_out.answered(tx, form.get("AccountSid", ""), sid)
    if stage in calls.SECRET:
        return keys.pressed(store, asked, stage, digits, address=address, at=at)
    body = {"incident": asked.incident, "page": asked.page, "person": asked.person, "stage": stage, "Digits": digits}
    received = Received("key", f"{sid}|{stage}|{digits}", at, body)
    with store.write() as tx:
        inbox.receive(tx, store.keys, "key", received.external_id, body, at=at)
    return deal_with(store, received, at, address)


def call_went_on(store: Store, asked: Asked, attempt: str, form: Mapping[str, str], *, at: datetime) -> bool:
    """Whether a call of a page waits, rings or is talked on, as its provider tells us; kept by its name (F33)."""
    state = _CALL_STATES.get(form.get("CallStatus", ""))
    if state is None or not form.get("AccountSid"):
        return False
    with store.write() as tx:
        try:
            incident = incidents.load(tx, asked.incident)
        except NotFound:
            return False
        call = CallOut(
            account=form["AccountSid"],
            sid=form["CallSid"],
            attempt=attempt,
            incident=incident.id,
            page=asked.page,
            person=asked.person,
            mode=incident.mode,
            state=state,
            made_at=at,
        )
        calls_out.note(tx, call)
    return state is not CallState.OVER


def _asked(received: Received) -> Asked:
    body = received.body
    return Asked(IncidentId(body["incident"]), PageId(body["page"]), PersonId(body["person"]))


def _status(store: Store, received: Received, at: datetime) -> None:
    """A receipt can only say more than we knew, and it never stops an escalation (F30 to F33)."""
    body = received.body
    status, code = body["status"], body.get("code", "")
    if code.isdecimal():
        log.warning("a provider reports late that a %s failed: %s", body["channel"], code[:6])
    asked, attempt = _asked(received), body["attempt"]
    outcome, receipt = _outcome(status), _RECEIPTS.get(status) or (Receipt.MACHINE if _a_machine(status) else None)
    outcomes, receipts = _known(store, asked, attempt)
    if outcome is not None and outcome not in outcomes:
        failed = outcome is AttemptOutcome.REFUSED
        of_page = partial(RecordPageAttempt, outcome=outcome, failure=_late(code), code=code[:6] if failed else "")
        _record(store, asked, of_page, body, at)
        if failed:
            with store.write() as tx:
                outbox.hasten(tx, int(attempt.partition("-")[0]), at)  # the other channel now, not at the next step
    if receipt is not None and receipt not in receipts:
        _record(store, asked, partial(RecordPageReceipt, receipt=receipt), body, at)


def _late(code: str) -> Failure | None:
    """The class of a code that came by a receipt: the two providers' codes differ in their first digit."""
    if code.startswith("4"):
        return telnyx.CODES.get(code)
    return twilio.CODES.get(int(code)) if code.isdecimal() else None


def _record(store: Store, asked: Asked, order: Callable[..., Command], body: Mapping[str, str], at: datetime) -> None:
    told = {"page": asked.page, "person": asked.person, "channel": Channel(body["channel"]), "attempt": body["attempt"]}
    with suppress(Refused, NotFound):
        with store.read() as tx:
            district = incidents.load(tx, asked.incident).district
        by = Actor(kind=ActorKind.SYSTEM, id=None, district=district)
        submit(store, asked.incident, order(by=by, **told), at=at)


def _a_machine(answered_by: str) -> bool:
    return answered_by.startswith("machine") or answered_by == "fax"


def _outcome(status: str) -> AttemptOutcome | None:
    if status in _WENT_OUT:
        return AttemptOutcome.ACCEPTED
    return AttemptOutcome.REFUSED if status in _NEVER_WENT_OUT else None


def _known(store: Store, asked: Asked, attempt: str) -> tuple[set[AttemptOutcome], set[Receipt]]:
    with store.read() as tx:
        try:
            events = [stored.event for stored in incidents.events_of(tx, asked.incident)]
        except NotFound:
            events = []
    outcomes = {each.outcome for each in events if isinstance(each, PageAttempted) and each.attempt == attempt}
    receipts = {each.receipt for each in events if isinstance(each, PageReceiptCame) and each.attempt == attempt}
    return outcomes, receipts
