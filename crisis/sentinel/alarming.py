"""The last resort: a text by the sentinel's own line, when paging has not held its promise for half a minute."""

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from crisis.notify import people_to_tell
from crisis.notify.gateway import lines
from crisis.notify.line import Line
from crisis.notify.people_to_tell import Reachable
from crisis.notify.wording import SiteCode
from crisis.sentinel.auditing import Finding
from crisis.settings import Settings
from crisis.statemachine.incident import Incident
from crisis.store import incidents
from crisis.store.engine import Store
from crisis.vocabulary import AttemptOutcome, IncidentId, Mode, Phase, Role, Urgency

FAILING = timedelta(seconds=30)
AGAIN = timedelta(minutes=2)
AT_ONCE = 8  # a provider that is silent takes four seconds for each
WATCHED = frozenset({"I1", "I2", "I3", "I4"})
TOLD = (Role.INCIDENT_LEAD, Role.ADMIN, Role.DISTRICT_ONCALL)
TEXTS = {
    "en": "CRISIS {site}: paging may not be working. Use the printed call tree now and look at the console. "
    "In danger call 911. Do not reply.",
    "es": "CRISIS {site}: los avisos quizas no funcionan. Use ya la lista de llamadas impresa y mire la consola. "
    "Si hay peligro llame al 911. No responda.",
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ToTell:
    """Whom an incident's alarm reaches; kept, so that it does also when the database is gone."""

    site: SiteCode
    people: tuple[Reachable, ...]


def own_line(settings: Settings) -> Line | None:
    """Apart from the worker's account: what closes that one must not silence this one."""
    if not settings.provider_url or not settings.sentinel_account:
        return None
    own = {
        "provider_account": settings.sentinel_account,
        "provider_secret": settings.sentinel_secret,
        "provider_from": settings.sentinel_from,
        "provider_spare": "",
        "second_account": "",
    }
    return lines(settings.model_copy(update=own)).live


@dataclass(slots=True)
class Alarm:
    """Counts by incident: since when something fails, and when it was last told."""

    line: Line | None
    _since: dict[IncidentId, datetime] = field(default_factory=dict)
    _told: dict[IncidentId, datetime] = field(default_factory=dict)
    _known: dict[IncidentId, ToTell] = field(default_factory=dict)

    def remember(self, store: Store, open_now: Iterable[Incident], at: datetime) -> None:
        """Whom to tell of the incidents that are under way."""
        with store.read() as tx:
            self._known = {each.id: _whom(tx, each, at) for each in open_now if _under_way(each)}

    def heard(self, store: Store, found: Iterable[Finding], at: datetime) -> int:
        """How many texts went out for what an audit found."""
        bad = {each.incident for each in found if each.invariant in WATCHED and each.live and each.incident}
        with store.read() as tx:
            self._known |= {each: _whom(tx, incidents.load(tx, each), at) for each in bad - self._known.keys()}
        return self._tell(bad, at)

    def forget(self) -> None:
        """Another sentinel has taken over, and tells by itself."""
        self._since, self._told, self._known = {}, {}, {}

    def blind(self, at: datetime) -> int:
        """The database cannot be read: then nothing is known to be well."""
        return self._tell(set(self._known), at)

    def _tell(self, bad: set[IncidentId], at: datetime) -> int:
        self._since = {each: self._since.get(each, at) for each in bad}
        told = 0
        for incident, since in self._since.items():
            last = self._told.get(incident)
            if at - since > FAILING and (last is None or at - last >= AGAIN):
                self._told[incident] = at
                told += self._text(incident, at)
        return told

    def _text(self, incident: IncidentId, at: datetime) -> int:
        whom = self._known.get(incident)
        if self.line is None or whom is None:
            log.error("paging fails for incident %s and the sentinel has no line of its own", incident)
            return 0
        reachable = [who for who in whom.people if who.phone is not None]
        with ThreadPoolExecutor(AT_ONCE) as calls:
            told = sum(
                calls.map(partial(self._sent, self.line, whom.site, f"sentinel-{incident}-{at:%H%M%S}"), reachable)
            )
        log.error("paging fails for incident %s: %s people were texted by the sentinel", incident, told)
        return told

    @staticmethod
    def _sent(line: Line, site: SiteCode, reference: str, who: Reachable) -> bool:
        body = TEXTS.get(who.language, TEXTS["en"]).format(site=site)
        outcome = line.sms(who.phone or "", body, f"{reference}-{who.person}", urgency=Urgency.U1)
        return outcome is AttemptOutcome.ACCEPTED


def _under_way(incident: Incident) -> bool:
    return incident.mode is Mode.LIVE and incident.phase is not Phase.FOLLOW_UP


def _whom(tx: Connection, incident: Incident, at: datetime) -> ToTell:
    found = [who for role in TOLD for who in people_to_tell.of_role(tx, incident, role, at)]
    return ToTell(people_to_tell.site(tx, incident), tuple(dict.fromkeys(found)))
