"""Asks providers what became of a page of which they said nothing: unknown (`paging.md` 6.9) or silent (F32).

What it finds is a later word on the same attempt. It never waits: the other channel is called meanwhile.
"""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from crisis.delivery import AttemptState
from crisis.notify import blame
from crisis.notify.answers import Asked
from crisis.notify.failures import Failure
from crisis.notify.gateway import Lines
from crisis.notify.later_word import latest_word, say
from crisis.notify.provider import Provider
from crisis.notify.standing import HEARD_OF, SILENCE, Found, further, next_look, ours, outcome_of, state_of
from crisis.statemachine.paging import LIVE
from crisis.store import incidents, outgoing, page_codes
from crisis.store.engine import Store
from crisis.store.outgoing import Outgoing
from crisis.vocabulary import AttemptOutcome, Urgency

AT_ONCE = 4
LEASE = timedelta(seconds=15)  # two providers, four seconds each at most, and then some
WATCHED = frozenset({Urgency.U1, Urgency.U2})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Following:
    store: Store
    lines: Lines
    now: Callable[[], datetime]

    def turn(self) -> int:
        """Asks about all that is due; how much that was."""
        with self.store.read() as tx:
            due = outgoing.next_look(tx)
        if due is None or due > self.now():
            return 0
        with self.store.write() as tx:
            found = outgoing.to_look_at(tx, self.now(), limit=AT_ONCE, lease=LEASE)
        with ThreadPoolExecutor(AT_ONCE) as asking:
            list(asking.map(self._look, found))
        return len(found)

    def _look(self, out: Outgoing) -> None:
        at = self.now()
        if not self._matters(out):
            self._later(out, None)
            return
        state, asked = self._ask(out)
        with self.store.write() as tx:
            for provider, said in asked.items():
                outgoing.adopt(tx, out.reference, provider, said)
                if state is AttemptState.FAILED and said.code.isdecimal():
                    blame.late(tx, out, said.sid, said.code, at)
            state = outgoing.heard(tx, out.reference, state, at) or state
        silent = state.rank < HEARD_OF and out.urgency in WATCHED and at - out.at >= SILENCE
        self._report(out, state, silent=silent)
        unknown = state is AttemptState.UNKNOWN
        self._later(out, None if state.rank >= HEARD_OF else next_look(out.at, at, unknown=unknown))

    def _matters(self, out: Outgoing) -> bool:
        """As long as the page looks for somebody."""
        with self.store.read() as tx:
            page = incidents.load(tx, _asked(out).incident).pages.get(_asked(out).page)
        return page is not None and page.state in LIVE

    def _ask(self, out: Outgoing) -> tuple[AttemptState, Mapping[str, outgoing.Asked]]:
        line, state, names = self.lines.of(out.mode), out.state, dict[str, outgoing.Asked]()
        for name, asked in out.asked.items():
            provider = None if line is None else line.provider(name)
            if provider is None or (not asked.sid and asked.failure != Failure.UNKNOWN):
                continue
            found = provider.found(out.channel, asked.sid) if asked.sid else self._listed(provider, out)
            if found is not None:
                log.info("%s says of a %s: %s", name, out.channel, found.status)
                state = further(further(state, AttemptState.SUBMITTED), state_of(found.status))
                names[name] = outgoing.Asked(sid=found.sid, code=found.code)
        return state, names

    def _listed(self, provider: Provider, out: Outgoing) -> Found | None:
        listed = provider.listed(out.channel, out.phone)
        if listed is None:
            return None
        with self.store.read() as tx:
            coded = page_codes.of_person(tx, _asked(out).page, out.person)
            elsewhere = outgoing.names_of_others(tx, out)
        return ours(listed, out.reference, "" if coded is None else coded.code, out.at, elsewhere)

    def _report(self, out: Outgoing, state: AttemptState, *, silent: bool) -> None:
        asked = _asked(out)
        with self.store.read() as tx:
            latest = latest_word(tx, asked.incident, out.reference)
        outcome = outcome_of(state, latest)
        if silent and latest is AttemptOutcome.ACCEPTED:
            outcome = AttemptOutcome.SILENT
        if outcome is not None and latest is not None:
            say(self.store, asked, out.channel, attempt=out.reference, outcome=outcome, at=self.now())

    def _later(self, out: Outgoing, when: datetime | None) -> None:
        with self.store.write() as tx:
            outgoing.look_again(tx, out.reference, when)


def _asked(out: Outgoing) -> Asked:
    assert out.incident is not None  # only pages are looked at, and a page has both
    assert out.page is not None
    return Asked(out.incident, out.page, out.person)
