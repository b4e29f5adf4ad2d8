"""A review to take along: the same facts for print, as JSON, and as rows of a CSV file. Of a drill each says so."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from crisis.review.review import Review
from crisis.review.written import Objective
from crisis.review_words import EntryKind
from crisis.store.improvements import Item
from web.review_orders import Opened

Fact = str | int | bool | None
COLUMNS = ("part", "number", "measure", "value")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What somebody takes. `figures` None: their view of the incident does not list all that these are made of."""

    found: Opened
    figures: Review | None


def content(taken: Taken) -> dict[str, object]:
    """Everything, by codes and UTC times; what people wrote stands in it as they wrote it."""
    kept, found = taken.found.kept, taken.found
    return {
        "review": {
            "mode": found.incident.mode.value,
            "incident": found.incident.id,
            "school": found.school.name,
            "protocol": found.protocol.id,
            "version": found.protocol.version,
            "state": kept.state.value,
            "causes": [each.value for each in kept.causes],
            "due_at": _at(kept.due_at),
            "signed_at": _at(kept.signed_at),
            "closed_at": _at(kept.closed_at),
        },
        "objectives": [_objective(taken.found, each) for each in found.observed],
        "written": [{"kind": each.kind.value, "text": each.text} for each in found.entries if each.objective is None],
        "items": [_item(each) for each in found.items],
        **({} if taken.figures is None else _figures(taken.figures)),
    }


def _objective(found: Opened, objective: Objective) -> dict[str, object]:
    seen, planned = found.observed[objective], found.aims.get(objective)
    mine = [each for each in found.entries if each.objective == objective]
    return {
        "objective": str(objective),
        **({} if planned is None else {"text": planned.text, "capability": planned.capability.value}),
        "rating": seen.rating.value if seen.rating is not None else None,
        "strengths": [each.text for each in mine if each.kind is EntryKind.STRENGTH],
        "areas": [{"text": each.text, "cause": each.cause} for each in mine if each.kind is EntryKind.AREA],
    }


def _item(item: Item) -> dict[str, Fact]:
    return {
        "capability": item.capability.value,
        "element": item.element.value,
        "change": item.text,
        "starts_on": item.starts_on.isoformat(),
        "due_on": item.due_on.isoformat(),
        "state": item.state.value,
        "evidence": item.evidence,
        "verified_at": _at(item.verified_at),
    }


def _figures(found: Review) -> dict[str, object]:
    return {
        "milestones": [{"milestone": each.milestone.value, "seconds": each.seconds} for each in found.lengths],
        "deadlines": [
            {
                "step": each.step.id,
                "deadline": each.deadline,
                "turn": each.turn,
                "kind": each.kind.value,
                "due_at": _at(each.due_at),
                "done_at": _at(each.done_at),
                "kept": each.kept.value,
            }
            for each in found.expected
        ],
        "pages": [
            {
                "role": each.role.value,
                "urgency": each.urgency.value,
                "state": each.state.value,
                "seconds_to_send": each.seconds(each.sent_at),
                "seconds_to_deliver": each.seconds(each.delivered_at),
                "seconds_to_accept": each.seconds(each.accepted_at),
                "seconds_to_arrive": each.seconds(each.arrived_at),
                "levels": each.levels,
                "tries": each.tries,
                "failed": each.failed,
            }
            for each in found.pages
        ],
        "totals": {
            "seconds_without_an_adult": found.gap,
            "tries_to_reach_a_guardian": found.tries,
            "exceptions": len(found.exceptions),
            "in_their_language": found.in_their_language.count,
            "in_their_language_of": found.in_their_language.of,
        },
    }


def rows(facts: dict[str, object]) -> str:
    """One fact a row: its part, the number within the part from 1 on, what it is, and the value."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(row for part in facts for row in _rows_of(part, facts[part]))
    return out.getvalue()


def _rows_of(part: str, found: object) -> Iterator[tuple[str, int, str, str]]:
    for number, each in enumerate(found if isinstance(found, list) else [found], start=1):
        for measure, value in _flat(each):
            yield part, number, measure, _cell(value)


def _flat(found: object, name: str = "") -> Iterator[tuple[str, object]]:
    """What lies deeper is named by the way to it, with points between."""
    if isinstance(found, dict):
        for key, value in found.items():
            yield from _flat(value, f"{name}.{key}" if name else key)
    elif isinstance(found, list):
        for number, value in enumerate(found, start=1):
            yield from _flat(value, f"{name}.{number}")
    else:
        yield name, found


def _cell(value: object) -> str:
    """What a spreadsheet would take for a formula is a text to it (CWE-1236). Empty: not in the record."""
    said = "" if value is None else str(value)
    return f"'{said}" if said.startswith(FORMULA) else said


def _at(when: datetime | None) -> str | None:
    return None if when is None else when.isoformat()
