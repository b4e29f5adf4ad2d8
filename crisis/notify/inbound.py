"""What the provider sends in: recorded once before anything else, then dealt with, now or after a crash."""

import hashlib
import logging
from datetime import datetime, timedelta
from typing import Literal

from crisis.delivery import AttemptState
from crisis.notify import blame, calls, canary_text, replies
from crisis.notify.answers import Asked
from crisis.notify.later_word import latest_word, say
from crisis.notify.standing import outcome_of, state_of
from crisis.store import inbox, outgoing
from crisis.store.engine import Store
from crisis.store.inbox import Received
from crisis.vocabulary import Channel, IncidentId, PageId, PersonId

Source = Literal["text", "key", "status"]
PLAIN_ANSWERS = {True: 3, False: 1}  # an hour, to phones that we know and to strangers (F45, F46)
SETTLED = timedelta(seconds=10)  # what is younger may be with the web process still

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
    if canary_text.came_back(store, received.body["Body"], at):
        return None  # it comes from our own number
    said = replies.answer(store, phone, received.body["Body"], at)
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
    said, code = state_of(received.body["status"]), received.body.get("code", "")
    if code.isdecimal():
        log.warning("a provider reports late that a %s failed: %s", received.body["channel"], code[:6])
    asked, attempt = _asked(received), received.body["attempt"]
    if said is None or said is AttemptState.SUBMITTED:
        return
    with store.write() as tx:
        state = outgoing.heard(tx, attempt, said, at) or said
        out = outgoing.one(tx, attempt)
        if out is not None and said is AttemptState.FAILED and code.isdecimal():
            blame.late(tx, out, received.body.get("sid", ""), code, at)
    with store.read() as tx:
        outcome = outcome_of(state, latest_word(tx, asked.incident, attempt))
    if outcome is not None:
        say(store, asked, Channel(received.body["channel"]), attempt=attempt, outcome=outcome, at=at)
