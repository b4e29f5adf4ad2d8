"""A reach test as it runs, for whoever runs it: who has answered the test page, and who has not."""

from datetime import timedelta

from fastapi.responses import HTMLResponse, Response
from starlette.requests import Request

from crisis.drill_words import DrillId, DrillState
from crisis.errors import NotFound
from crisis.statemachine.drill import UNDO_FOR
from crisis.store import people, reach_tests
from crisis.store.reach_tests import Answer
from web import drill_orders
from web.deps import Desk
from web.drill_orders import Seen
from web.forms import FormState
from web.pages.frame import console
from web.pages.parts import part
from web.rendering import Language, translations
from web.words import N_
from web.words_of_drills import STATES, TYPES

NOT_ASKED = (N_("no number, or asked too often in the last hour"), "late")
FAILED = (N_("neither text nor call could be sent"), "late")
ON_ITS_WAY = (N_("on its way"), "mute")
NO_ANSWER = (N_("no answer yet"), "warn")


def show(desk: Desk, seen: Seen, problem: FormState, status: int) -> HTMLResponse:
    path = f"/drills/{seen.drill.id}/control"
    return console(desk, "pages/drill_reach.html", values(desk, seen), path=path, status=status, problem=problem)


def values(desk: Desk, seen: Seen) -> dict[str, object]:
    translate, known = translations(desk.language).gettext, seen.drill
    with desk.store.read() as tx:
        found = reach_tests.answers(tx, known)
        named = people.names(tx, [each.person for each in found])
    said, tone = STATES[known.state]
    return {
        "here": "drills",
        "zone": seen.zone,
        "drill": known,
        "tag": (tone, translate(said)),
        "school": seen.school.name,
        "type": translate(TYPES[known.type][0]),
        "running": known.state is DrillState.RUNNING,
        "undo_until": None if known.started_at is None else known.started_at + UNDO_FOR,
        "rows": [(named.get(each.person), *_standing(each, desk.language)) for each in found],
        "reach": reach_tests.reach(found),
    }


def _standing(each: Answer, language: Language) -> tuple[str, str, timedelta | None]:
    """In words, their tone, and after how long the answer came."""
    if each.after is not None:
        return "", "ok", each.after
    words, tone = NOT_ASKED if not each.asked else FAILED if each.failed else NO_ANSWER if each.left else ON_ITS_WAY
    return translations(language).gettext(words), tone, None


def show_part(desk: Desk, request: Request, drill: DrillId) -> Response:
    """What changes of that page."""
    seen = drill_orders.run_by(desk, drill)
    if seen.drill.plays:
        raise NotFound
    return part(desk, request, "components/part_reach.html", seen.zone, values(desk, seen))
