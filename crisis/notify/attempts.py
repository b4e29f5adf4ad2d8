"""One try to reach one person by one channel: what the log says of it, and what is kept of a call that may ring on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crisis.call_words import CallState
from crisis.commands import Actor, ActorKind
from crisis.delivery import Purpose
from crisis.notify import ending
from crisis.notify.failures import Answer
from crisis.notify.gateway import Lines
from crisis.notify.people_to_tell import Reachable
from crisis.page_commands import RecordPageAttempt
from crisis.statemachine.incident import Incident
from crisis.store import calls_out
from crisis.store.calls_out import CallOut
from crisis.store.engine import Store
from crisis.store.outgoing import Outgoing
from crisis.submit import submit
from crisis.vocabulary import AttemptOutcome, Channel, PageId, Urgency

Heard = Mapping[str, Answer]  # what each provider that was asked has said, in the order in which they were


@dataclass(frozen=True, slots=True)
class Owed:
    """One try that is to be made now; `attempt` names it in the log and at the provider."""

    page: PageId
    who: Reachable
    channel: Channel
    attempt: str
    level: int | None = None
    spread: bool = False  # from the second number, where there is one

    def status_path(self, incident: Incident) -> str:
        """What is told what becomes of it."""
        return f"/webhooks/status/{incident.id}/{self.page}/{self.who.person}/{self.channel}/{self.attempt}"

    def going_out(self, incident: Incident, urgency: Urgency, at: datetime) -> Outgoing:
        """As it is kept to follow it."""
        assert self.who.phone is not None
        return Outgoing(
            reference=self.attempt,
            purpose=Purpose.PAGE,
            channel=self.channel,
            mode=incident.mode,
            urgency=urgency,
            incident=incident.id,
            page=self.page,
            person=self.who.person,
            phone=self.who.phone,
            at=at,
        )


def system(incident: Incident) -> Actor:
    return Actor(kind=ActorKind.SYSTEM, id=None, district=incident.district)


def record(
    store: Store, incident: Incident, owed: Owed, outcome: AttemptOutcome, at: datetime, *, heard: Heard | None = None
) -> None:
    """Of the providers that were asked, the last one whose answer this is says why it was not accepted."""
    answers = [] if outcome is AttemptOutcome.ACCEPTED or heard is None else list(heard.values())
    why_not = next((each for each in reversed(answers) if each.outcome is outcome), None)
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


def keep_track(store: Store, lines: Lines, incident: Incident, owed: Owed, heard: Heard, *, at: datetime) -> None:
    """A call is kept by its provider's name, to be ended when somebody takes the page; at once if somebody just has."""
    placed = [_placed(incident, owed, answer, at) for answer in heard.values() if answer.sid]
    if not placed:
        return
    with store.write() as tx:
        for each in placed:
            calls_out.note(tx, each)
    ending.end_calls(store, lines, incident.id, owed.page, at)  # after the commit, or both could miss the other


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
