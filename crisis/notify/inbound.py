"""What the provider sends in: recorded once before anything else, then dealt with, now or after a crash."""

import hashlib
import logging
from datetime import datetime, timedelta
from typing import Literal

from crisis.commands import Actor, ActorKind
from crisis.errors import NotFound, Refused
from crisis.notify import calls, replies
from crisis.notify.answers import Asked
from crisis.page_commands import RecordPageAttempt
from crisis.page_events import PageAttempted
from crisis.store import inbox, incidents, outbox
from crisis.store.engine import Store
from crisis.store.inbox import Received
from crisis.submit import submit
from crisis.vocabulary import AttemptOutcome, Channel, IncidentId, PageId, PersonId

Source = Literal["text", "key", "status"]
PLAIN_ANSWERS = {True: 3, False: 1}  # an hour, to phones that we know and to strangers (F45, F46)
SETTLED = timedelta(seconds=10)  # what is younger may be with the web process still
_WENT_OUT = frozenset({"sent", "delivered", "ringing", "in-progress", "completed", "busy", "no-answer"})
_NEVER_WENT_OUT = frozenset({"undelivered", "failed"})

log = logging.getLogger(__name__)


def deal_with(store: Store, received: Received, at: datetime) -> str:
    """TwiML for the provider. It is marked as dealt with last, so that a crash in between is made up for."""
    match received.source:
        case "text":
            return calls.message(text_back(store, received, at))
        case "key":
            body = received.body
            said = calls.pressed(store, _asked(received), body["Digits"], body["action"], at)
        case _:
            _status(store, received, at)
            said = calls.SILENCE
    with store.write() as tx:
        inbox.done(tx, received.source, received.external_id, at)
    return said


def text_back(store: Store, received: Received, at: datetime) -> str | None:
    """What is written back to a text, dealt with and marked as such; None where silence is better."""
    said = _text_back(store, received, at)
    with store.write() as tx:
        inbox.done(tx, received.source, received.external_id, at)
    return said


def left_over(store: Store, at: datetime) -> list[Received]:
    """What came in before a crash and was not dealt with, oldest first."""
    with store.read() as tx:
        waiting = inbox.unanswered(tx, store.keys, 100)
    return [each for each in waiting if each.received_at <= at - SETTLED]


def _text_back(store: Store, received: Received, at: datetime) -> str | None:
    phone = received.body["From"]
    said = replies.answer(store, phone, received.body["Body"], at, key=f"text|{received.external_id}")
    if said.body is None or not said.plain:
        return said.body
    return said.body if courteous(store, phone, PLAIN_ANSWERS[said.known], at) else None


def courteous(store: Store, phone: str, most: int, at: datetime) -> bool:
    """Two machines that answer each other would never end: only so many an hour are said."""
    name = hashlib.sha256(phone.encode()).hexdigest()
    with store.write() as tx:
        for number in range(most):
            token = f"{name}|{at:%Y%m%d%H}|{number}"
            if inbox.receive(tx, store.keys, "courtesy", token, {}, at=at):
                inbox.done(tx, "courtesy", token, at)
                return True
    return False


def _asked(received: Received) -> Asked:
    body = received.body
    return Asked(IncidentId(body["incident"]), PageId(body["page"]), PersonId(body["person"]))


def _status(store: Store, received: Received, at: datetime) -> None:
    """A receipt can only say more than we knew, and it never stops an escalation (F30 to F33)."""
    outcome, code = _outcome(received.body["status"]), received.body.get("code", "")
    if code.isdecimal():
        log.warning("a provider reports late that a %s failed: %s", received.body["channel"], code[:6])
    asked, attempt = _asked(received), received.body["attempt"]
    if outcome is None or outcome in _known(store, asked, attempt):
        return
    with store.read() as tx:
        district = incidents.load(tx, asked.incident).district
    record = RecordPageAttempt(
        by=Actor(kind=ActorKind.SYSTEM, id=None, district=district),
        page=asked.page,
        person=asked.person,
        channel=Channel(received.body["channel"]),
        outcome=outcome,
        attempt=attempt,
    )
    try:
        submit(store, asked.incident, record, at=at)
    except (Refused, NotFound):
        return
    if outcome is AttemptOutcome.REFUSED:
        with store.write() as tx:
            outbox.hasten(tx, int(attempt.partition("-")[0]), at)  # the other channel now, not at the next step


def _outcome(status: str) -> AttemptOutcome | None:
    if status in _WENT_OUT:
        return AttemptOutcome.ACCEPTED
    return AttemptOutcome.REFUSED if status in _NEVER_WENT_OUT else None


def _known(store: Store, asked: Asked, attempt: str) -> set[AttemptOutcome]:
    with store.read() as tx:
        events = [stored.event for stored in incidents.events_of(tx, asked.incident)]
    return {each.outcome for each in events if isinstance(each, PageAttempted) and each.attempt == attempt}
