"""Writes down what providers said of a text or a call, as soon as they have, and when they are to be asked about it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crisis.delivery import AttemptState, Purpose
from crisis.notify import blame
from crisis.notify.failures import Answer
from crisis.notify.line import Answers, Note
from crisis.notify.standing import next_look
from crisis.store import outgoing
from crisis.store.engine import Store
from crisis.store.outgoing import Asked, Outgoing
from crisis.vocabulary import AttemptOutcome

FOLLOWED = frozenset({Purpose.PAGE, Purpose.FAMILY})  # their providers are asked what became of them


@dataclass(frozen=True, slots=True)
class Sending:
    store: Store
    now: Callable[[], datetime]

    def of(self, out: Outgoing, heard: dict[str, Answer] | None = None) -> Note:
        """For the line; `out` was written before. `heard` gets what each provider said."""

        def note(answers: Answers) -> None:
            if heard is not None:
                heard.update(answers)
            state, at = state_after(answers), self.now()
            said = {name: asked(answer) for name, answer in answers.items()}
            look_at = None
            if out.purpose in FOLLOWED and state is not AttemptState.FAILED:
                look_at = next_look(out.at, out.at, unknown=state is AttemptState.UNKNOWN)
            with self.store.write() as tx:
                outgoing.answered(tx, out.reference, said, state, at, look_at=look_at)
                blame.learn(tx, out.channel, out.mode, said, at)

        return note


def state_after(answers: Answers) -> AttemptState:
    outcomes = {answer.outcome for answer in answers.values()}
    if AttemptOutcome.ACCEPTED in outcomes:
        return AttemptState.SUBMITTED
    return AttemptState.UNKNOWN if AttemptOutcome.UNKNOWN in outcomes else AttemptState.FAILED


def asked(answer: Answer) -> Asked:
    return Asked(sid=answer.sid, failure="" if answer.failure is None else answer.failure.value, code=answer.code)
