"""What each effect takes: a page, a notice, a timer, a child incident. Nobody is called inside a transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from crisis.commands import Actor, ActorKind, TimerDue
from crisis.delivery import Purpose
from crisis.effects import (
    CallPerson,
    ConfirmPage,
    EndCalls,
    LinkSameStudent,
    LookAtTexts,
    MoveAdult,
    NotifyPerson,
    NotifyRole,
    OpenLinked,
    PageLevel,
    SendGuardianText,
    StartTimer,
)
from crisis.notify import ending, linking, people_to_tell
from crisis.notify.calling_out import call_person
from crisis.notify.extras import Beside as Extra
from crisis.notify.extras import Extras
from crisis.notify.family_texts import FamilyTexts
from crisis.notify.gateway import Lines
from crisis.notify.notices import Notices
from crisis.notify.paging import Paging, code_of
from crisis.notify.people_to_tell import Reachable
from crisis.notify.wording import Filling, Subject, notice, text
from crisis.statemachine.incident import Incident
from crisis.store import incidents
from crisis.store.engine import Store
from crisis.store.outbox import Job
from crisis.submit import submit
from crisis.vocabulary import IncidentId, Mode


@dataclass(frozen=True, slots=True)
class Performing:
    store: Store
    lines: Lines
    now: Callable[[], datetime]
    extras: Extras | None = None

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
                linking.open_linked(self.store, job, job.effect, self.now())
                return None
            case LinkSameStudent() | MoveAdult():
                linking.tell_the_others(self.store, job, job.effect, self.now())
                return None
            case SendGuardianText() | LookAtTexts():
                return FamilyTexts(self.store, self.lines, self.now, self.extras).perform(job, job.effect)
            case _:
                assert_never(job.effect)

    def _about_page(self, job: Job, effect: PageLevel | ConfirmPage | CallPerson | EndCalls) -> datetime | None:
        match effect:
            case PageLevel():
                return Paging(self.store, self.lines, self.now, self.extras).page(job, effect)
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
        body = text(Subject(effect.outcome), filling, who.language)
        return self._tell(job, effect.mode, Purpose.ANSWER, [(who, body)])

    def _notify_role(self, job: Job, effect: NotifyRole) -> datetime | None:
        incident = self._incident(job.incident)
        with self.store.read() as tx:
            told = people_to_tell.of_role(tx, incident, effect.role, self.now())
        return self._notify(job, effect, incident, told)

    def _notify_person(self, job: Job, effect: NotifyPerson) -> datetime | None:
        with self.store.read() as tx:
            incident = incidents.load(tx, job.incident)
            asked = people_to_tell.person(tx, incident, effect.person, effect.subject)
        return self._notify(job, effect, incident, asked)

    def _notify(
        self, job: Job, effect: NotifyRole | NotifyPerson, incident: Incident, told: Sequence[Reachable]
    ) -> datetime | None:
        with self.store.read() as tx:
            filling = Filling(mode=incident.mode, site=people_to_tell.site(tx, incident))
        subject = notice(effect.subject)
        purpose = Purpose.NOTICE if subject is Subject.NOTICE else Purpose.ALARM
        if self.extras is not None and job.attempts == 1:  # the console shows it in any case
            self.extras.send([_beside(job, incident, who, subject, filling) for who in told])
        return self._tell(job, effect.mode, purpose, [(who, text(subject, filling, who.language)) for who in told])

    def _tell(self, job: Job, mode: Mode, purpose: Purpose, texts: Sequence[tuple[Reachable, str]]) -> datetime | None:
        return Notices(self.store, self.lines, self.now).tell(job, mode, purpose, texts)


def _beside(job: Job, incident: Incident, who: Reachable, subject: Subject, filling: Filling) -> Extra:
    reference = f"{job.id}-{who.person}"
    parent = incident.linked_to if subject is Subject.NOTICE else None
    return Extra(who=who, subject=subject, filling=filling, reference=reference, incident=incident, grown_from=parent)


def _system(incident: Incident) -> Actor:
    return Actor(kind=ActorKind.SYSTEM, id=None, district=incident.district)
