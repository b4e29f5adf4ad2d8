"""Very many incidents as the figures keep them, put into the database at once; their logs are not there."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert

from crisis.review_words import Milestone
from crisis.store.figure_tables import INCIDENT_FIGURE, PAGE_FIGURE
from crisis.store.tables import INCIDENT
from crisis.vocabulary import DistrictId, Mode, PageState, SchoolId, StudentId, Urgency

AT_ONCE = 5000
STATE = '{"much":"' + "x" * 1500 + '"}'  # about as long as the state of an incident
ENDS = (PageState.ACCEPTED, PageState.ACCEPTED, PageState.ACCEPTED, PageState.EXHAUSTED, PageState.CANCELLED)
Rows = list[dict[str, object]]


def put_many(
    tx: Connection,
    district: DistrictId,
    schools: Sequence[SchoolId],
    count: int,
    *,
    until: datetime,
    months: int,
    students: Sequence[StudentId] = (),
    seed: int = 7,
) -> None:
    """Spread over as many months before `until`; a third of them had a page."""
    chance = random.Random(seed)
    for start in range(0, count, AT_ONCE):
        incidents, figures, pages = Rows(), Rows(), Rows()
        for number in range(start, min(start + AT_ONCE, count)):
            place = {"district": district, "school": chance.choice(schools), "mode": Mode.LIVE}
            opened = until - timedelta(days=chance.randrange(months * 30), minutes=chance.randrange(600))
            one = f"many-{seed}-{number:07}"
            student = chance.choice(students) if students else None
            incidents.append(_incident(one, place, opened, student))
            figures.append(_figure(one, place, opened, chance))
            pages += _pages(one, place, opened, chance)
        for table, rows in ((INCIDENT, incidents), (INCIDENT_FIGURE, figures), (PAGE_FIGURE, pages)):
            tx.execute(insert(table), rows)


def _incident(one: str, place: dict[str, object], opened: datetime, student: StudentId | None) -> dict[str, object]:
    return {
        **place,
        "id": one,
        "crisis_type": "suicide_ideation",
        "protocol": "suicide_risk",
        "version": "1",
        "protocol_hash": "0" * 64,
        "student": student,
        "phase": "closed",
        "custody": "released",
        "emergency": "inactive",
        "seq": 40,
        "opened_at": opened.astimezone(UTC),
        "closed_at": opened.astimezone(UTC) + timedelta(days=30),
        "state": STATE,
    }


def _figure(one: str, place: dict[str, object], opened: datetime, chance: random.Random) -> dict[str, object]:
    due, follow = chance.randrange(8), chance.randrange(4)
    lengths = {f"to_{each}": _length(chance, 60 * 4**number) for number, each in enumerate(Milestone)}
    return {
        **place,
        **lengths,
        "incident": one,
        "month": f"{opened:%Y-%m}",
        "seq": 40,
        "over": True,
        "offered": chance.random() < 0.5,
        "paged": True,
        "police": chance.random() < 0.1,
        "sent_home": chance.random() < 0.4,
        "wishes_met": chance.randrange(2),
        "wishes_unmet": chance.randrange(2),
        "gap": 60 if chance.random() < 0.03 else 0,
        "due": due,
        "kept": chance.randint(0, due),
        "follow_due": follow,
        "follow_kept": chance.randint(0, follow),
    }


def _length(chance: random.Random, usual: int) -> int | None:
    return None if chance.random() < 0.15 else min(int(chance.expovariate(1 / usual)) + 20, 90 * 86400)


def _pages(one: str, place: dict[str, object], opened: datetime, chance: random.Random) -> Iterator[dict[str, object]]:
    if chance.random() > 0.34:
        return
    state = chance.choice(ENDS)
    taken = state is PageState.ACCEPTED
    yield {
        **place,
        "incident": one,
        "page": "p-1",
        "month": f"{opened:%Y-%m}",
        "urgency": chance.choice(list(Urgency)),
        "state": state,
        "levels": chance.randint(1, 3),
        "tries": chance.randint(1, 6),
        "failed": chance.randrange(2),
        "to_sent": 3,
        "to_accepted": 20 + int(chance.expovariate(1 / 240)) if taken else None,
        "to_arrived": None,
    }
