"""What each effect takes: a page, a notice, a timer, a child incident. Nobody is called inside a transaction."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from crisis import failpoints
from crisis.commands import Actor, ActorKind, LinkIncident, OpenIncident, RecordPageAttempt, TimerDue
from crisis.effects import ConfirmPage, NotifyPerson, NotifyRole, OpenLinked, PageLevel, StartTimer
from crisis.errors import NotFound
from crisis.events import PageAttempted
from crisis.notify import people_to_tell, replies
from crisis.notify.calls import keys_path, page_call
from crisis.notify.gateway import Gateway
from crisis.notify.people_to_tell import Reachable
from crisis.notify.wording import Filling, PageCode, SiteCode, Subject, notice, site_code, text
from crisis.statemachine.incident import Incident
from crisis.store import inbox, incidents, page_codes, people, protocols
from crisis.store.engine import Store
from crisis.store.inbox import Received
from crisis.store.outbox import Job
from crisis.store.page_codes import Coded
from crisis.submit import open_incident, submit
from crisis.vocabulary import AttemptOutcome, Beside, Channel, IncidentId, PageId, PageState, PersonId, Urgency

AGAIN = timedelta(seconds=5)
MOST_NOTICES = 5  # tries of a notice; a page is tried as long as it matters

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Performing:
    """`gateway` None: no provider is configured, and everything shows on the console alone."""

    store: Store
    gateway: Gateway | None
    now: Callable[[], datetime]

    def perform(self, job: Job) -> datetime | None:
        """When to try again, or None when it is done."""
        match job.effect:
            case StartTimer():
                self._timer(job.incident, job.effect.name, job.effect.key)
                return None
            case PageLevel():
                return self._page(job, job.effect)
            case ConfirmPage():
                return self._confirm(job, job.effect)
            case NotifyRole():
                return self._notify_role(job, job.effect)
            case NotifyPerson():
                return self._notify_person(job, job.effect)
            case OpenLinked():
                self._open_linked(job, job.effect)
                return None
            case _:
                assert_never(job.effect)

    def _incident(self, incident_id: IncidentId) -> Incident:
        with self.store.read() as tx:
            return incidents.load(tx, incident_id)

    def _system(self, incident: Incident) -> Actor:
        return Actor(kind=ActorKind.SYSTEM, id=None, district=incident.district)

    def _timer(self, incident_id: IncidentId, name: str, key: str) -> None:
        by = self._system(self._incident(incident_id))
        submit(self.store, incident_id, TimerDue(by=by, name=name, key=key), at=self.now())

    def _page(self, job: Job, effect: PageLevel) -> datetime | None:
        """Everybody on call at this level, by text and for the most urgent by voice as well; all recorded."""
        incident = self._incident(job.incident)
        page = incident.pages.get(effect.page)
        if page is None or page.state is not PageState.PAGING or page.level != effect.level:
            return None  # somebody took it, or it went on: the page is not sent for nothing
        with self.store.read() as tx:
            asked = people_to_tell.of_level(tx, incident, effect.role, effect.level, self.now())
            sent = self._sent_before(job)
        if not any(each.phone for each in asked):
            self._timer(job.incident, "page_unanswered", f"{effect.page}:{effect.level}")
            return None
        outcomes = [
            self._attempt(job, effect, incident, each, channel)
            for each in asked
            for channel in _channels(effect)
            if each.phone is not None and _attempt_name(job, each.person, channel) not in sent
        ]
        return self.now() + AGAIN if AttemptOutcome.REFUSED in outcomes else None

    def _sent_before(self, job: Job) -> set[str]:
        """What an earlier try of this job is known to have sent, so that a crash repeats one call at most."""
        with self.store.read() as tx:
            log_of_page = incidents.events_of(tx, job.incident, after=job.seq)
        attempts = (stored.event for stored in log_of_page if isinstance(stored.event, PageAttempted))
        return {each.attempt for each in attempts if each.outcome is not AttemptOutcome.REFUSED}

    def _attempt(
        self, job: Job, effect: PageLevel, incident: Incident, who: Reachable, channel: Channel
    ) -> AttemptOutcome:
        filling = self._coded(incident, effect.page, who, effect.urgency)
        attempt = _attempt_name(job, who.person, channel)
        failpoints.hit("send.before_call")
        outcome = self._send(incident, effect.page, who, channel, filling=filling, attempt=attempt)
        failpoints.hit("send.after_call")
        record = RecordPageAttempt(
            by=self._system(incident),
            page=effect.page,
            person=who.person,
            channel=channel,
            outcome=outcome,
            attempt=attempt,
        )
        submit(self.store, incident.id, record, at=self.now())
        return outcome

    def _send(
        self,
        incident: Incident,
        page: PageId,
        who: Reachable,
        channel: Channel,
        *,
        filling: Filling,
        attempt: str,
    ) -> AttemptOutcome:
        if self.gateway is None or who.phone is None:
            return AttemptOutcome.REFUSED
        if channel is Channel.VOICE:
            action = self.gateway.callbacks + keys_path(incident.id, page, who.person)
            return self.gateway.call(who.phone, page_call(filling, action), attempt)
        return self.gateway.sms(who.phone, text(Subject.PAGE, filling), attempt)

    def _coded(self, incident: Incident, page: PageId, who: Reachable, urgency: Urgency | None) -> Filling:
        """The text's places, with the code by which this phone answers this page."""
        assert who.phone is not None
        with self.store.write() as tx:
            site = site_code(people.school(tx, incident.school).name)
            coded = Coded(
                phone=who.phone,
                code="",
                incident=incident.id,
                page=page,
                person=who.person,
                site=site,
                mode=incident.mode,
                given_at=self.now(),
            )
            code = page_codes.give(tx, coded)
        return Filling(mode=incident.mode, site=SiteCode(site), code=PageCode(code), urgency=urgency)

    def _confirm(self, job: Job, effect: ConfirmPage) -> datetime | None:
        incident = self._incident(job.incident)
        with self.store.read() as tx:
            who = people_to_tell.one(tx, effect.person)
        if who.phone is None:
            return None
        filling = self._coded(incident, effect.page, who, None)
        return self._told(job, who, text(Subject(effect.outcome), filling))

    def _notify_role(self, job: Job, effect: NotifyRole) -> datetime | None:
        incident = self._incident(job.incident)
        with self.store.read() as tx:
            told = people_to_tell.of_role(tx, incident, effect.role, self.now())
        again = [self._told(job, who, self._notice(incident, effect.subject)) for who in told]
        return next((when for when in again if when is not None), None)

    def _notify_person(self, job: Job, effect: NotifyPerson) -> datetime | None:
        incident = self._incident(job.incident)
        with self.store.read() as tx:
            who = people_to_tell.one(tx, effect.person)
        return self._told(job, who, self._notice(incident, effect.subject))

    def _notice(self, incident: Incident, subject: str) -> str:
        with self.store.read() as tx:
            site = site_code(people.school(tx, incident.school).name)
        return text(notice(subject), Filling(mode=incident.mode, site=site))

    def _told(self, job: Job, who: Reachable, body: str) -> datetime | None:
        if self.gateway is None or who.phone is None:
            return None  # the console shows it
        failpoints.hit("send.before_call")
        outcome = self.gateway.sms(who.phone, body, f"{job.id}-{who.person}")
        failpoints.hit("send.after_call")
        refused = outcome is AttemptOutcome.REFUSED and job.attempts < MOST_NOTICES
        return self.now() + AGAIN if refused else None

    def _open_linked(self, job: Job, effect: OpenLinked) -> None:
        """I-4: the child incident of a student who is missing; once, however often this runs."""
        parent = self._incident(job.incident)
        try:
            with self.store.read() as tx:
                protocol, hashed = protocols.current(tx, effect.crisis_type, parent.district)
        except NotFound:
            log.warning("no protocol in force for a child of incident %s", parent.id)
            return
        order = OpenIncident(
            by=self._system(parent),
            mode=parent.mode,
            school=parent.school,
            crisis_type=effect.crisis_type,
            protocol=protocol.id,
            version=protocol.version,
            protocol_hash=hashed,
            place=None,
            student=parent.student,
            beside=Beside.NOBODY,
            linked_to=parent.id,
        )
        child = open_incident(self.store, order, at=self.now(), key=f"linked-{parent.id}-{job.seq}").incident
        submit(self.store, parent.id, LinkIncident(by=self._system(parent), other=child.id), at=self.now())

    def answer(self, received: Received) -> str:
        """Deals with one inbound text, marks it so, and returns what to send back."""
        said = replies.answer(self.store, received.body.get("From", ""), received.body.get("Body", ""), self.now())
        with self.store.write() as tx:
            inbox.done(tx, received.source, received.external_id, self.now())
        return said


def _channels(effect: PageLevel) -> Iterator[Channel]:
    yield Channel.TEXT
    if effect.urgency is Urgency.U1:
        yield Channel.VOICE


def _attempt_name(job: Job, person: PersonId, channel: Channel) -> str:
    return f"{job.id}-{person}-{channel}"
