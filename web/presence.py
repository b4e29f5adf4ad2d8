"""Who looks at an incident right now, and who has the form of a step open. In memory alone, and in no record.

A console says every 15 s where it is and is gone after 45 s without a word. An open form is claimed for five minutes;
a claim never locks anything (`user-interface.md` 8.5 rule 4). All processes on one database hear of it (`Store.say`).
"""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crisis import clock
from crisis.vocabulary import IncidentId, PersonId, StepId

GONE_AFTER = timedelta(seconds=45)
CLAIMED_FOR = timedelta(minutes=5)
AT_ONCE = 25  # places in one saying, of three ids each: PostgreSQL carries less than 8,000 bytes
CROWD, SLOWLY = 12, timedelta(seconds=10)  # of so many at one incident the news goes out less often

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Place:
    """`step` is None for whoever only looks."""

    incident: IncidentId
    person: PersonId
    step: StepId | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """`last`: their last word; a claim may stand longer than that."""

    since: datetime
    last: datetime

    def connected(self, at: datetime) -> bool:
        return at - self.last <= GONE_AFTER

    def stands(self, place: Place, at: datetime) -> bool:
        return at - self.last <= (GONE_AFTER if place.step is None else CLAIMED_FOR)


@dataclass(frozen=True, slots=True)
class Present:
    """`connected` False: their form was open less than five minutes ago, and nothing has been heard since."""

    person: PersonId
    step: StepId | None
    since: datetime
    connected: bool


class Presence:
    """`say` tells all processes, this one too; what is said is heard here at once as well."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._seen: dict[Place, Seen] = {}
        self._told: dict[IncidentId, tuple[datetime, frozenset[Present]]] = {}
        self._lock = threading.Lock()

    def here(self, places: Iterable[Place]) -> None:
        """They are there, or still are."""
        at = clock.now()
        with self._lock:
            known = {place: self._since(place, at) for place in places}
        self._tell([[*_named(place), int(since.timestamp())] for place, since in known.items()])

    def left(self, place: Place) -> None:
        self._tell([[*_named(place), 0]])

    def _tell(self, said: list[list[str | int]]) -> None:
        for first in range(0, len(said), AT_ONCE):
            words = json.dumps(said[first : first + AT_ONCE], separators=(",", ":"))
            self.heard(words)
            self._say(words)

    def _since(self, place: Place, at: datetime) -> datetime:
        found = self._seen.get(place)
        return found.since if found is not None and found.stands(place, at) else at

    def heard(self, words: str) -> None:
        """What some process said, this one too: to hear it twice changes nothing."""
        at = clock.now()
        with self._lock:
            for incident, person, step, since in json.loads(words):
                place = Place(incident, person, step or None)
                if not since:
                    self._seen.pop(place, None)
                    continue
                began, found = datetime.fromtimestamp(since, UTC), self._seen.get(place)
                earlier = found is not None and found.stands(place, at) and found.since < began
                self._seen[place] = Seen(found.since if found is not None and earlier else began, at)

    def of(self, incident: IncidentId, at: datetime) -> list[Present]:
        """Everybody once for each form that they have open, and otherwise once; who came first stands first."""
        with self._lock:
            return sorted(self._of(incident, at), key=lambda each: (each.since, each.person))

    def _of(self, incident: IncidentId, at: datetime) -> Iterator[Present]:
        there = {place: seen for place, seen in self._seen.items() if place.incident == incident}
        busy = {place.person for place, seen in there.items() if place.step and seen.stands(place, at)}
        for place, seen in there.items():
            if seen.stands(place, at) and (place.step is not None or place.person not in busy):
                yield Present(place.person, place.step, seen.since, seen.connected(at))

    def changed(self) -> set[IncidentId]:
        """Of which incidents something else is to be shown than when this was asked before. Forgets who is gone."""
        at = clock.now()
        with self._lock:
            asked = {place.incident for place in self._seen} | set(self._told)
            self._seen = {place: seen for place, seen in self._seen.items() if seen.stands(place, at)}
            return {incident for incident in asked if self._is_news(incident, at)}

    def _is_news(self, incident: IncidentId, at: datetime) -> bool:
        now = frozenset(self._of(incident, at))
        told_at, before = self._told.get(incident, (at - SLOWLY, frozenset()))
        if now == before or (len(now) > CROWD and at - told_at < SLOWLY):
            return False
        if now:
            self._told[incident] = (at, now)
        else:
            del self._told[incident]
        return True


def _named(place: Place) -> tuple[str, str, str]:
    return place.incident, place.person, place.step or ""
