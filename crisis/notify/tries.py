"""What was tried so far to reach each person, as the log has it: pure."""

from collections.abc import Sequence
from dataclasses import replace

from crisis.notify.escalation import Try
from crisis.notify.standing import final
from crisis.page_events import PageAttempted
from crisis.store.incidents import StoredEvent
from crisis.vocabulary import PageId, PersonId

History = dict[PersonId, list[Try]]  # by person, in order


def history(page: PageId, log: Sequence[StoredEvent]) -> History:
    """What is known now of each call of this page, in whatever order it was heard; its first time stays.

    Who is on two levels at once is called by the cadence of one.
    """
    calls: dict[str, tuple[PersonId, Try]] = {}
    for event in (stored.event for stored in log):
        if isinstance(event, PageAttempted) and event.page == page:
            said = Try(channel=event.channel, outcome=event.outcome, at=event.at)
            before = calls.get(event.attempt, (event.person, said))[1]
            calls[event.attempt] = (event.person, replace(before, outcome=final(before.outcome, said.outcome)))
    found: History = {}
    for person, tried in calls.values():
        found.setdefault(person, []).append(tried)
    return found
