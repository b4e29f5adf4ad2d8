"""Many incidents that grew out of one are one place on the board: counted, the worst first, the rest a page away."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crisis.store.queries import BoardRow
from crisis.vocabulary import IncidentId

FEW = 5  # so many stand on the board by themselves
SHOWN = 3  # of more than that


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """`rows` in the order of the board; `late` counts those with something overdue."""

    parent: BoardRow
    rows: tuple[BoardRow, ...]
    late: int

    @property
    def worst(self) -> tuple[BoardRow, ...]:
        return self.rows[:SHOWN]


def gathered(open_rows: Sequence[BoardRow], closed: Sequence[BoardRow], now: datetime) -> list[BoardRow | Together]:
    """In the order of the board: a group stands where the most pressing of it would.

    Only under an incident that this person sees too: the way to the rest leads through it.
    """
    parents = {row.incident.id: row for row in (*closed, *open_rows)}
    grown = defaultdict[IncidentId, list[BoardRow]](list)
    for row in open_rows:
        if row.incident.linked_to in parents:
            grown[row.incident.linked_to].append(row)
    groups = {parent: rows for parent, rows in grown.items() if len(rows) > FEW}
    found: list[BoardRow | Together] = []
    for row in open_rows:
        group = groups.get(row.incident.linked_to) if row.incident.linked_to is not None else None
        if group is None:
            found.append(row)
        elif row is group[0]:
            found.append(_together(parents, group, now))
    return found


def _together(parents: Mapping[IncidentId, BoardRow], group: Sequence[BoardRow], now: datetime) -> Together:
    assert group[0].incident.linked_to is not None
    late = [row for row in group if row.next is not None and row.next.due_at is not None and row.next.due_at < now]
    return Together(parent=parents[group[0].incident.linked_to], rows=tuple(group), late=len(late))
