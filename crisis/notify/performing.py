"""What each effect takes: a page, a notice, a timer, a child incident. Nobody is called inside a transaction."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from crisis import failpoints
from crisis.commands import Actor, ActorKind, LinkIncident, OpenIncident, TimerDue
from crisis.effects import (
    CallPerson,
    ConfirmPage,
    EndCalls,
    NotifyPerson,
    NotifyRole,
    OpenLinked,
    PageLevel,
    StartTimer,
)
from crisis.errors import NotFound
from crisis.notify import ending, people_to_tell
from crisis.notify.calling_out import call_person
from crisis.notify.gateway import Lines
from crisis.notify.line import Line
from crisis.notify.paging import AT_ONCE, Paging, code_of
from crisis.notify.people_to_tell import Reachable
from crisis.notify.wording import Filling, Subject, notice, text
from crisis.statemachine.incident import Incident
from crisis.store import incidents, outbox, protocols
from crisis.store.engine import Store
from crisis.store.outbox import Job
from crisis.submit import open_incident, submit
from crisis.vocabulary import AttemptOutcome, Beside, IncidentId, Mode, PersonId

AGAIN = timedelta(seconds=5)
MOST_NOTICES = 5  # tries of a notice; a page is tried as long as it matters

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Performing:
    store: Store
    lines: Lines
    now: Callable[[], datetime]

    def perform(self, job: Job) -> datetime | None:
        """When there is more to do, or None when it is done."""
        match job.effect:
            case StartTimer():
                self._timer(job, job.effect)
                return None
            case PageLevel() | ConfirmPage() | CallPerson() | EndCalls():
                return self._about_page(job, job.effect)
            case NotifyRole():
                return self._notify_role(job, job.effect)
            case NotifyPerson():
                return self._notify_person(job, job.effect)
            case OpenLinked():
                self._open_linked(job, job.effect)
                return None
            case _:
                assert_never(job.effect)

    def _about_page(self, job: Job, effect: PageLevel | ConfirmPage | CallPerson | EndCalls) -> datetime | None:
        match effect:
            case PageLevel():
                return Paging(self.store, self.lines, self.now).page(job, effect)
            case ConfirmPage():
                return self._confirm(job, effect)
            case CallPerson():
                return call_person(self.store, self.lines, job, effect, self.now())
            case EndCalls():
                ending.end_calls(self.store, self.lines, job.incident, effect.page, self.now())
                return None
            case _:
                assert_never(effect)

    def _incident(self, incident_id: IncidentId) -> Incident:
        with self.store.read() as tx:
            return incidents.load(tx, incident_id)

    def _timer(self, job: Job, timer: StartTimer) -> None:
        """Each row once: done again after a crash, an alarm or a reminder would go on twice from then on."""
        by = _system(self._incident(job.incident))
        due = TimerDue(by=by, name=timer.name, key=timer.key)
        submit(self.store, job.incident, due, at=self.now(), key=f"timer-{job.id}")

    def _confirm(self, job: Job, effect: ConfirmPage) -> datetime | None:
        with self.store.write() as tx:
            incident = incidents.load(tx, job.incident)
            who = people_to_tell.one(tx, incident, effect.person)
            if who.phone is None:
                return None
            filling = code_of(tx, incident, effect, who, self.now())
        return self._tell(job, effect.mode, [(who, text(Subject(effect.outcome), filling, who.language))])

    def _notify_role(self, job: Job, effect: NotifyRole) -> datetime | None:
        incident = self._incident(job.incident)
        with self.store.read() as tx:
            told = people_to_tell.of_role(tx, incident, effect.role, self.now())
        return self._notify(job, effect, incident, told)

    def _notify_person(self, job: Job, effect: NotifyPerson) -> datetime | None:
        with self.store.read() as tx:
            incident = incidents.load(tx, job.incident)
            who = people_to_tell.one(tx, incident, effect.person)
        return self._notify(job, effect, incident, [who])

    def _notify(
        self, job: Job, effect: NotifyRole | NotifyPerson, incident: Incident, told: Sequence[Reachable]
    ) -> datetime | None:
        with self.store.read() as tx:
            filling = Filling(mode=incident.mode, site=people_to_tell.site(tx, incident))
        return self._tell(
            job, effect.mode, [(who, text(notice(effect.subject), filling, who.language)) for who in told]
        )

    def _tell(self, job: Job, mode: Mode, texts: Sequence[tuple[Reachable, str]]) -> datetime | None:
        """Tried again only while nobody was reached: who has a notice is not sent it twice. The console shows it.

        Side by side: twenty people told one after the other would take longer than the lease.
        """
        line = self.lines.of(mode)
        told = [(who.person, who.phone, body) for who, body in texts if who.phone is not None and who.texts]
        if line is None or not told:
            return None
        with ThreadPoolExecutor(AT_ONCE) as calls:
            outcomes = list(calls.map(lambda each: self._text(job, line, *each), told))
        if set(outcomes) == {None}:
            return self.now()  # too slow for the lease: nobody was told, so it is not done; whoever holds it tells
        refused = set(outcomes) <= {AttemptOutcome.REFUSED, None}
        return self.now() + AGAIN if refused and job.attempts < MOST_NOTICES else None

    def _text(self, job: Job, line: Line, person: PersonId, phone: str, body: str) -> AttemptOutcome | None:
        """None where the job is not this worker's any more."""
        if not self._held(job):
            return None
        failpoints.hit("send.before_post")
        outcome = line.sms(phone, body, f"{job.id}-{person}")
        failpoints.hit("send.after_reply")
        return outcome

    def _held(self, job: Job) -> bool:
        with self.store.read() as tx:
            return outbox.held(tx, job, self.now())

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
            by=_system(parent),
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
        submit(self.store, parent.id, LinkIncident(by=_system(parent), other=child.id), at=self.now())


def _system(incident: Incident) -> Actor:
    return Actor(kind=ActorKind.SYSTEM, id=None, district=incident.district)
