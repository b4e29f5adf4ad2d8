"""Tells technician and administrators that a provider is at fault, and again while it is."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crisis.delivery import ProviderFault
from crisis.notify.gateway import Lines
from crisis.notify.wording import Filling, Subject, language_of, text
from crisis.store import people, provider_alarms
from crisis.store.engine import Store
from crisis.store.provider_alarms import ProviderAlarm
from crisis.vocabulary import Mode, StaffRole

QUIET = timedelta(minutes=30)  # without a block, after which nobody is warned of them any more
AGAIN = timedelta(hours=1)
TOLD = frozenset({StaffRole.OPERATOR, StaffRole.DISTRICT_LEAD})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ProviderFaults:
    store: Store
    lines: Lines
    now: Callable[[], datetime]

    def turn(self) -> int:
        """Tells technician and administrators of what is new or goes on; how many alarms that were."""
        at = self.now()
        with self.store.read() as tx:
            if not provider_alarms.standing(tx):
                return 0
        with self.store.write() as tx:
            provider_alarms.quiet(tx, ProviderFault.BLOCKED, at, QUIET)
            found = provider_alarms.to_tell(tx, at, AGAIN)
        for alarm in found:
            log.error("%s is at fault for %s: %s", alarm.provider, alarm.channel, alarm.fault)
            self._tell(alarm)
        return len(found)

    def _tell(self, alarm: ProviderAlarm) -> None:
        line = self.lines.live
        with self.store.read() as tx:
            told = people.holding(tx, TOLD)
            phones = people.dialled(tx, told)
            languages = {each: language_of(people.language(tx, each)) for each in told}
        for person in told:
            body = text(Subject.PROVIDER_FAULT, Filling(mode=Mode.LIVE), languages[person])
            for phone in phones.get(person, ())[:1]:
                if line is not None:
                    line.sms(phone, body, f"alarm-{alarm.since:%H%M%S}-{person}")
