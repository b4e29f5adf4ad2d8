"""Calls that nobody needs any more: those that ring are ended, whoever has picked up hears that it is covered.

Within two seconds of the page being taken (`paging.md` 6.6). Asked again whenever a provider tells us of a call that we
did not know to ring, so nothing rings on because two things crossed.
"""

from datetime import datetime

from crisis.call_words import CallState
from crisis.notify.answers import Asked, page_in
from crisis.notify.calls import said_once
from crisis.notify.gateway import Lines
from crisis.notify.line import Line
from crisis.notify.speech import said_back
from crisis.notify.together import side_by_side
from crisis.notify.wording import Subject, language_of
from crisis.statemachine.paging import LIVE
from crisis.store import calls_out, people
from crisis.store.calls_out import CallOut
from crisis.store.engine import Store
from crisis.vocabulary import IncidentId, PageId, PageState, PersonId

AT_ONCE = 8


def end_calls(store: Store, lines: Lines, incident: IncidentId, page: PageId, at: datetime) -> int:
    """How many were dealt with. Nothing while the page looks for somebody; the one who took it is not cut off."""
    with store.read() as tx:
        found = page_in(tx, Asked(incident, page, PersonId("")))
        if found is None or found.state in LIVE:
            return 0
        going = calls_out.going_on(tx, page, at)
    holder = found.accepted_by if found.state is PageState.ACCEPTED else None
    subject = Subject.ENDED if holder is None else Subject.SOMEONE_ELSE
    others = [each for each in going if each.person != holder or each.state is CallState.PLACED]
    side_by_side(lambda each: _end(store, lines, each, subject), others, AT_ONCE)
    return len(others)


def _end(store: Store, lines: Lines, call: CallOut, subject: Subject) -> None:
    """One that was picked up unknown to us goes on; when its provider tells us so, it hears the sentence too."""
    line: Line | None = lines.of(call.mode)
    if line is None:
        return
    if call.state is CallState.PLACED:
        line.hang_up(call.account, call.sid)
        return
    with store.write() as tx:
        calls_out.over(tx, call)
        language = language_of(people.language(tx, call.person))
    line.say(call.account, call.sid, said_once([said_back(subject, language, call.mode)], [language]))
