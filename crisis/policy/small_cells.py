"""Counts by groups of students in which no small number stands, and none can be worked out (PR-67, PR-82).

A table is not shown with holes: groups that are too small are put together with others until every number of every row
is large enough, so each row is the sum of whole groups and the rows add up to the whole. Nothing less than a row can be
had from one table, however it is added and subtracted. What several tables give together is worked out here before any
is shown, knowing which combinations of groups there are; where a group that was put together with others could be told,
tables are left out until it cannot.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

FEWEST = 10  # `privacy-and-culture.md` 3.3, PR-67
_PRIME = 2**61 - 1  # numbers are added and divided modulo it: exact, and short


class ReportKind(StrEnum):
    """What is made once for a period, and is the same for everybody who may read it."""

    EQUITY = "equity"
    COMMUNITY = "community"  # of the school and the health center together


Partition = tuple[frozenset[str], ...]
Counts = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One student in one period. `groups` by attribute; `outcomes` by measure, which of its outcomes: from 0 on.

    A measure that is not there does not count them.
    """

    groups: Mapping[str, str]
    outcomes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`group` None: several groups together; which they are is not said."""

    group: str | None
    counts: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    attribute: str
    measure: str
    rows: tuple[Row, ...]
    partition: Partition = field(default=(), repr=False)  # what the rows are sums of; never leaves this room


def tables(
    cases: Sequence[Case], attributes: Sequence[str], measures: Mapping[str, int], *, fewest: int = FEWEST
) -> list[Table]:
    """All that may be shown of these cases, once and for all. `measures`: how many outcomes each has.

    The attribute that is named last is left out first. What is shown of one measure is never finer than what is shown
    of those before it: else the same students, added up in two ways, would tell a group apart.
    """
    kept = list(attributes)
    while kept:
        found = [table for attribute in kept for table in _of_attribute(cases, attribute, measures, fewest)]
        if not any(_tells(cases, [each for each in found if each.measure == measure], measure) for measure in measures):
            return found
        kept.pop()
    return []


def _of_attribute(cases: Sequence[Case], attribute: str, measures: Mapping[str, int], fewest: int) -> list[Table]:
    found: list[Table] = []
    for measure, outcomes in measures.items():
        counts = counted(cases, attribute, measure, outcomes)
        before = found[-1].partition if found else tuple(frozenset({group}) for group in sorted(counts))
        partition = put_together(counts, before, fewest=fewest)
        if partition:
            rows = tuple(_row(block, counts) for block in _sorted(partition))
            found.append(Table(attribute=attribute, measure=measure, rows=rows, partition=partition))
    return found


def counted(cases: Sequence[Case], attribute: str, measure: str, outcomes: int) -> dict[str, Counts]:
    """Every group that anybody is in, also where the measure counts none of them."""
    found = {case.groups[attribute]: [0] * outcomes for case in cases if attribute in case.groups}
    for case in cases:
        if attribute in case.groups and measure in case.outcomes:
            found[case.groups[attribute]][case.outcomes[measure]] += 1
    return {group: tuple(counts) for group, counts in found.items()}


def put_together(counts: Mapping[str, Counts], before: Partition, *, fewest: int = FEWEST) -> Partition:
    """The blocks of `before`, those that are too small as one with others. Empty: there is too little of it all."""
    large = [block for block in before if _least(block, counts) >= fewest]
    small = [block for block in before if block not in large]
    if small:  # what is together already stays so: at most one row is of several groups
        small += [block for block in large if len(block) > 1]
        large = [block for block in large if len(block) == 1]
    while small and large and (_least(_union(small), counts) < fewest):
        nearest = min(large, key=lambda block: (_least(block, counts), sorted(block)))
        large.remove(nearest)
        small.append(nearest)
    if small and (_least(_union(small), counts) < fewest):
        return ()
    return (*large, *([_union(small)] if small else []))


def _union(blocks: Collection[frozenset[str]]) -> frozenset[str]:
    return frozenset(group for block in blocks for group in block)


def _sum(block: Collection[str], counts: Mapping[str, Counts]) -> Counts:
    return tuple(map(sum, zip(*(counts[group] for group in block), strict=True)))


def _least(block: Collection[str], counts: Mapping[str, Counts]) -> int:
    return min(_sum(block, counts), default=0)


def _row(block: frozenset[str], counts: Mapping[str, Counts]) -> Row:
    return Row(group=next(iter(block)) if len(block) == 1 else None, counts=_sum(block, counts))


def _sorted(partition: Partition) -> list[frozenset[str]]:
    return sorted(partition, key=lambda block: (len(block) > 1, sorted(block)))


def _tells(cases: Sequence[Case], found: Sequence[Table], measure: str) -> bool:
    support = [case.groups for case in cases if measure in case.outcomes]
    return tells({each.attribute: each.partition for each in found}, support)


def tells(partitions: Mapping[str, Partition], support: Sequence[Mapping[str, str]]) -> bool:
    """Whether a group that stands with others in a row follows from all rows of all attributes together.

    `support`: which combinations of groups there are. Whoever solves it is given those; as somebody is in each of them,
    that no number is below zero tells them no more.
    """
    attributes = list(partitions)
    cells = sorted({tuple(groups.get(each, "") for each in attributes) for groups in support})
    rows = [
        [int(cell[number] in block) for cell in cells]
        for number, attribute in enumerate(attributes)
        for block in partitions[attribute]
    ]
    basis = _reduced(rows)
    hidden = (
        [int(cell[number] == group) for cell in cells]
        for number, attribute in enumerate(attributes)
        for block in partitions[attribute]
        if len(block) > 1
        for group in block
    )
    return any(any(each) and not any(_less(each, basis)) for each in hidden)


def _reduced(rows: Sequence[Sequence[int]]) -> dict[int, list[int]]:
    """By the place of its first number, which is 1: rows of which each other one is a sum."""
    basis: dict[int, list[int]] = {}
    for row in rows:
        rest = _less(row, basis)
        first = next((place for place, number in enumerate(rest) if number), None)
        if first is not None:
            inverse = pow(rest[first], -1, _PRIME)
            basis[first] = [number * inverse % _PRIME for number in rest]
    return basis


def _less(row: Sequence[int], basis: Mapping[int, Sequence[int]]) -> list[int]:
    """What is left of it without what those rows can make."""
    rest = list(row)
    for first in sorted(basis):
        if factor := rest[first]:
            rest = [(number - factor * other) % _PRIME for number, other in zip(rest, basis[first], strict=True)]
    return rest
