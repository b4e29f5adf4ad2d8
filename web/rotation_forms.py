"""The forms of rotations: people who take turns, as a browser posts them, and back from a rotation into the form."""

import hashlib
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Annotated, Literal

from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, Field

from crisis.schedules.rota import Handover, Rotation, Slot, daily, weekly
from crisis.store.rotation_plans import weekly_or_daily
from crisis.vocabulary import Covers, PersonId, Role, SchoolId
from web.forms import Sent
from web.oncall_forms import YEARS, Id
from web.oncall_orders import id_from
from web.words import N_

DAY = timedelta(days=1)
LEAST_SHOWN = 4  # places for people
MOST_PEOPLE = 20
HANDOVERS_UNREAD = N_("Write one handover a line: the day of the pattern and the time, as in 1 08:00.")

Pattern = Literal["daily", "weekly", "custom"]


def on_the_wall(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("a time on the wall has no zone")
    return at


def of_this_century(day: date) -> date:
    if day.year not in YEARS:
        raise ValueError("not in this century")
    return day


WallTime = Annotated[time, AfterValidator(on_the_wall)]
Day = Annotated[date, AfterValidator(of_this_century)]


class RotationForm(Sent):
    """`school` is the page's, whose clock counts; `rotation` is the one that is changed, if any."""

    school: Id
    rotation: Id | None = None
    place: Literal["school", "district"] = Field(title=N_("For whom?"))
    role: Role = Field(title=N_("Role"))
    level: int = Field(ge=1, le=21, title=N_("Level"))
    pattern: Pattern = Field(title=N_("How do turns change?"))
    at: WallTime = Field(title=N_("Turns begin at"))
    days: int | None = Field(default=None, ge=1, le=366, title=N_("After how many days does the pattern repeat?"))
    handovers: str | None = Field(default=None, max_length=1000, title=N_("Handovers in the pattern"))
    starts_on: Day = Field(title=N_("First day"))
    ends_on: Day | None = Field(default=None, title=N_("Last day"))
    covers: Covers = Field(title=N_("In which hours does it count?"))
    people: dict[str, Id] = Field(default_factory=dict, max_length=MOST_PEOPLE, title=N_("Who takes turns"))
    previewed: str | None = None

    def slot(self) -> Slot:
        where = SchoolId(self.school) if self.place == "school" else None
        return Slot(school=where, role=self.role, level=self.level - 1)

    def in_turn(self) -> list[tuple[str, PersonId]]:
        """The field and the person, in the order of the form."""
        return [(f"people.{n}", PersonId(self.people[n])) for n in sorted(self.people, key=_number)]

    def turns(self, zone: str) -> Rotation:
        cycle, handovers = self._cycle()
        return Rotation(
            id=self.rotation or id_from(self.key),
            people=tuple(person for _, person in self.in_turn()),
            zone=zone,
            starts_on=self.starts_on,
            cycle_days=cycle,
            handovers=handovers,
            covers=self.covers,
            ends_on=self.ends_on + DAY if self.ends_on is not None else None,
        )

    def _cycle(self) -> tuple[int, tuple[Handover, ...]]:
        match self.pattern:
            case "daily":
                return daily(self.at)
            case "weekly":
                return weekly(self.at)
            case _:
                written = tuple(sorted({*handovers_in(self.handovers)})) if self.handovers else ()
                return self.days or 1, written or (Handover(0, self.at),)


def _number(place: str) -> int:
    return int(place) if place.isascii() and place.isdigit() else MOST_PEOPLE


def handovers_in(written: str) -> Iterator[Handover]:
    """`1 08:00` is the first day of the pattern."""
    for line in filter(None, (each.strip() for each in written.splitlines())):
        day, _, at = line.partition(" ")
        try:
            yield Handover(int(day) - 1, on_the_wall(time.fromisoformat(at.strip())))
        except ValueError as error:
            unread = {"loc": ("body", "handovers"), "msg": HANDOVERS_UNREAD, "type": "handovers"}
            raise RequestValidationError([unread]) from error


def digest(slot: Slot, turns: Rotation) -> str:
    """What was previewed; what is saved must be the same."""
    said = (slot, turns.people, turns.zone, turns.starts_on, turns.ends_on, turns.cycle_days, turns.handovers)
    return hashlib.sha256(repr((said, turns.covers)).encode()).hexdigest()[:24]


def filled_in(slot: Slot, turns: Rotation, school: SchoolId) -> dict[str, tuple[str, ...]]:
    """The form as it would have been posted for this rotation."""
    pattern = weekly_or_daily(turns)
    fields = {
        "school": school,
        "rotation": turns.id,
        "place": "school" if slot.school is not None else "district",
        "role": slot.role.value,
        "level": str(slot.level + 1),
        "pattern": pattern,
        "at": f"{turns.handovers[0].at:%H:%M}",
        "starts_on": turns.starts_on.isoformat(),
        "ends_on": (turns.ends_on - DAY).isoformat() if turns.ends_on is not None else "",
        "covers": turns.covers.value,
    }
    if pattern == "custom":
        fields["days"] = str(turns.cycle_days)
        fields["handovers"] = "\n".join(f"{each.day + 1} {each.at:%H:%M}" for each in turns.handovers)
    fields |= {f"people.{n}": person for n, person in enumerate(turns.people, start=1)}
    return {name: (value,) for name, value in fields.items() if value}


class EndRotation(Sent):
    school: Id
    last: Day = Field(title=N_("Last day"))
