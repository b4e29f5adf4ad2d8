"""After a death: the words for staff, students, families and the press, to print; and the days to watch.

The system sends them to nobody (I-24), and no name stands in them: a line is left free for it.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from crisis.errors import NotFound
from crisis.protocols.schema import Step
from crisis.statemachine.deadlines import local_date
from crisis.statemachine.saying import words_of
from crisis.store.queries import IncidentView
from crisis.vocabulary import Mode
from web.api.reading import NOTHING, seen_by
from web.deps import Desk, IncidentPath, SignedIn
from web.pages.incident import step_of
from web.rendering import page, translations
from web.words_of_watching import WHY

router = APIRouter(include_in_schema=False)


def step_values(desk: Desk, view: IncidentView, step: Step) -> dict[str, object]:
    """What a step with words to say, or with days to watch, shows besides its own form."""
    translate = translations(desk.language).gettext
    today = local_date(desk.at, view.ground.calendar)
    days = sorted(view.incident.watched.values(), key=lambda each: each.day) if step.watches else []
    return {
        "statement": words_of(step, view.incident, view.protocol),
        "watch_whys": [(why.value, translate(words)) for why, words in WHY.items()],
        "watched": [(each, translate(WHY[each.why]), each.day <= today) for each in days],
    }


@router.get("/incidents/{incident_id}/words/{step_id}")
def statement(
    desk: SignedIn,
    incident_id: IncidentPath,
    step_id: str,
    language: Annotated[Literal["en", "es"], Query()] = "en",
) -> HTMLResponse:
    """One page to print. What may be said is asked anew each time: a consent may have been taken back."""
    view = seen_by(desk, incident_id, "words to say viewed", NOTHING)
    step = step_of(view, step_id)
    said = words_of(step, view.incident, view.protocol)
    if step.statement is None or not said:
        raise NotFound
    return page(
        "pages/words.html",
        language,
        heading=step.statement.title.in_language(language),
        paragraphs=[each.in_language(language) for each in said],
        drill=view.incident.mode is Mode.DRILL,
        back=f"/incidents/{incident_id}/steps/{step_id}",
        district_line=None,
    )
