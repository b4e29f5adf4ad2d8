"""Drills as they are kept: the plan, who takes part, how far it is, and the incident of its last run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from sqlalchemy import Connection, Table, select

from crisis.drill_words import DrillDuty, DrillEnd, DrillId, DrillState, DrillType
from crisis.errors import NotFound
from crisis.policy.drilling import Objective
from crisis.store.drill_tables import DRILL, MEMBER, OBJECTIVE, RUN
from crisis.store.people_tables import Found
from crisis.vocabulary import DistrictId, IncidentId, PersonId, SchoolId, WordsId

_PLAIN = (
    *("id", "district", "school", "type", "state", "starts_at", "crisis_type", "scenario", "accommodations"),
    *("announced", "parents_told_on", "support", "ahead", "planned_by", "planned_at"),
    *("started_by", "started_at", "protective_at", "accounted_at", "ended_at"),
    *("asked", "reached", "half_after"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """`incident` is that of the last run, as long as it is kept: 90 days after its end; the drill stays longer.

    `crisis_type` None: a reach test, which plays nothing; `half_after` is in seconds.
    """

    id: DrillId
    district: DistrictId
    school: SchoolId
    type: DrillType
    state: DrillState
    starts_at: datetime
    crisis_type: str | None
    scenario: WordsId | None
    accommodations: WordsId | None
    announced: bool
    parents_told_on: date | None
    support: PersonId | None
    ahead: int
    planned_by: PersonId
    planned_at: datetime
    started_by: PersonId | None
    started_at: datetime | None
    protective_at: datetime | None
    accounted_at: datetime | None
    ended_at: datetime | None
    asked: int | None
    reached: int | None
    half_after: int | None
    objectives: tuple[Objective, ...]
    members: Mapping[PersonId, DrillDuty]
    opted_out: Mapping[PersonId, datetime]
    incident: IncidentId | None
    ended_as: DrillEnd | None

    @property
    def plays(self) -> bool:
        """A protocol is practised; a reach test does not count as that (`drill_calendar`)."""
        return self.type is not DrillType.REACH_TEST

    @property
    def takes_part(self) -> frozenset[PersonId]:
        """Without those who opted out."""
        named = (person for person, duty in self.members.items() if duty is DrillDuty.TAKES_PART)
        return frozenset(named) - self.opted_out.keys()

    def aims_of(self, incident: IncidentId) -> tuple[Objective, ...]:
        """What its review rates; of a run that was taken back, or that grew out of another, nothing."""
        return self.objectives if incident == self.incident and self.ended_as is not DrillEnd.UNDONE else ()

    @property
    def observes(self) -> frozenset[PersonId]:
        return frozenset(person for person, duty in self.members.items() if duty is DrillDuty.OBSERVES)


def one(tx: Connection, district: DistrictId, drill: DrillId, *, lock: bool = False) -> Drill:
    """Raises `NotFound` also for another district's."""
    query = select(DRILL).where(DRILL.c.id == drill, DRILL.c.district == district)
    row = tx.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound
    return _read(tx, [row])[0]


def of_district(tx: Connection, district: DistrictId, *, since: datetime | None = None) -> list[Drill]:
    """The newest first."""
    which = [DRILL.c.district == district, *([] if since is None else [DRILL.c.starts_at >= since])]
    query = select(DRILL).where(*which).order_by(DRILL.c.starts_at.desc(), DRILL.c.id.desc())
    return _read(tx, tx.execute(query).all())


def of_incident(tx: Connection, incident: IncidentId) -> Drill | None:
    query = select(DRILL).join(RUN, RUN.c.drill == DRILL.c.id).where(RUN.c.incident == incident)
    row = tx.execute(query).one_or_none()
    return None if row is None else _read(tx, [row])[0]


def _read(tx: Connection, rows: Sequence[Found]) -> list[Drill]:
    ids = [row.id for row in rows]
    aims, members, runs = (_rows(tx, table, ids) for table in (OBJECTIVE, MEMBER, RUN))
    return [
        _drill(row, *([each for each in found if each.drill == row.id] for found in (aims, members, runs)))
        for row in rows
    ]


def _rows(tx: Connection, table: Table, ids: Sequence[str]) -> Sequence[Found]:
    return tx.execute(select(table).where(table.c.drill.in_(ids))).all() if ids else ()


def _drill(row: Found, aims: Sequence[Found], members: Sequence[Found], runs: Sequence[Found]) -> Drill:
    last = max((each for each in runs if each.first), key=attrgetter("began_at", "incident"), default=None)
    return Drill(
        **{name: getattr(row, name) for name in _PLAIN},
        objectives=tuple(
            Objective(text=each.text, capability=each.capability, item=each.item, id=each.id)
            for each in sorted(aims, key=attrgetter("position"))
        ),
        members={each.person: each.duty for each in members},
        opted_out={each.person: each.opted_out_at for each in members if each.opted_out_at is not None},
        incident=None if last is None else last.incident,
        ended_as=None if last is None else last.ended_as,
    )
