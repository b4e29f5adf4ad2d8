"""Asks providers what became of a page of which they said nothing: unknown (`paging.md` 6.9) or silent (F32).

What it finds is a later word on the same attempt. It never waits: the other channel is called meanwhile. Where each
provider that was asked says after half a minute that it has nothing of the kind, it was not sent, and is tried again.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crisis.call_words import CallState, Failure
from crisis.delivery import AttemptState, Purpose
from crisis.notify import blame, ending, family_texts
from crisis.notify.answers import Asked
from crisis.notify.gateway import Lines
from crisis.notify.later_word import About, latest_word, say, show
from crisis.notify.provider import Provider
from crisis.notify.standing import (
    HEARD_OF,
    SILENCE,
    Found,
    call_state_of,
    further,
    next_look,
    ours,
    outcome_of,
    receipt_of,
    state_of,
    taken_by_none,
)
from crisis.notify.together import side_by_side
from crisis.statemachine.paging import LIVE
from crisis.store import calls_out, incidents, outgoing, page_codes
from crisis.store.calls_out import CallOut
from crisis.store.engine import Store
from crisis.store.outgoing import Outgoing
from crisis.vocabulary import AttemptOutcome, Channel, Urgency

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
        side_by_side(self._look, found, AT_ONCE)
        return len(found)

    def _look(self, out: Outgoing) -> None:
        at = self.now()
        if not self._matters(out):
            self._later(out, None)
            return
        found, taken_by_nobody = self._ask(out)
        state = _state(out, found)
        if taken_by_nobody and state is AttemptState.UNKNOWN and at - out.at >= SILENCE:
            state = AttemptState.FAILED
        with self.store.write() as tx:
            for provider, each in found:
                said = outgoing.Asked(sid=each.sid, code=each.code)
                outgoing.adopt(tx, out.reference, provider.name, said)
                if state is AttemptState.FAILED and each.code.isdecimal():
                    blame.late(tx, out, each.sid, each.code, at)
            state = outgoing.heard(tx, out.reference, state, at) or state
        if out.purpose is Purpose.FAMILY:
            family_texts.report(self.store, out.reference, at)
            self._later(out, _next(out, state, at))
            return
        silent = state.rank < HEARD_OF and out.urgency in WATCHED and at - out.at >= SILENCE
        self._report(out, state, [each for _provider, each in found], silent=silent)
        if out.channel is Channel.VOICE:
            self._keep_track(out, found)
        self._later(out, _next(out, state, at))

    def _matters(self, out: Outgoing) -> bool:
        """As long as the page looks for somebody; a text to a guardian is looked for as long as it may be found."""
        if out.purpose is Purpose.FAMILY:
            return True
        with self.store.read() as tx:
            page = incidents.load(tx, _asked(out).incident).pages.get(_asked(out).page)
        return page is not None and page.state in LIVE

    def _ask(self, out: Outgoing) -> tuple[list[tuple[Provider, Found]], bool]:
        """What they say, and whether all that may have it say that they have not."""
        line, answers = self.lines.of(out.mode), list[tuple[Provider, Found]]()
        may_have_it = [name for name, asked in out.asked.items() if asked.sid or asked.failure == Failure.UNKNOWN]
        without = 0
        for name in may_have_it:
            provider = None if line is None else line.provider(name)
            if provider is None:
                continue
            found, absent = self._of(provider, out, out.asked[name].sid)
            without += absent
            if found is not None:
                log.info("%s says of a %s: %s", name, out.channel, found.status)
                answers.append((provider, found))
        return answers, bool(may_have_it) and without == len(may_have_it)

    def _of(self, provider: Provider, out: Outgoing, sid: str) -> tuple[Found | None, bool]:
        """What one provider says, and whether it says that it has nothing of the kind."""
        return (provider.found(out.channel, sid), False) if sid else self._listed(provider, out)

    def _listed(self, provider: Provider, out: Outgoing) -> tuple[Found | None, bool]:
        listed = provider.listed(out.channel, out.phone)
        if listed is None:
            return None, False
        with self.store.read() as tx:
            coded = page_codes.of_person(tx, out.page, out.person) if out.page is not None else None
            elsewhere = outgoing.names_of_others(tx, out)
        fits = (listed, out.reference, "" if coded is None else coded.code, out.at, elsewhere)
        return ours(*fits), taken_by_none(*fits)

    def _report(self, out: Outgoing, state: AttemptState, found: Sequence[Found], *, silent: bool) -> None:
        about, at = About(_asked(out), out.channel, out.reference), self.now()
        with self.store.read() as tx:
            latest = latest_word(tx, about.asked.incident, out.reference)
        outcome = outcome_of(state, latest)
        if silent and latest is AttemptOutcome.ACCEPTED:
            outcome = AttemptOutcome.SILENT
        if outcome is not None and latest is not None:
            code = next((each.code for each in found if each.code), "") if outcome is AttemptOutcome.REFUSED else ""
            say(self.store, about, outcome, at, failure=blame.failure_of(code), code=code[:6])
        for receipt in filter(None, (receipt_of(each.status) for each in found)):
            show(self.store, about, receipt, at)

    def _keep_track(self, out: Outgoing, found: Sequence[tuple[Provider, Found]]) -> None:
        """Of a call whose provider's name for it we have just learned: it rings on until it is ended."""
        with self.store.write() as tx:
            for provider, each in found:
                going_on = call_state_of(each.status)
                if going_on is not None:
                    calls_out.note(tx, _call(out, provider, each, going_on))
        ending.end_calls(self.store, self.lines, _asked(out).incident, _asked(out).page, self.now())

    def _later(self, out: Outgoing, when: datetime | None) -> None:
        with self.store.write() as tx:
            outgoing.look_again(tx, out.reference, when)


def _next(out: Outgoing, state: AttemptState, at: datetime) -> datetime | None:
    return None if state.rank >= HEARD_OF else next_look(out.at, at, unknown=state is AttemptState.UNKNOWN)


def _asked(out: Outgoing) -> Asked:
    assert out.incident is not None  # only pages are looked at, and a page has both
    assert out.page is not None
    return Asked(out.incident, out.page, out.person)


def _state(out: Outgoing, found: Sequence[tuple[Provider, Found]]) -> AttemptState:
    state = out.state
    for _provider, each in found:
        state = further(further(state, AttemptState.SUBMITTED), state_of(each.status))
    return state


def _call(out: Outgoing, provider: Provider, found: Found, state: CallState) -> CallOut:
    return CallOut(
        account=provider.account,
        sid=found.sid,
        attempt=out.reference,
        incident=_asked(out).incident,
        page=_asked(out).page,
        person=out.person,
        mode=out.mode,
        state=state,
        made_at=out.at,
    )
