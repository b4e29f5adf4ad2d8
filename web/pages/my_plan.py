"""The student's safety plan on one page to take along: their own words, no name, in the language they choose."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from crisis.access_words import Matter
from crisis.errors import NotFound
from crisis.statemachine.safety_plan import STEP
from crisis.vocabulary import Mode
from web.api.reading import seen_by
from web.deps import IncidentPath, SignedIn
from web.pages.at_step import words_of
from web.rendering import page, translations
from web.words_of_instruments import PROMPTS

router = APIRouter(include_in_schema=False)


@router.get("/incidents/{incident_id}/my-plan")
def my_plan(
    desk: SignedIn, incident_id: IncidentPath, language: Annotated[Literal["en", "es"], Query()] = "en"
) -> HTMLResponse:
    """For whoever may read the student's words; every look is on record. That a copy was given is recorded at the step.

    The headings are in the chosen language; what the student said stays as they said it.
    """
    view = seen_by(desk, incident_id, "safety plan viewed", frozenset({Matter.CARE}))
    plan = view.incident.plan
    if plan is None:
        raise NotFound
    translate = translations(language).gettext
    said = words_of(plan, view.words)
    return page(
        "pages/my_plan.html",
        language,
        parts=[(translate(PROMPTS[each][1]), text.splitlines()) for each, text in said.items()],
        spoken=plan.language,
        drill=view.incident.mode is Mode.DRILL,
        back=f"/incidents/{incident_id}/steps/{STEP}",
        district_line=None,
    )
