"""One person is called out of turn: who should be here by now, and who has switched our texts off."""

from datetime import datetime, timedelta

from crisis.call_words import CallWhy
from crisis.effects import CallPerson
from crisis.notify import attempts, people_to_tell
from crisis.notify.answers import Asked
from crisis.notify.attempts import Owed
from crisis.notify.calls import Stage, here_call, keys_path, page_call
from crisis.notify.failures import Answer
from crisis.notify.gateway import Lines
from crisis.notify.line import Line
from crisis.notify.paging import code_of
from crisis.notify.people_to_tell import Reachable
from crisis.notify.sending import Sending
from crisis.notify.speech import said_first
from crisis.notify.wording import Filling
from crisis.statemachine.heard import waited_for
from crisis.statemachine.incident import Incident, Page
from crisis.store import incidents, outbox, outgoing
from crisis.store.engine import Store
from crisis.store.outbox import Job
from crisis.vocabulary import AttemptOutcome, Channel, PageState

AGAIN, MOST = timedelta(seconds=5), 5  # tries, while no provider takes it


def call_person(store: Store, lines: Lines, job: Job, effect: CallPerson, at: datetime) -> datetime | None:
    """When to try again, or None: done, or not needed any more."""
    line = lines.of(effect.mode)
    with store.write() as tx:
        incident = incidents.load(tx, job.incident)
        who = people_to_tell.one(tx, incident, effect.person)
        page = incident.pages[effect.page]
        if line is None or who.phone is None or not _needed(effect, page) or incident.closed_at is not None:
            return None
        if not outbox.held(tx, job, at):
            return at
        filling = code_of(tx, incident, effect, who, at)
        owed = Owed(page.id, who, Channel.VOICE, f"{job.id}-{who.person}-{Channel.VOICE}-{job.attempts}")
        out = owed.going_out(incident, effect.urgency, at)
        outgoing.begin(tx, out)
    heard = dict[str, Answer]()
    said, note = _said(line, effect, incident, page, who, filling=filling), Sending(store, lambda: at).of(out, heard)
    outcome = line.call(who.phone, said, owed.attempt, owed.status_path(incident), effect.urgency, note=note)
    attempts.record(store, incident, owed, outcome, at, heard=heard)
    attempts.keep_track(store, lines, incident, owed, heard, at=at)
    return at + AGAIN if outcome is AttemptOutcome.REFUSED and job.attempts < MOST else None


def _needed(effect: CallPerson, page: Page) -> bool:
    if effect.why is CallWhy.HERE_YET and page.accepted_by != effect.person:
        return False
    return waited_for(page, effect.person)


def _said(line: Line, effect: CallPerson, incident: Incident, page: Page, who: Reachable, *, filling: Filling) -> str:
    """The menu that fits: whoever has the page is asked whether they are here, the others whether they come."""
    asked, first = Asked(incident.id, page.id, who.person), said_first(effect.why, who.language)
    if page.state is PageState.ACCEPTED and page.accepted_by == who.person:
        return here_call(filling, line.address(keys_path(asked, Stage.HERE)), who.language, first)
    return page_call(filling, line.address(keys_path(asked)), who.language, first)
