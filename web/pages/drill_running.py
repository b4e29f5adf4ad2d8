"""A drill as it runs, for whoever runs it: the script, the clock, and what the protocol expects by now."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from crisis.drill_words import DrillId, DrillState, DrillType
from crisis.statemachine.drill import UNDO_FOR
from crisis.store import drill_scripts, drill_texts, incidents, people, protocols, sealed
from crisis.store.drill_scripts import Inject
from crisis.store.kept_drills import Drill
from crisis.store.upcoming import NextStep, next_steps
from crisis.vocabulary import WordsId
from web import drill_orders, words
from web.deps import Desk
from web.forms import FRESH, FormState
from web.pages import drill_reach
from web.pages.frame import console
from web.rendering import translations
from web.words_of_drills import SPEAKERS, STATES, TYPES

EXPECTED = 12  # lines of what is due next
STEPS = (5, 15, 60)  # minutes by which the clock of a tabletop is put on


@dataclass(frozen=True, slots=True)
class Said:
    """`texts`: to how many telephones it went; None: somebody who takes part wrote it."""

    who: str
    words: str
    at: datetime
    texts: int | None


def show_control(desk: Desk, drill: DrillId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    seen = drill_orders.run_by(desk, drill)
    known = seen.drill
    if not known.plays:
        return drill_reach.show(desk, seen, problem, status)
    translate = translations(desk.language).gettext
    played = desk.at + timedelta(minutes=known.ahead)
    elapsed = None if known.started_at is None else played - known.started_at
    with desk.store.read() as tx:
        script = drill_scripts.of(tx, drill)
        said = sealed.read(tx, desk.store.keys, [each.words for each in script])
        expected, talk = _expected(tx, known), conversation(tx, desk, drill)
    values: dict[str, object] = {
        "here": "drills",
        "zone": seen.zone,
        "drill": known,
        "tag": (STATES[known.state][1], translate(STATES[known.state][0])),
        "school": seen.school.name,
        "type": translate(TYPES[known.type][0]),
        "running": known.state is DrillState.RUNNING,
        "tabletop": known.type is DrillType.TABLETOP,
        "played": played,
        "undo_until": None if known.started_at is None else known.started_at + UNDO_FOR,
        "elapsed": elapsed,
        "lines": [line_of(each, said, elapsed, desk) for each in script],
        "talk": talk,
        "expected": [(each, each.due_at is not None and each.due_at < played) for each in expected],
        "steps": STEPS,
    }
    path = f"/drills/{drill}/control"
    return console(desk, "pages/drill_control.html", values, path=path, status=status, problem=problem)


def as_typed(inject: Inject, said: dict[WordsId, str]) -> str:
    """The line of the script as it stands in the form: its minute, who is simulated, and the words."""
    minute = "" if inject.minute is None else f"{inject.minute} "
    return f"{minute}{'' if inject.speaker is None else f'@{inject.speaker} '}{said.get(inject.words, '')}"


def conversation(tx: Connection, desk: Desk, drill: DrillId) -> list[Said]:
    """What simulated people said and what came back, in order; who wrote is told by what they work as."""
    translate = translations(desk.language).gettext
    texts = drill_texts.of(tx, drill)
    said = sealed.read(tx, desk.store.keys, [each.words for each in texts])
    wrote = people.actors(tx, {each.person for each in texts if each.inject is None})
    spoken = Counter(each.inject for each in texts)
    lines: dict[str, Said] = {}
    for each in texts:
        posts = wrote[each.person].posts if each.person in wrote else frozenset()
        name = ", ".join(translate(words.of(post)) for post in sorted(posts))
        if each.speaker is not None:
            name = translate(SPEAKERS[each.speaker])
        told = None if each.inject is None else spoken[each.inject]
        lines.setdefault(each.inject or each.id, Said(name, said.get(each.words, ""), each.at, told))
    return list(lines.values())


def line_of(inject: Inject, said: dict[WordsId, str], elapsed: timedelta | None, desk: Desk) -> dict[str, object]:
    """`due`: its minute has come, and nobody has given it out."""
    come = inject.minute is not None and elapsed is not None and elapsed >= timedelta(minutes=inject.minute)
    return {
        "id": inject.id,
        "minute": inject.minute,
        "words": said.get(inject.words, ""),
        "speaker": None if inject.speaker is None else translations(desk.language).gettext(SPEAKERS[inject.speaker]),
        "done_at": inject.done_at,
        "due": come and inject.done_at is None,
    }


def _expected(tx: Connection, drill: Drill) -> list[NextStep]:
    """What the protocol wants next, as the played incident stands."""
    if drill.incident is None or drill.state is not DrillState.RUNNING:
        return []
    incident = incidents.load(tx, drill.incident)
    protocol, ground = protocols.by_hash(tx, incident.protocol_hash), people.ground(tx, incident.school)
    return list(next_steps(incident, protocol, ground))[:EXPECTED]
