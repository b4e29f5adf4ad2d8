"""A reach test: one test page to everybody who takes part in a drill, and who answered it.

Nothing is played, so no incident is opened, and nothing real is held up: test pages go out behind every page
(decision 31). Who answers is proved reachable, as by any test page.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from sqlalchemy import Connection, delete, update

from crisis.drill_words import DrillState
from crisis.errors import Reason, Refused
from crisis.readiness_words import ErrandKind
from crisis.statemachine.drill import UNDO_FOR
from crisis.statemachine.lifecycle import DRILL as LIFECYCLE
from crisis.store import audit, drill_plans, errands, kept_drills, proving
from crisis.store.drill_tables import DRILL
from crisis.store.errands import Errand
from crisis.store.kept_drills import Drill
from crisis.store.readiness_tables import ERRAND
from crisis.vocabulary import AttemptOutcome, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`asked` False: no number, or six tests in the hour before. `after`: from the moment when the pages were due."""

    person: PersonId
    asked: bool
    left: bool
    failed: bool
    after: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whoever could not be asked counts among those asked: a page would not have reached them either."""

    asked: int
    reached: int
    half_after: timedelta | None  # from the moment when the pages were due; None while fewer than half answered


def begin(tx: Connection, known: Drill, *, by: PersonId, at: datetime) -> None:
    """The pages are due once it can no longer be taken back. Raises `Refused` with what the plan lacks."""
    plan = kept_drills.one(tx, known.district, known.id, lock=True)
    state = LIFECYCLE.move(plan.state, "start", drill_plans.missing(tx, plan, at))
    begun = {"state": state, "started_at": at, "started_by": by}
    tx.execute(update(DRILL).where(DRILL.c.id == plan.id).values(**begun))
    for person in sorted(plan.takes_part):
        try:
            proving.send_test(tx, plan.district, person, at=at, by=by, wait=UNDO_FOR)
        except Refused:
            continue  # it is told of them, and the others are asked
    audit.record(tx, at=at, actor=by, action="reach test begun", subject=plan.id)


def end(tx: Connection, known: Drill, *, by: PersonId, at: datetime, undone: bool = False) -> None:
    """What came of it is written down, since test pages are swept out after a month. `undone`: nothing went out."""
    plan = kept_drills.one(tx, known.district, known.id, lock=True)
    if plan.state is not DrillState.RUNNING:
        raise Refused(Reason("DRILL", "This drill is not running"))
    if undone:
        _take_back(tx, plan, at)
        ended: dict[str, object] = dict.fromkeys(("started_at", "started_by"))
    else:
        found = reach(answers(tx, plan))
        half = None if found.half_after is None else round(found.half_after.total_seconds())
        ended = {"ended_at": at, "asked": found.asked, "reached": found.reached, "half_after": half}
    state = LIFECYCLE.move(plan.state, "undo" if undone else "end")
    tx.execute(update(DRILL).where(DRILL.c.id == plan.id).values(state=state, **ended))
    action = "reach test taken back" if undone else "reach test ended"
    audit.record(tx, at=at, actor=by, action=action, subject=plan.id)


def answers(tx: Connection, drill: Drill) -> list[Answer]:
    """Of everybody who takes part, those first who have not answered."""
    if drill.started_at is None:
        return []
    due = drill.started_at + UNDO_FOR
    found = [_answer(person, _pages(tx, drill, person), due) for person in drill.takes_part]
    return sorted(found, key=lambda each: (each.after is not None, each.after or timedelta(0), each.person))


def reach(found: list[Answer]) -> Reach:
    came = sorted(each.after for each in found if each.after is not None)
    half = -(-len(found) // 2)
    return Reach(asked=len(found), reached=len(came), half_after=came[half - 1] if 0 < half <= len(came) else None)


def _pages(tx: Connection, drill: Drill, person: PersonId) -> list[Errand]:
    assert drill.started_at is not None
    found = errands.lately(tx, person, ErrandKind.TEST, drill.started_at)
    return [each for each in found if each.made_at == drill.started_at]


def _answer(person: PersonId, pages: list[Errand], due: datetime) -> Answer:
    first = min((each for each in pages if each.answered_at is not None), key=attrgetter("answered_at"), default=None)
    return Answer(
        person=person,
        asked=bool(pages),
        left=any(each.outcome is AttemptOutcome.ACCEPTED for each in pages),
        failed=bool(pages) and all(each.done_at is not None for each in pages) and not _any_left(pages),
        after=None if first is None or first.answered_at is None else max(first.answered_at - due, timedelta(0)),
    )


def _any_left(pages: list[Errand]) -> bool:
    """An outcome that nobody knows may have left."""
    return any(each.outcome in (AttemptOutcome.ACCEPTED, AttemptOutcome.UNKNOWN) for each in pages)


def _take_back(tx: Connection, drill: Drill, at: datetime) -> None:
    assert drill.started_at is not None
    if at > drill.started_at + UNDO_FOR:
        raise Refused(Reason("DRILL", "The five seconds are over: test pages are on their way; end it instead"))
    ours = (ERRAND.c.kind == ErrandKind.TEST, ERRAND.c.made_at == drill.started_at, ERRAND.c.attempts == 0)
    tx.execute(delete(ERRAND).where(*ours, ERRAND.c.person.in_(sorted(drill.takes_part))))
