"""What the provider sends in: recorded once before anything else, then dealt with, now or after a crash."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from crisis.call_words import CallState
from crisis.delivery import AttemptState
from crisis.errors import NotFound
from crisis.notify import bad_numbers, blame, calls, canary_text, family_replies, family_texts, keys, replies
from crisis.notify.answers import Asked
from crisis.notify.calls import Address, Stage
from crisis.notify.later_word import About, latest_word, say, show
from crisis.notify.standing import call_state_of, outcome_of, receipt_of, state_of
from crisis.store import allowances, calls_out, drill_texts, inbox, incidents, outgoing, page_codes
from crisis.store.calls_out import CallOut
from crisis.store.engine import Store
from crisis.store.inbox import Received
from crisis.vocabulary import AttemptOutcome, Channel, IncidentId, PageId, PersonId

Source = Literal["text", "key", "status"]
QUARANTINE = "stranger"
KEPT = 5  # an hour, of each number that we do not know (F45)
SETTLED = timedelta(seconds=10)  # what is younger may be with the web process still

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
    said = replies.answer(store, received.body["From"], received.body["Body"], at, key=f"text|{received.external_id}")
    with store.write() as tx:
        inbox.done(tx, received.source, received.external_id, at)
    return said


def text_came(store: Store, sid: str, form: Mapping[str, str], at: datetime) -> tuple[Received, bool]:
    """Recorded once for ever (F35); of a number that we do not know only a few an hour, apart, and answered seldom.

    A canary page comes from a number of ours, and ends here.
    """
    body, phone = {name: form[name] for name in ("From", "Body")}, form["From"]
    received, copy = Received("text", sid, at, body), form.get("AccountSid") or None  # only the first provider says one
    if canary_text.came_back(store, body["Body"], at):
        return received, False
    with store.write() as tx:
        if (
            page_codes.of_phone(tx, phone, at)
            or family_replies.texts_to(tx, phone, at)
            or drill_texts.last_to(tx, phone)
        ):
            return received, inbox.receive(tx, store.keys, "text", sid, body, at=at, kept_by=copy)
        if not allowances.take(tx, "kept", phone, KEPT, since=allowances.this_hour(at)):
            return received, False
        new = inbox.receive(tx, store.keys, QUARANTINE, sid, body, at=at, kept_by=copy)
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
    state = call_state_of(form.get("CallStatus", ""))
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
    if "text" in body:
        _family_status(store, body, at)
        return
    status, code = body["status"], body.get("code", "")
    about = About(_asked(received), Channel(body["channel"]), body["attempt"])
    if code.isdecimal():
        log.warning("a provider reports late that a %s failed: %s", about.channel, code[:6])
    _bad_number(store, about, code, at)
    outcome = _outcome(store, about, body, at)
    if outcome is not None:
        failed = outcome is AttemptOutcome.REFUSED
        say(store, about, outcome, at, failure=blame.failure_of(code), code=code[:6] if failed else "")
    receipt = receipt_of(status)
    if receipt is not None:
        show(store, about, receipt, at)


def _family_status(store: Store, body: Mapping[str, str], at: datetime) -> None:
    """Of a text to a guardian: how far it came, on its step at once; what is against the number, on the roster."""
    said, code = state_of(body["status"]), body.get("code", "")
    with store.write() as tx:
        out = outgoing.one(tx, body["text"])
        if out is None or said is None:
            return
        outgoing.heard(tx, out.reference, said, at)
        if said is AttemptState.FAILED and code.isdecimal():
            blame.late(tx, out, body.get("sid", ""), code, at)
    if bad_numbers.is_about_number(code):
        bad_numbers.heard(store, out.phone, out.channel, code, at)
    family_texts.report(store, out.reference, at)


def _outcome(store: Store, about: About, body: Mapping[str, str], at: datetime) -> AttemptOutcome | None:
    """What the log is to be told, as far as it does not know it."""
    said, code = state_of(body["status"]), body.get("code", "")
    if said is None or said is AttemptState.SUBMITTED:
        return None
    with store.write() as tx:
        state = outgoing.heard(tx, about.attempt, said, at) or said
        out = outgoing.one(tx, about.attempt)
        if out is not None and said is AttemptState.FAILED and code.isdecimal():
            blame.late(tx, out, body.get("sid", ""), code, at)
    with store.read() as tx:
        return outcome_of(state, latest_word(tx, about.asked.incident, about.attempt))


def _bad_number(store: Store, about: About, code: str, at: datetime) -> None:
    with store.read() as tx:
        coded = page_codes.of_person(tx, about.asked.page, about.asked.person)
    if coded is not None and bad_numbers.is_about_number(code):
        bad_numbers.heard(store, coded.phone, about.channel, code, at)
