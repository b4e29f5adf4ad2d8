"""A text or an e-mail to a guardian on its way out: given once, never twice; what is said of it goes on the step.

Whether it still may go is asked in the transaction that gives it, with its row of the ledger (PR-5, PR-23). Nothing is
sent again: where a crash cut it off, or a carrier does not say, it is looked for there, and a person calls meanwhile.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from crisis import failpoints
from crisis.call_words import Failure
from crisis.commands import Actor, ActorKind, Command
from crisis.delivery import AttemptState
from crisis.effects import LookAtTexts, SendGuardianText
from crisis.errors import NotFound, Reason, Refused
from crisis.family_commands import GiveText, RecordTextOutcome, RecordTextOutrun, StopText
from crisis.message_words import GuardianTextId, MessageWay, SendState
from crisis.notify.extras import Extras
from crisis.notify.gateway import Lines
from crisis.notify.sending import Sending
from crisis.notify.standing import next_look
from crisis.policy.family_texts import NO_MAIL
from crisis.statemachine.incident import GuardianText, Incident
from crisis.store import incidents, outbox, outgoing, texting
from crisis.store.engine import Store
from crisis.store.outbox import Job
from crisis.store.outgoing import Asked, Outgoing
from crisis.store.texting import Offer
from crisis.submit import submit
from crisis.vocabulary import AttemptOutcome, IncidentId

AT_WORK = timedelta(seconds=15)  # longer than two providers take: whoever gave it may still be at it
MAIL_AT_WORK = timedelta(seconds=60)  # longer than a place at the mail server and the talk with it may take
AGAIN = timedelta(seconds=5)
NO_LINE = Reason("PR-23", "No telephone line is set up here; call them yourself")
MAILED = {
    AttemptOutcome.ACCEPTED: SendState.TAKEN,
    AttemptOutcome.UNKNOWN: SendState.UNKNOWN,
    AttemptOutcome.REFUSED: SendState.FAILED,
}
STATES = {
    AttemptState.UNKNOWN: SendState.UNKNOWN,
    AttemptState.SUBMITTED: SendState.TAKEN,
    AttemptState.SENT: SendState.TAKEN,
    AttemptState.DELIVERED: SendState.DELIVERED,
    AttemptState.FAILED: SendState.FAILED,
}


@dataclass(frozen=True, slots=True)
class FamilyTexts:
    store: Store
    lines: Lines
    now: Callable[[], datetime]
    extras: Extras | None = None  # whose mail server and threads an e-mail goes by

    def perform(self, job: Job, effect: SendGuardianText | LookAtTexts) -> datetime | None:
        """When there is more to do, or None when it is done."""
        if isinstance(effect, SendGuardianText):
            return self.send(job, effect)
        self.look(job)
        return None

    def send(self, job: Job, effect: SendGuardianText) -> datetime | None:
        """When it is to be looked at again; None when it has left, or will not."""
        with self.store.read() as tx:
            incident = incidents.load(tx, job.incident)
        text = incident.texts.get(effect.text)
        if text is None:
            return None
        if text.state is SendState.ORDERED:
            return self._order(job, incident, text)
        return self._left_behind(incident, text) if text.state is SendState.GIVEN else None

    def look(self, job: Job) -> None:
        """Somebody was barred: what has left for them is on record, and the lead hears of it (PR-5)."""
        with self.store.read() as tx:
            incident = incidents.load(tx, job.incident)
            barred = texting.barred(tx, incident, self.now())
        for text, rules in barred.items():
            say(self.store, incident, RecordTextOutrun(by=system(incident), text=text, rules=rules), self.now())

    def _order(self, job: Job, incident: Incident, text: GuardianText) -> datetime | None:
        """Its words are made first, so that what is asked about in the transaction is what then goes out."""
        lacking = self._lacking(incident, text)
        with self.store.read() as tx:
            if not outbox.held(tx, job, self.now()):
                return self.now()
            offer = texting.offer_of(tx, incident, text, self.now())
        failpoints.hit("family.before_give")
        against = texting.against_sending(offer, text)
        if lacking or against:
            self._stop(incident, text, against or (lacking or NO_LINE,))
            return None
        try:
            given = submit(self.store, incident.id, GiveText(by=system(incident), text=text.id), at=self.now())
        except Refused as refused:
            self._stop(incident, text, refused.reasons)
            return None
        if not given.changed:
            return self.now() + AGAIN  # another worker was faster
        return self._post(incident, text, offer)

    def _lacking(self, incident: Incident, text: GuardianText) -> Reason | None:
        if text.way is MessageWay.EMAIL:
            return None if self.extras is not None and self.extras.mailer is not None else NO_MAIL
        return None if self.lines.of(incident.mode) is not None else NO_LINE

    def _stop(self, incident: Incident, text: GuardianText, against: Sequence[Reason]) -> None:
        rules = frozenset(each.rule for each in against)
        say(self.store, incident, StopText(by=system(incident), text=text.id, rules=rules), self.now())

    def _post(self, incident: Incident, text: GuardianText, offer: Offer) -> datetime | None:
        failpoints.hit("send.before_post")
        if text.way is MessageWay.EMAIL:
            assert self.extras is not None  # `_lacking` asked
            self.extras.later(partial(self._mail, incident, text, offer))
            return self.now() + MAIL_AT_WORK
        line = self.lines.of(incident.mode)
        with self.store.read() as tx:
            out = outgoing.one(tx, text.id)
        assert out is not None  # written with the event
        assert line is not None
        note = Sending(self.store, self.now).of(out)
        line.sms(out.phone, offer.written.body, out.reference, status_path(incident.id, text.id), note=note)
        failpoints.hit("send.after_reply")
        report(self.store, text.id, self.now())
        return None

    def _mail(self, incident: Incident, text: GuardianText, offer: Offer) -> None:
        """In a thread of its own: no page waits for a mail server."""
        assert self.extras is not None
        assert self.extras.mailer is not None
        outcome = self.extras.mailer.send(offer.number, offer.written.subject, offer.written.body, text.id)
        failpoints.hit("send.after_reply")
        self._mailed(incident, text, MAILED[outcome])

    def _mailed(self, incident: Incident, text: GuardianText, state: SendState) -> None:
        moved = RecordTextOutcome(by=system(incident), text=text.id, state=state)
        say(self.store, incident, moved, self.now())

    def _left_behind(self, incident: Incident, text: GuardianText) -> datetime | None:
        """Given, and nothing said of it: whoever had it is at work, or a crash cut it off. It is not sent again."""
        if text.way is MessageWay.EMAIL:
            if self.now() < text.state_at + MAIL_AT_WORK:
                return self.now() + AGAIN
            self._mailed(incident, text, SendState.UNKNOWN)
            return None
        with self.store.read() as tx:
            out = outgoing.one(tx, text.id)
        if out is not None and not out.asked:
            if self.now() < out.at + AT_WORK:
                return self.now() + AGAIN
            self._unknown(out)
        report(self.store, text.id, self.now())
        return None

    def _unknown(self, out: Outgoing) -> None:
        """Each provider of the line may have it; they are asked."""
        line, at = self.lines.of(out.mode), self.now()
        names = [] if line is None else [way.provider.name for way in line.ways]
        maybe = {name: Asked(failure=Failure.UNKNOWN.value, code="cut off") for name in names}
        look_at = next_look(out.at, at, unknown=True)
        with self.store.write() as tx:
            outgoing.answered(tx, out.reference, maybe, AttemptState.UNKNOWN, at, look_at=look_at)


def status_path(incident: IncidentId, text: GuardianTextId) -> str:
    return f"/webhooks/family/{incident}/{text}"


def report(store: Store, text: str, at: datetime) -> None:
    """What is known of it by now, as far as the incident does not know it."""
    with store.read() as tx:
        out = outgoing.one(tx, text)
        if out is None or out.incident is None:
            return
        incident = incidents.load(tx, out.incident)
    code = next((each.code for each in out.asked.values() if each.code), "")
    failed = out.state is AttemptState.FAILED
    state = STATES.get(out.state, SendState.TAKEN)
    moved = RecordTextOutcome(
        by=system(incident), text=GuardianTextId(text), state=state, code=code[:6] if failed else ""
    )
    say(store, incident, moved, at)


def say(store: Store, incident: Incident, command: Command, at: datetime) -> None:
    """What is no news, or comes when the incident is closed, changes nothing."""
    with suppress(Refused, NotFound):
        submit(store, incident.id, command, at=at)


def system(incident: Incident) -> Actor:
    return Actor(kind=ActorKind.SYSTEM, id=None, district=incident.district)
