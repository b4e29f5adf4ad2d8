"""Tells technician and administrators that a provider is at fault, and again while it is."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from crisis.delivery import ProviderFault
from crisis.notify.extras import Beside, Extras
from crisis.notify.gateway import Lines
from crisis.notify.people_to_tell import Reachable
from crisis.notify.wording import Filling, Subject, language_of, text
from crisis.store import people, provider_alarms
from crisis.store.engine import Store
from crisis.store.provider_alarms import ProviderAlarm
from crisis.vocabulary import Mode, StaffRole

QUIET = timedelta(minutes=30)  # without a block, after which nobody is warned of them any more
AGAIN = timedelta(hours=1)
ABOUT = Subject.PROVIDER_FAULT
TOLD = frozenset({StaffRole.OPERATOR, StaffRole.DISTRICT_LEAD})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ProviderFaults:
    store: Store
    lines: Lines
    now: Callable[[], datetime]
    extras: Extras | None = None

    def turn(self) -> int:
        """Tells technician and administrators of what is new or goes on; how many alarms that were."""
        at = self.now()
        with self.store.read() as tx:
            if not provider_alarms.standing(tx):
                return 0
        with self.store.write() as tx:
            provider_alarms.quiet(tx, ProviderFault.BLOCKED, at, QUIET)
            self._end_those_of_others(tx, at)
            found = provider_alarms.to_tell(tx, at, AGAIN)
        for alarm in found:
            log.error("%s is at fault for %s: %s", alarm.provider, alarm.channel, alarm.fault)
            self._tell(alarm)
        return len(found)

    def _end_those_of_others(self, tx: Connection, at: datetime) -> None:
        """A provider that is no longer set up is nobody's trouble."""
        ours = set() if self.lines.live is None else {way.provider.name for way in self.lines.live.ways}
        for alarm in provider_alarms.standing(tx):
            if alarm.provider not in ours:
                provider_alarms.gone(tx, alarm.provider, alarm.channel, alarm.fault, at)

    def _tell(self, alarm: ProviderAlarm) -> None:
        line = self.lines.live
        with self.store.read() as tx:
            told = people.holding(tx, TOLD)
            phones = people.dialled(tx, told)
            languages = {each: language_of(people.language(tx, each)) for each in told}
        whom = [Reachable(each, next(iter(phones.get(each, ())), None), languages[each]) for each in told]
        filling, name = Filling(mode=Mode.LIVE), f"alarm-{self.now():%Y%m%d%H%M%S}"
        if self.extras is not None:
            self.extras.send(
                [Beside(who=who, subject=ABOUT, filling=filling, reference=f"{name}-{who.person}") for who in whom]
            )
        for who in whom:
            if line is not None and who.phone is not None:
                line.sms(who.phone, text(ABOUT, filling, who.language), f"{name}-{who.person}")
