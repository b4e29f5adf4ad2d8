"""Texts that only tell people: each at most once, behind every page, and never so many that a page waits for them."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from crisis import failpoints
from crisis.delivery import AttemptState, Purpose
from crisis.notify import pacing
from crisis.notify.gateway import Lines
from crisis.notify.line import Line
from crisis.notify.people_to_tell import Reachable
from crisis.notify.sending import Sending
from crisis.notify.together import side_by_side
from crisis.store import incidents, outbox, outgoing
from crisis.store.engine import Store
from crisis.store.outbox import Job
from crisis.store.outgoing import Outgoing
from crisis.vocabulary import Channel, IncidentId, Mode

AGAIN = timedelta(seconds=5)
AT_ONCE = 8  # texts of one notice at the same time
MOST = 5  # tries of a notice; a page is tried as long as it matters
PACE = timedelta(seconds=1)  # one segment a second is what a number may send (F23)
LONGEST_WAIT = 10  # seconds between two looks of one notice: where hundreds wait, one of them still looks every second


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One text to one person."""

    who: Reachable
    body: str
    spread: bool  # from the second number, where there is one


@dataclass(frozen=True, slots=True)
class Notices:
    store: Store
    lines: Lines
    now: Callable[[], datetime]

    def tell(self, job: Job, mode: Mode, purpose: Purpose, texts: Sequence[tuple[Reachable, str]]) -> datetime | None:
        """When somebody is still to be told; None when all have been. The console shows it in any case.

        Side by side: twenty people told one after the other would take longer than the lease. Who shares a telephone
        is told one after the other.
        """
        line, many = self.lines.of(mode), len(texts) > pacing.WAVE
        by_phone = defaultdict[str, list[Telling]](list)
        for place, (who, body) in enumerate(texts):
            if who.phone is not None and who.texts:
                by_phone[who.phone].append(Telling(who=who, body=body, spread=many and place % 2 == 1))
        if line is None or not by_phone:
            return None

        def one_after_the_other(of_phone: list[Telling]) -> list[datetime | None]:
            return [self._one(job, line, mode, purpose, each) for each in of_phone]

        told = side_by_side(one_after_the_other, list(by_phone.values()), AT_ONCE)
        return min((when for of_phone in told for when in of_phone if when is not None), default=None)

    def _one(self, job: Job, line: Line, mode: Mode, purpose: Purpose, telling: Telling) -> datetime | None:
        out = self._out(job, mode, purpose, telling)
        with self.store.read() as tx:
            known = outgoing.of(tx, [out.reference]).get(out.reference)
            free_at = None if _settled(known) else self._free_at(tx, job, out)
        if free_at is None or free_at > out.at:
            return free_at
        room = line.room(spread=telling.spread) if purpose is Purpose.NOTICE else ""
        return (
            out.at + PACE * min(job.attempts, LONGEST_WAIT)
            if room is None
            else self._sent(job, line, out, telling, room)
        )

    def _sent(self, job: Job, line: Line, out: Outgoing, telling: Telling, room: str) -> datetime | None:
        """Too slow for the lease, it is not sent here: whoever holds the job now does."""
        with self.store.write() as tx:
            if not outbox.held(tx, job, self.now()):
                return self.now()
            if out.purpose is Purpose.NOTICE:
                outgoing.one_at_a_time(tx, out.phone)
                free_at = self._free_at(tx, job, out)  # another one may have been quicker
                if free_at is None or free_at > out.at:
                    return free_at
            outgoing.begin(tx, out)
        failpoints.hit("send.before_post")
        note = Sending(self.store, self.now).of(out)
        line.sms(out.phone, telling.body, out.reference, note=note, spread=telling.spread, room=room)
        failpoints.hit("send.after_reply")
        with self.store.read() as tx:
            known = outgoing.of(tx, [out.reference]).get(out.reference)
        return None if _settled(known) else self.now() + AGAIN

    def _free_at(self, tx: Connection, job: Job, out: Outgoing) -> datetime | None:
        """When this telephone may be texted about this; None where it need not be any more."""
        texted = outgoing.texts_to(tx, out.phone, out.at - pacing.LONGEST)
        if out.purpose is not Purpose.NOTICE:
            alike = frozenset[IncidentId]()
        else:
            alike = _alike(tx, job.incident, texted)
            if self._covered(tx, job, out, texted, alike):
                return None
        return pacing.notice_from(out, [each for each in texted if each.reference != out.reference], alike)

    def _covered(
        self, tx: Connection, job: Job, out: Outgoing, texted: Sequence[Outgoing], alike: frozenset[IncidentId]
    ) -> bool:
        """The same was said to this telephone about this incident, or one alike, after what this is about: once is
        enough."""
        about = incidents.events_of(tx, job.incident, after=job.seq - 1)
        return bool(about) and any(
            each.purpose is Purpose.NOTICE
            and each.incident in (out.incident, *alike)
            and each.reference != out.reference
            and each.state is not AttemptState.UNKNOWN
            and each.at > about[0].event.at
            for each in texted
        )

    def _out(self, job: Job, mode: Mode, purpose: Purpose, telling: Telling) -> Outgoing:
        assert telling.who.phone is not None
        return Outgoing(
            reference=f"{job.id}-{telling.who.person}",
            purpose=purpose,
            channel=Channel.TEXT,
            mode=mode,
            incident=job.incident,
            person=telling.who.person,
            phone=telling.who.phone,
            at=self.now(),
        )


def _alike(tx: Connection, incident: IncidentId, texted: Sequence[Outgoing]) -> frozenset[IncidentId]:
    """Of the incidents that this telephone was told about just now those that grew out of the same one as this."""
    others = {each.incident for each in texted if each.purpose is Purpose.NOTICE and each.incident is not None}
    parent = incidents.load(tx, incident).linked_to if others - {incident} else None
    if parent is None:
        return frozenset()
    return frozenset(each for each in others if incidents.load(tx, each).linked_to == parent)


def _settled(known: Outgoing | None) -> bool:
    """A provider has it, may have it, or has refused it often enough. What a crash cut off was not answered."""
    if known is None or not known.asked:
        return False
    return known.state is not AttemptState.FAILED or known.tries >= MOST
