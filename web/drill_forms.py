"""The forms of drills, and what each becomes."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from crisis.drill_words import AlertMethod, Capability, DrillProblem, DrillType, Situation
from crisis.errors import Reason, Refused
from crisis.policy.drilling import Line, Objective, Plan, Speaker
from crisis.store.drill_records import Figures
from crisis.vocabulary import PersonId, SchoolId
from web.forms import Sent, in_zone
from web.words import N_

Mark = Literal["1", "2", "3", "4", "5"]
_LINE = re.compile(r"(\d{1,3})[.:)]?\s+(.+)")
_SPOKEN = re.compile(r"@(\w+)[.:]?\s+(.+)")
SPEAKERS = {each.value: each for each in Speaker} | {
    "familia": Speaker.PARENT,
    "docente": Speaker.TEACHER,
    "agente": Speaker.OFFICER,
    "central": Speaker.DISPATCHER,
}


class DrillForm(Sent):
    school: str = Field(title=N_("Which school?"))
    type: DrillType = Field(title=N_("How much is practiced?"))
    starts_at: datetime = Field(title=N_("Day and time"))
    kind: str | None = Field(default=None, title=N_("What is practiced?"))
    scenario: str | None = Field(default=None, title=N_("Scenario"))
    objectives: dict[str, str] = Field(default_factory=dict, title=N_("Objectives"))
    capabilities: dict[str, Capability] = Field(default_factory=dict, title=N_("Core capability"))
    items: dict[str, str] = Field(default_factory=dict)
    carry: frozenset[str] = Field(default=frozenset(), title=N_("Left open by earlier reviews"))
    takes_part: frozenset[str] = Field(default=frozenset(), title=N_("Who takes part?"))
    observes: frozenset[str] = Field(default=frozenset(), title=N_("Who observes?"))
    announced: Literal["yes", "no"] = "no"
    parents_told_on: date | None = Field(default=None, title=N_("On which day were the parents told in writing?"))
    support: str | None = Field(default=None, title=N_("Who of behavioral health is there?"))
    accommodations: str | None = Field(default=None, title=N_("Accommodations"))
    script: str | None = Field(default=None, title=N_("Script"))

    def plan(self, zone: str, carried: Sequence[Objective] = ()) -> Plan:
        """`carried`: objectives that come from earlier reviews, after those that were written."""
        starts_at = in_zone(self.starts_at, zone)
        assert starts_at is not None
        return Plan(
            school=SchoolId(self.school),
            type=self.type,
            starts_at=starts_at,
            crisis_type=self.kind,
            objectives=(*self._written(), *carried),
            scenario=self.scenario,
            accommodations=self.accommodations,
            takes_part=frozenset(PersonId(each) for each in self.takes_part),
            observes=frozenset(PersonId(each) for each in self.observes - self.takes_part),
            announced=self.announced == "yes",
            parents_told_on=self.parents_told_on,
            support=None if self.support is None else PersonId(self.support),
        )

    def _written(self) -> Iterator[Objective]:
        for turn, text in sorted(self.objectives.items(), key=lambda each: each[0].rjust(3)):
            capability = self.capabilities.get(turn, Capability.COORDINATION)
            yield Objective(text=text, capability=capability, item=self.items.get(turn))

    def lines(self) -> list[Line]:
        """One for each line: a number in front is its minute, then who is simulated; without one it is given by hand.

        Raises `Refused` for a simulated person whom nobody knows.
        """
        found = [line.strip() for line in (self.script or "").splitlines() if line.strip()]
        timed = [(_LINE.fullmatch(line), line) for line in found]
        return [_spoken(None, line) if match is None else _spoken(int(match[1]), match[2]) for match, line in timed]


def _spoken(minute: int | None, said: str) -> Line:
    match = _SPOKEN.fullmatch(said)
    if match is None:
        return Line(text=said, minute=minute)
    speaker = SPEAKERS.get(match[1].casefold())
    if speaker is None:
        raise Refused(Reason("DRILL", N_("Simulated people are @parent, @teacher, @officer and @dispatcher")))
    return Line(text=match[2], minute=minute, speaker=speaker)


class PutOn(Sent):
    minutes: int = Field(title=N_("Minutes"))


class Given(Sent):
    line: str


class TimeNow(Sent):
    what: Literal["protective_at", "accounted_at"]


class IsReal(Sent):
    place: str | None = Field(default=None, title=N_("Where should people go?"))


class RecordForm(Sent):
    situation: Situation = Field(title=N_("What was the school doing?"))
    alert: AlertMethod = Field(title=N_("How did people learn of it?"))
    hot_wash_at: datetime | None = Field(default=None, title=N_("When was the hot wash?"))
    posted_on: date | None = Field(default=None, title=N_("On which day was the record posted?"))
    students: int = Field(title=N_("How many students were in the building?"))
    staff: int = Field(title=N_("How many staff took part?"))
    distressed: int = Field(title=N_("For how many was it too much?"))
    looked_after: int = Field(title=N_("With how many of them did somebody talk?"))
    problems: frozenset[DrillProblem] = Field(default=frozenset(), title=N_("What went wrong?"))
    conditions: str | None = Field(default=None, title=N_("Conditions"))
    notes: str | None = Field(default=None, title=N_("Notes of the hot wash"))

    def figures(self, zone: str) -> Figures:
        return Figures(
            situation=self.situation,
            alert=self.alert,
            hot_wash_at=in_zone(self.hot_wash_at, zone),
            posted_on=self.posted_on,
            students=self.students,
            staff=self.staff,
            distressed=self.distressed,
            looked_after=self.looked_after,
            problems=self.problems,
        )


class FeedbackForm(Sent):
    knew_what_to_do: Mark = Field(title=N_("I knew what to do"))
    felt_safe: Mark = Field(title=N_("I felt safe"))
    words: str | None = Field(default=None, title=N_("What should change?"))
