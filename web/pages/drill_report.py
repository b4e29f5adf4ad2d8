"""What a state asks to be kept of a drill, and the form for it once it is over. It prints as it stands."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from crisis.drill_words import DrillId
from crisis.store import drill_records, drill_scripts, improvements, people, protocols, sealed
from crisis.store.drill_records import Feedback, Record
from crisis.store.drill_scripts import Inject
from crisis.store.kept_drills import Drill
from crisis.vocabulary import WordsId
from web import drill_orders, words
from web.deps import Desk
from web.forms import FRESH, FormState
from web.pages.drill_running import conversation, line_of
from web.pages.frame import console
from web.rendering import translations
from web.words_of_drills import ALERTS, CAPABILITIES, ENDS, PROBLEMS, SITUATIONS, STATES, TYPES


def show_report(desk: Desk, drill: DrillId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    seen = drill_orders.run_by(desk, drill)
    drill_orders.look(desk, drill)
    known = seen.drill
    with desk.store.read() as tx:
        record, told = drill_records.of(tx, drill), drill_records.feedback(tx, drill)
        script = drill_scripts.of(tx, drill)
        said = sealed.read(tx, desk.store.keys, _written(known, record, told, script))
        values, talk = _plan(tx, desk, known), conversation(tx, desk, drill)
    values |= _record(desk, record, seen.zone) | {
        "here": "drills",
        "zone": seen.zone,
        "drill": known,
        "school": seen.school.name,
        "said": said,
        "told": told,
        "half_after": None if known.half_after is None else timedelta(seconds=known.half_after),
        "lines": [line_of(each, said, None, desk) for each in script],
        "talk": talk,
        "may_write": known.state in drill_records.AFTER,
    }
    path = f"/drills/{drill}/report"
    return console(desk, "pages/drill_report.html", values, path=path, status=status, problem=problem)


def _plan(tx: Connection, desk: Desk, drill: Drill) -> dict[str, object]:
    """Who took part is told by what they work as: a record of a drill is posted."""
    translate = translations(desk.language).gettext
    named = people.names(tx, [each for each in (drill.support, drill.started_by) if each is not None])
    kind = protocols.kinds(tx, desk.actor.district, desk.at).get(drill.crisis_type or "")
    posts = {
        person: ", ".join(translate(words.of(post)) for post in sorted(found.posts))
        for person, found in people.actors(tx, [*drill.members]).items()
    }
    return {
        "type": translate(TYPES[drill.type][0]),
        "tag": (STATES[drill.state][1], translate(STATES[drill.state][0])),
        "kind": None if kind is None else kind.in_language(desk.language),
        "ended": None if drill.ended_as is None else translate(ENDS[drill.ended_as]),
        "aims": aims_of(tx, desk, drill),
        "took_part": sorted(Counter(posts.get(each, "") for each in drill.takes_part).items()),
        "observed": len(drill.observes),
        "opted_out": len(drill.opted_out),
        "support": None if drill.support is None else named.get(drill.support),
        "run_by": None if drill.started_by is None else named.get(drill.started_by),
    }


def aims_of(tx: Connection, desk: Desk, drill: Drill) -> list[tuple[str, str, bool, str | None]]:
    """What it is to show; whether an earlier review left that open, and the item, as long as that is kept."""
    translate = translations(desk.language).gettext
    known = improvements.kept(tx, [each.item for each in drill.objectives if each.item is not None])
    return [
        (
            each.text,
            translate(CAPABILITIES[each.capability]),
            each.item is not None,
            each.item if each.item in known else None,
        )
        for each in drill.objectives
    ]


def _record(desk: Desk, record: Record | None, zone: str) -> dict[str, object]:
    translate = translations(desk.language).gettext
    known = None if record is None else record.figures
    choices = {
        "situations": [(key.value, translate(text)) for key, text in SITUATIONS.items()],
        "alerts": [(key.value, translate(text)) for key, text in ALERTS.items()],
        "problems": [(key.value, translate(text)) for key, text in PROBLEMS.items()],
    }
    if known is None:
        return {**choices, "record": None, "figures": None, "chosen": (), "hot_wash": ""}
    return {
        **choices,
        "record": record,
        "figures": known,
        "situation": translate(SITUATIONS[known.situation]),
        "alert": translate(ALERTS[known.alert]),
        "found": [translate(text) for key, text in PROBLEMS.items() if key in known.problems],
        "chosen": [each.value for each in known.problems],
        "hot_wash": "" if known.hot_wash_at is None else _wall(known.hot_wash_at, zone),
    }


def _wall(when: datetime, zone: str) -> str:
    return when.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def _written(drill: Drill, record: Record | None, told: list[Feedback], script: list[Inject]) -> Iterator[WordsId]:
    kept = (None, None) if record is None else (record.conditions, record.notes)
    more = (*(each.words for each in told), *(each.words for each in script))
    yield from (each for each in (drill.scenario, drill.accommodations, *kept, *more) if each is not None)
