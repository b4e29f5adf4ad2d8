"""One try to reach one person by one channel: what the log says of it, and what is kept of a call that may ring on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crisis.calling_words import CallState
from crisis.commands import Actor, ActorKind
from crisis.notify import ending
from crisis.notify.failures import Answer
from crisis.notify.gateway import Lines
from crisis.notify.people_to_tell import Reachable
from crisis.page_commands import RecordPageAttempt
from crisis.statemachine.incident import Incident
from crisis.store import calls_out
from crisis.store.calls_out import CallOut
from crisis.store.engine import Store
from crisis.submit import submit
from crisis.vocabulary import AttemptOutcome, Channel, PageId


@dataclass(frozen=True, slots=True)
class Owed:
    """One try that is to be made now; `attempt` names it in the log and at the provider."""

    page: PageId
    who: Reachable
    channel: Channel
    attempt: str
    level: int | None = None

    def status_path(self, incident: Incident) -> str:
        """What is told what becomes of it."""
        return f"/webhooks/status/{incident.id}/{self.page}/{self.who.person}/{self.channel}/{self.attempt}"


def system(incident: Incident) -> Actor:
    return Actor(kind=ActorKind.SYSTEM, id=None, district=incident.district)


def record(
    store: Store, incident: Incident, owed: Owed, outcome: AttemptOutcome, at: datetime, *, heard: Sequence[Answer] = ()
) -> None:
    """`heard` is what the providers said: the last one that did not take it says why not."""
    why_not = heard[-1] if heard and outcome is not AttemptOutcome.ACCEPTED else None
    order = RecordPageAttempt(
        by=system(incident),
        page=owed.page,
        person=owed.who.person,
        channel=owed.channel,
        outcome=outcome,
        attempt=owed.attempt,
        level=owed.level,
        failure=None if why_not is None else why_not.failure,
        code="" if why_not is None else why_not.code,
    )
    submit(store, incident.id, order, at=at)


def keep_track(
    store: Store, lines: Lines, incident: Incident, owed: Owed, heard: Sequence[Answer], *, at: datetime
) -> None:
    """A call is kept by its provider's name, to be ended when somebody takes the page; at once if somebody just has."""
    with store.write() as tx:
        for answer in heard:
            if answer.sid:
                calls_out.note(tx, _placed(incident, owed, answer, at))
    ending.end_calls(store, lines, incident.id, owed.page, at)


def _placed(incident: Incident, owed: Owed, answer: Answer, at: datetime) -> CallOut:
    return CallOut(
        account=answer.account,
        sid=answer.sid,
        attempt=owed.attempt,
        incident=incident.id,
        page=owed.page,
        person=owed.who.person,
        mode=incident.mode,
        state=CallState.PLACED,
        made_at=at,
    )
