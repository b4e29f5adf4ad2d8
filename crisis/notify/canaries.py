"""Canary pages: a text by each provider to a machine number of ours, every few minutes (W3, I17).

They show what no receipt does: a provider that accepts everything and delivers nothing (F21).
"""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crisis import clock
from crisis.delivery import ProviderFault
from crisis.notify import blame, canary_text
from crisis.notify.gateway import Lines
from crisis.notify.line import Line
from crisis.notify.sending import asked
from crisis.store import canaries, provider_alarms, signs
from crisis.store.canaries import Canary
from crisis.store.engine import Store
from crisis.vocabulary import Channel, Mode

IN_SCHOOL, ELSE = timedelta(minutes=5), timedelta(minutes=30)
BACK_WITHIN = timedelta(seconds=60)
SILENT = ProviderFault.SILENT
LOST = 2  # one after the other: then it is no accident, and less than three periods have passed

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Canaries:
    store: Store
    lines: Lines
    now: Callable[[], datetime]

    def turn(self) -> int:
        """Sends those that are due, and looks for those that did not come back; how many were sent."""
        line, at = self.lines.live, self.now()
        wanted = {} if line is None else {name: to for name, to in self.lines.canaries.items() if line.provider(name)}
        with self.store.read() as tx:
            period = IN_SCHOOL if wanted and canaries.in_school_hours(tx, at) else ELSE
            before = signs.left(tx).get(signs.CANARY)
        if not wanted and (before is None or not before.detail.get("providers")):
            return 0
        sent = sum(self._sent(line, name, to, period, at) for name, to in wanted.items() if line is not None)
        self._look(wanted, at)
        return sent

    def _sent(self, line: Line, provider: str, to: str, period: timedelta, at: datetime) -> bool:
        canary = Canary(id=clock.new_id(), provider=provider, slot_at=slot(at, period), period=period, sent_at=at)
        with self.store.write() as tx:
            if not canaries.begin(tx, canary):
                return False
        path = f"/webhooks/canary/{canary.id}"
        answer = line.ask(provider, to, canary_text.text_of(canary.id), f"canary-{canary.id}", path)
        with self.store.write() as tx:
            canaries.taken(tx, canary.id, self.now(), None if answer.accepted else answer.code)
            blame.learn(tx, Channel.TEXT, Mode.LIVE, {provider: asked(answer)}, at)
        return True

    def _look(self, providers: Collection[str], at: datetime) -> None:
        with self.store.write() as tx:
            latest = canaries.latest(tx)
            silent = {name for name in providers if is_silent(latest.get(name, []), at)}
            for name in silent:
                provider_alarms.seen(tx, name, Channel.TEXT, SILENT, at)
            for alarm in provider_alarms.standing(tx):
                if alarm.fault is SILENT and alarm.provider not in silent:
                    provider_alarms.gone(tx, alarm.provider, alarm.channel, SILENT, at)
            signs.leave(tx, signs.CANARY, at, good=not silent, detail={"providers": sorted(providers)})


def slot(at: datetime, period: timedelta) -> datetime:
    """When the period began that this moment is in: the same for every worker."""
    length = round(period.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // length * length, UTC)


def is_silent(sent: Sequence[Canary], at: datetime) -> bool:
    """The latest that had their time did not come back, one after the other."""
    had_their_time = [each for each in sent if each.back_at is not None or each.sent_at <= at - BACK_WITHIN]
    latest = had_their_time[-LOST:]
    return len(latest) == LOST and all(each.back_at is None for each in latest)
