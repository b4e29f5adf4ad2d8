"""How each school stands with its drills, what the state asks, and the log of all of them, to print and as a table."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse, Response

from crisis.errors import NotFound
from crisis.policy.drill_calendar import NOBODY_KNOWS, STATES, Held, Place, StateRule, place
from crisis.store import audit, drill_records, kept_drills, policy_packs
from crisis.store.kept_drills import Drill
from crisis.store.people import SchoolView
from web import drill_orders, pdf
from web import words_of_drills as said
from web.deps import Desk
from web.pages.frame import console
from web.rendering import translations

HEAD = (
    "school",
    "day",
    "time",
    "type",
    "state",
    "began",
    "protected",
    "accounted",
    "ended",
    "posted",
    "asked",
    "reached",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One drill by the calendar of its school."""

    drill: Drill
    school: SchoolView
    posted_on: date | None

    @property
    def held(self) -> Held:
        zone, began = ZoneInfo(self.school.zone), self.drill.started_at
        return Held(
            state=self.drill.state,
            planned_on=self.drill.starts_at.astimezone(zone).date(),
            held_on=None if began is None else began.astimezone(zone).date(),
            posted_on=self.posted_on,
        )


def rows(desk: Desk) -> tuple[list[SchoolView], list[Row]]:
    """The schools where this person runs drills, and all drills there that are kept, the newest first."""
    own = {each.id: each for each in drill_orders.schools(desk)}
    if not own:
        raise NotFound
    with desk.store.read() as tx:
        found = [each for each in kept_drills.of_district(tx, desk.actor.district) if each.school in own]
        posted = drill_records.posted(tx, desk.actor.district)
    return list(own.values()), [
        Row(drill=each, school=own[each.school], posted_on=posted.get(each.id)) for each in found
    ]


def rule_of(desk: Desk) -> tuple[str, StateRule | None]:
    """By the pack that is in force; None: it is none of a state's, or of a state that nobody has looked at."""
    with desk.store.read() as tx:
        pack = policy_packs.in_force(tx, desk.actor.district, desk.at.date()).pack
    return pack.id, STATES.get(pack.id)


def show(desk: Desk) -> HTMLResponse:
    translate = translations(desk.language).gettext
    schools, log = rows(desk)
    pack, rule = rule_of(desk)
    values: dict[str, object] = {
        "here": "drills",
        "zone": schools[0].zone,
        "places": [(each.name, *_standing(desk, each, log, rule or NOBODY_KNOWS)) for each in schools],
        "log": [
            (
                row,
                translate(said.TYPES[row.drill.type][0]),
                (said.STATES[row.drill.state][1], translate(said.STATES[row.drill.state][0])),
            )
            for row in log
        ],
        "state": pack.removeprefix("us-").upper() if rule is not None else None,
        "rule": rule,
        "asks": [] if rule is None else [translate(said.ASKS[each]) for each in rule.asks],
    }
    return console(desk, "pages/drill_calendar.html", values, path="/drills/calendar")


def _standing(desk: Desk, school: SchoolView, log: list[Row], rule: StateRule) -> tuple[tuple[str, str], Place]:
    today = desk.at.astimezone(ZoneInfo(school.zone)).date()
    found = place((row.held for row in log if row.school.id == school.id and row.drill.plays), rule, today)
    words, tone = said.STANDINGS[found.standing]
    return (tone, translations(desk.language).gettext(words)), found


def table(desk: Desk) -> Response:
    """The log as CSV: times by the school's clock, codes as they are stored, so that a program can read it."""
    log = _taken(desk)
    text = io.StringIO()
    made = csv.writer(text)
    made.writerow(HEAD)
    made.writerows(_line(row) for row in log)
    return _file(text.getvalue().encode(), "csv", "text/csv; charset=utf-8")


def paper(desk: Desk) -> Response:
    """The calendar and the log as a PDF that can be read aloud, for a board or for the state."""
    _taken(desk)
    return _file(pdf.of_page(bytes(show(desk).body).decode(), at=desk.at), "pdf", "application/pdf")


def _taken(desk: Desk) -> list[Row]:
    _, log = rows(desk)
    with desk.store.write() as tx:
        audit.record(
            tx, at=desk.at, actor=desk.person, action="drill log taken", subject=desk.actor.district,
            detail={"drills": len(log)},
        )  # fmt: skip
    return log


def _file(body: bytes, ending: str, media_type: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="drills.{ending}"', "cache-control": "no-store"}
    return Response(body, media_type=media_type, headers=headers)


def _line(row: Row) -> Iterator[str]:
    zone, drill = ZoneInfo(row.school.zone), row.drill
    planned = drill.starts_at.astimezone(zone)
    name = row.school.name
    yield f"'{name}" if name[:1] in "=+-@\t\r" else name  # no cell is a formula
    yield from (planned.date().isoformat(), f"{planned:%H:%M}", drill.type.value, drill.state.value)
    for at in (drill.started_at, drill.protective_at, drill.accounted_at, drill.ended_at):
        yield "" if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    yield "" if row.posted_on is None else row.posted_on.isoformat()
    for number in (drill.asked, drill.reached):
        yield "" if number is None else str(number)
