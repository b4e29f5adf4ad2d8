"""Adds up by school and month what was kept of each incident and page; what was entered in error does not count.

Lengths come as one text a group: to fetch a row for each of 200,000 incidents takes longer than to add them up.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import assert_never

from sqlalchemy import ColumnElement, Connection, Row, Table, Text, and_, case, cast, func, select, true

from crisis.access_words import IncidentMark
from crisis.review.counted import MILESTONES
from crisis.review.spread import FAILED, Month, Paging, Spread
from crisis.review_words import Milestone
from crisis.store.access_tables import INCIDENT_MARK
from crisis.store.figure_tables import INCIDENT_FIGURE, PAGE_FIGURE
from crisis.vocabulary import DistrictId, Mode, PageState, SchoolId, Urgency

F, P = INCIDENT_FIGURE.c, PAGE_FIGURE.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which incidents: of these schools, opened in the months `since` to `until`, both inclusive, as in 2026-11."""

    district: DistrictId
    schools: Collection[SchoolId]
    mode: Mode
    since: str
    until: str


def months(tx: Connection, asked: Asked) -> list[Month]:
    """In the order of schools and months; where nothing was opened there is none."""
    counts = {
        "opened": func.count(),
        "still_open": _how_many(~F.over),
        "unfounded": _how_many(_marked(F.incident, IncidentMark.UNFOUNDED)),
        "alone": _how_many(F.gap > 0),
        **{name: func.sum(F[name]) for name in ("due", "kept", "follow_due", "follow_kept")},
    }
    which = _which(INCIDENT_FIGURE, asked)
    lengths = [part for each in Milestone for part in _length(each)]
    columns = [count.label(name) for name, count in counts.items()]
    query = select(F.school, F.month, *columns, *lengths).where(which).group_by(F.school, F.month)
    return [
        Month(
            school=row.school,
            month=row.month,
            **{name: int(getattr(row, name)) for name in counts},
            lengths={each: _spread(row, each.value) for each in Milestone},
        )
        for row in tx.execute(query.order_by(F.school, F.month))
    ]


def pages(tx: Connection, asked: Asked) -> list[Paging]:
    """In the order of schools, months and urgencies."""
    taken, nobody = P.state == PageState.ACCEPTED, P.state.in_(FAILED)
    counts = {
        "asked": func.count(),
        "first": _how_many(and_(taken, P.levels <= 1)),
        "later": _how_many(and_(taken, P.levels > 1)),
        "nobody": _how_many(nobody),
        "called_off": _how_many(P.state == PageState.CANCELLED),
        "running": _how_many(P.state == PageState.PAGING),
        "unfounded": _how_many(_marked(P.incident, IncidentMark.UNFOUNDED)),
        "tries": func.sum(P.tries),
        "failed": func.sum(P.failed),
    }
    open_ = P.state == PageState.PAGING
    missing = _how_many(and_(P.to_accepted.is_(None), ~open_)).label("missing_accepted")
    waiting = _how_many(and_(P.to_accepted.is_(None), open_)).label("waiting_accepted")
    columns = [count.label(name) for name, count in counts.items()]
    places = (P.school, P.month, P.urgency)
    text = _text(P.to_accepted).label("lengths_accepted")
    query = select(*places, *columns, text, missing, waiting).where(_which(PAGE_FIGURE, asked))
    return [
        Paging(
            school=row.school,
            month=row.month,
            urgency=Urgency(row.urgency),
            **{name: int(getattr(row, name)) for name in counts},
            accepted=_spread(row, "accepted"),
        )
        for row in tx.execute(query.group_by(*places).order_by(*places))
    ]


def _which(table: Table, asked: Asked) -> ColumnElement[bool]:
    found = table.c
    return and_(
        found.district == asked.district,
        found.mode == asked.mode,
        found.month.between(asked.since, asked.until),
        found.school.in_(sorted(asked.schools)),
        ~_marked(found.incident, IncidentMark.IN_ERROR),
    )


def _marked(incident: ColumnElement[str], kind: IncidentMark) -> ColumnElement[bool]:
    """Asked once for the whole query: few are marked."""
    return incident.in_(
        select(INCIDENT_MARK.c.incident).where(INCIDENT_MARK.c.kind == kind, INCIDENT_MARK.c.ended_at.is_(None))
    )


def _length(milestone: Milestone) -> tuple[ColumnElement[str], ColumnElement[int], ColumnElement[int]]:
    """What was reached, and of how many of those that could have been it was not. What never began is neither."""
    took = F[MILESTONES[milestone]]
    begun = and_(_begun(milestone), took.is_(None))
    return (
        _text(took).label(f"lengths_{milestone}"),
        _how_many(and_(begun, F.over)).label(f"missing_{milestone}"),
        _how_many(and_(begun, ~F.over)).label(f"waiting_{milestone}"),
    )


def _begun(milestone: Milestone) -> ColumnElement[bool]:
    match milestone:
        case Milestone.ARRIVED:
            return F.paged
        case Milestone.TIER:
            return F.to_asked.is_not(None)
        case Milestone.RELEASED:
            return F.to_guardian.is_not(None)
        case Milestone.HANDED_OFF:
            return F.offered
        case Milestone.SUPERVISED | Milestone.ASKED | Milestone.GUARDIAN | Milestone.SETTLED | Milestone.CLOSED:
            return true()
        case _:
            assert_never(milestone)


def _how_many(so: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((so, 1), else_=0))


def _text(seconds: ColumnElement[int]) -> ColumnElement[str]:
    return func.aggregate_strings(cast(seconds, Text), ",")


def _spread(row: Row[*tuple[object, ...]], name: str) -> Spread:
    told = getattr(row, f"lengths_{name}")
    lengths = sorted(map(int, told.split(","))) if told else []
    return Spread(
        lengths=tuple(lengths),
        missing=int(getattr(row, f"missing_{name}")),
        waiting=int(getattr(row, f"waiting_{name}")),
    )
