"""What a drill must have before it may begin, so that it practises without hurting (`protocols.md` 3; S49a to S49e).

No student plays anybody in it, and there is no place to name one: staff take part, and staff observe.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from crisis.drill_words import Capability, DrillType
from crisis.errors import Reason
from crisis.review_words import Capability as Changed
from crisis.vocabulary import PersonId, SchoolId, StaffRole

OPERATIONS_BASED = frozenset({DrillType.DRILL, DrillType.FUNCTIONAL, DrillType.FULL_SCALE})  # HSEEP, S48a
PARENTS_BEFORE = timedelta(days=5)  # S49d: in writing, at least so long before
SUPPORTS = frozenset({StaffRole.COUNSELOR, StaffRole.PSYCHOLOGIST, StaffRole.SOCIAL_WORKER, StaffRole.CLINICIAN})
MOST_OBJECTIVES, LONGEST_OBJECTIVE = 10, 300
MOST_MEMBERS = 400
KEPT = timedelta(days=3 * 366)  # S50e: records of drills, for three years
PRACTISED_AS = {  # which core capability shows whether a change of that kind holds; a design default
    Changed.RECOGNIZE: Capability.SITUATION,
    Changed.SUPERVISE: Capability.PROTECTION,
    Changed.ASSESS: Capability.HEALTH,
    Changed.REACH: Capability.COMMUNICATIONS,
    Changed.FAMILY: Capability.INFORMATION,
    Changed.LANGUAGE: Capability.INFORMATION,
    Changed.HANDOFF: Capability.HEALTH,
    Changed.FOLLOW_UP: Capability.RECOVERY,
    Changed.RECORDS: Capability.PLANNING,
    Changed.LEAD: Capability.COORDINATION,
}


class Speaker(StrEnum):
    """Whom a line of the script is spoken by, as a text to those who take part; nobody of them is real."""

    PARENT = "parent"
    TEACHER = "teacher"
    OFFICER = "officer"
    DISPATCHER = "dispatcher"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Of a script. `minute` from the start, None: by hand. `speaker` None: whoever runs it says or hands it out."""

    text: str
    minute: int | None = None
    speaker: Speaker | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """`item` is the improvement item that it was taken from. `id` None: it is not kept yet."""

    text: str
    capability: Capability
    item: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """As somebody typed it. `support` is who of behavioral health is there all the time.

    `crisis_type` None: of a reach test, which plays nothing.
    """

    school: SchoolId
    type: DrillType
    starts_at: datetime
    crisis_type: str | None
    objectives: tuple[Objective, ...] = ()
    scenario: str | None = None
    accommodations: str | None = None
    takes_part: frozenset[PersonId] = frozenset()
    observes: frozenset[PersonId] = frozenset()
    announced: bool = False
    parents_told_on: date | None = None
    support: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What is asked before the start. `day` is that of the school; `supports`: what the named support works as."""

    type: DrillType
    taking_part: int
    objectives: int
    scenario: bool
    announced: bool
    parents_told_on: date | None
    supports: frozenset[StaffRole] | None
    day: date


def practised(item: str, text: str, changed: Changed) -> Objective:
    """What an earlier review left open, as an objective; a long text is cut, and whoever plans may write it anew."""
    short = text if len(text) <= LONGEST_OBJECTIVE else f"{text[: LONGEST_OBJECTIVE - 1]}…"
    return Objective(text=short, capability=PRACTISED_AS[changed], item=item)


def malformed(plan: Plan) -> Iterator[Reason]:
    """Why it cannot be kept as it is; much may be missing still."""
    if plan.crisis_type is None and plan.type is not DrillType.REACH_TEST:
        yield Reason("DRILL", "Choose what is practiced; only a reach test plays nothing", at="kind")
    if len(plan.objectives) > MOST_OBJECTIVES:
        yield Reason("DRILL", "Keep to ten objectives; more than three are hard to watch")
    if any(len(each.text) > LONGEST_OBJECTIVE for each in plan.objectives):
        yield Reason("DRILL", "Keep each objective to 300 letters")
    if len(plan.takes_part) + len(plan.observes) > MOST_MEMBERS:
        yield Reason("DRILL", "At most 400 people take part in one drill")


MOST_LINES, LAST_MINUTE, LONGEST_SPOKEN = 60, 480, 300


def misspoken(script: Collection[Line], names: Collection[str]) -> Iterator[Reason]:
    """Why a script cannot be kept. `names` are those of the district's students: nobody real is played (I-22)."""
    if len(script) > MOST_LINES:
        yield Reason("DRILL", "Keep the script to 60 lines")
    if any(each.minute is not None and each.minute > LAST_MINUTE for each in script):
        yield Reason("DRILL", "Minutes go from 0 to 480")
    spoken = [each.text.casefold() for each in script if each.speaker is not None]
    if any(len(each) > LONGEST_SPOKEN for each in spoken):
        yield Reason("DRILL", "Keep what a simulated person says to 300 letters")
    if any(name.casefold() in each for each in spoken for name in names if " " in name):
        yield Reason("I-22", "A student of this district is named in what a simulated person says; make somebody up")


NOBODY = Reason("DRILL", "Choose who takes part")


def lacking(ready: Ready) -> list[Reason]:
    """What is still missing before it may begin; none: it may."""
    if ready.type is DrillType.REACH_TEST:
        return [] if ready.taking_part else [NOBODY]
    return [*_always(ready), *(_operations(ready) if ready.type in OPERATIONS_BASED else ())]


def _always(ready: Ready) -> Iterator[Reason]:
    if ready.taking_part == 0:
        yield NOBODY
    if ready.objectives == 0:
        yield Reason("DRILL", "Write at least one objective: what should go well")
    if not ready.scenario:
        yield Reason("DRILL", "Write the scenario: what those who take part are told")


def _operations(ready: Ready) -> Iterator[Reason]:
    if not ready.announced:
        yield Reason("DRILL", "Tell everybody who takes part beforehand; no drill comes as a surprise")
    told = ready.parents_told_on
    if told is None or told > ready.day - PARENTS_BEFORE:
        yield Reason("DRILL", "Tell the parents in writing at least 5 days before, and write down the day")
    if ready.supports is None:
        yield Reason("DRILL", "Name who of behavioral health is there all the time")
    elif not ready.supports & SUPPORTS:
        text = "Whoever is there for behavioral health is a counselor, psychologist, social worker or clinician"
        yield Reason("DRILL", text)
