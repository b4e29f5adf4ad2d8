"""One step: its form, what it waits for, whom to give it to, and how it is left out."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from crisis.access_words import Matter
from crisis.errors import NotFound
from crisis.events import TierSet
from crisis.message_words import STAND_INS, InterpreterKind
from crisis.protocols import explain
from crisis.protocols.schema import Citation, Step
from crisis.statemachine.follow_up import least_days
from crisis.statemachine.steps import not_open, waits_for
from crisis.statemachine.timers import live_deadlines
from crisis.statemachine.working import is_required
from crisis.store.queries import IncidentView
from crisis.vocabulary import (
    ContactMethod,
    ContactOutcome,
    FollowUpOutcome,
    IncidentId,
    LanguageHelp,
    LegalBasis,
    ReceiverKind,
    SchoolId,
    StepId,
    StepState,
    StepType,
    Tier,
)
from web import words
from web.api.reading import seen_by
from web.deps import Desk, IncidentPath, SignedIn
from web.family_text_forms import STEP_FORMS
from web.forms import FRESH, FormPost, FormState
from web.instrument_forms import INSTRUMENT_STEP_FORMS
from web.pages import (
    after_death,
    at_step,
    family_meetings,
    family_talk,
    family_texts,
    present,
    sharing,
    shown,
    times,
)
from web.pages.agencies import takers
from web.pages.frame import console
from web.pages.incident import Action, choices, frame_of, option_names, sheet_values, step_of, values_of
from web.pages.linked_students import schools_to_look_in, students_seen
from web.pages.reasons import in_words
from web.record_forms import RECORD_STEP_FORMS
from web.rendering import translations
from web.watch_forms import WATCH_STEP_FORMS
from web.words import N_

router = APIRouter(include_in_schema=False)

LANGUAGES = {
    "en": N_("English"),
    "es": N_("Spanish"),
    "ht": N_("Haitian Creole"),
    "pt": N_("Portuguese"),
    "kea": N_("Cape Verdean Creole"),
    "zh": N_("Chinese"),
    "vi": N_("Vietnamese"),
    "ar": N_("Arabic"),
    "so": N_("Somali"),
    "fr": N_("French"),
    "ase": N_("American Sign Language"),
    "mul": N_("Another language"),
}
FORMS = STEP_FORMS | RECORD_STEP_FORMS | INSTRUMENT_STEP_FORMS | WATCH_STEP_FORMS
# What comes next is on the same page.
STAYS = (
    *("interview", "supports", "interpreter", "decide-contact", "text", "wrong-number", "no-more-texts", "assent"),
    *("questionnaire", "write-plan", "spawn", "watch", "kept"),
)
OF_STEPS = frozenset({Matter.RISK})
WITH_THE_FAMILY = StepId("reentry_meeting")
AGAIN = frozenset({StepType.SCREEN, StepType.ASSESS, StepType.CONTACT})  # another one may always be added


def show(
    desk: Desk,
    incident_id: IncidentId,
    step_id: str,
    problem: FormState = FRESH,
    status: int = 200,
    *,
    chosen: str = "",
    query: str = "",
    school: SchoolId | None = None,
) -> HTMLResponse:
    """`chosen` is the instrument whose form is shown; after a refusal the one that was sent."""
    view = seen_by(desk, incident_id, "step viewed", OF_STEPS)
    step = step_of(view, step_id)
    if view.state(step) is StepState.OPEN:
        present.claim(desk, view, step)
    values = values_of(desk, view) | frame_of(view) | sheet_values(desk, view, query, school)
    values["looked_in"] = school or view.incident.school
    values |= step_values(desk, view, step, problem.typed("instrument") or chosen)
    if step.type is StepType.CONTACT:
        of_family, problem = contact_values(desk, view, problem)
        values |= of_family
    path = f"/incidents/{incident_id}/steps/{step_id}"
    return console(desk, "pages/step.html", values, path=path, status=status, problem=problem)


def step_values(desk: Desk, view: IncidentView, step: Step, chosen: str = "") -> dict[str, object]:
    state, protocol = view.state(step), view.protocol
    due = live_deadlines(view.incident, protocol, view.ground)
    closed = not_open(view.incident, protocol, step)
    return (
        {
            "step": step,
            "state": state,
            "again": _at_any_time(step, state) and view.incident.closed_at is None,
            "record": view.incident.steps.get(step.id),
            "due": [each for each in due if each.step.id == step.id],
            "counted": lambda deadline: explain.counted_in_words(deadline, desk.language),
            "waiting": waits_for(view.incident, protocol, step),
            "closed_because": in_words(closed, desk.language) if closed is not None else None,
            "exceptions": shown.exceptions_of(view, step),
            "citation": citation(protocol.citations, step.source),
            "reviewed": protocol.review.clinical.name is not None,
            "rationale": rationale(view),
            "needed": lambda field: is_required(field, protocol),
            "takers": takers(desk, view) if step.type is StepType.HANDOFF else [],
            "agency_options": [(each.id, each.name) for each in takers(desk, view)]
            if step.type is StepType.HANDOFF
            else [],
            "languages": option_names(LANGUAGES, desk.language),
            "contact_options": contact_options(desk, view),
            "LegalBasis": [each for each in LegalBasis if each in OF_A_HANDOFF],
            "Qualified": [kind for kind in InterpreterKind if kind not in STAND_INS],
        }
        | {kind.__name__: choices(kind) for kind in ENUMS}
        | at_step.plan_values(desk, view, step)
        | after_death.step_values(desk, view, step)
        | _of_type(desk, view, step, chosen)
    )


def _at_any_time(step: Step, state: StepState) -> bool:
    """Another one after the first; or, where seconds matter, before what comes first on paper."""
    return (step.type in AGAIN and state is StepState.DONE) or (step.act_first and state is StepState.BLOCKED)


def _of_type(desk: Desk, view: IncidentView, step: Step, chosen: str) -> dict[str, object]:
    """What only this kind of step shows."""
    match step.type:
        case StepType.MEETING if step.id == WITH_THE_FAMILY:
            return {"calls_family": next((each for each in view.protocol.steps if each.type is StepType.CONTACT), None)}
        case StepType.FOLLOW_UP:
            return times.follow_up_values(desk, view, step) | {
                "runs_days": least_days(step, view.incident),
                "counts_from": times.counts_from(desk, view, step),
            }
        case StepType.HANDOFF:
            return sharing.handoff_values(desk, view, withhold_options(desk, view))
        case StepType.SCREEN | StepType.ASSESS:
            return at_step.instrument_values(desk, view, step, chosen)
        case StepType.ACT if step.spawns is not None:
            return {"have_one": students_seen(desk, view.incident), "look_in": schools_to_look_in(desk, view.incident)}
        case _:
            return {}


def contact_values(desk: Desk, view: IncidentView, problem: FormState) -> tuple[dict[str, object], FormState]:
    """And the state of its forms, with what stands against the time that was chosen."""
    texts, asked = family_texts.text_values(desk, view, problem)
    before = {"ask_before": sharing.before_telling(desk, view)}
    return family_talk.talk_values(desk, view) | texts | before, asked


ENUMS = (ContactMethod, ContactOutcome, FollowUpOutcome, InterpreterKind, LanguageHelp, ReceiverKind, Tier)
OF_A_HANDOFF = frozenset(
    {
        LegalBasis.CONSENT,
        LegalBasis.EMERGENCY,
        LegalBasis.PARTNER_OFFICIAL,
        LegalBasis.TREATMENT,
        LegalBasis.CHILD_PROTECTION_REPORT,
    }
)  # for a court it is the privacy officer who decides


def citation(citations: tuple[Citation, ...], source: str) -> Citation | None:
    return next((each for each in citations if each.key in source.split()), None)


def rationale(view: IncidentView) -> list[str]:
    """Why the level that waits for a signature was chosen."""
    decided = [stored.event for stored in view.events if isinstance(stored.event, TierSet)]
    return [view.words[event.rationale] for event in decided[-1:] if event.rationale in view.words]


def contact_options(desk: Desk, view: IncidentView) -> list[tuple[str, str]]:
    """Where the record does not say whether an adult is a guardian, both are offered: the caller asked."""
    translate = translations(desk.language).gettext
    kinds = {True: ("guardian",), False: ("other",), None: ("guardian", "other")}
    labels = {"guardian": translate(N_("Guardian")), "other": translate(N_("not a guardian"))}
    known = [
        (f"{kind}:{each.person}", f"{each.name} · {translate(words.of(each.relation))} · {labels[kind]}")
        for each in (card.contact for card in view.family if not card.refused)
        for kind in kinds[each.guardian]
    ]
    return [
        *known,
        ("guardian:", translate(N_("A guardian who is not on record"))),
        ("other:", translate(N_("Another adult who is not on record"))),
    ]


def withhold_options(desk: Desk, view: IncidentView) -> list[tuple[str, str]]:
    translate, language = translations(desk.language).gettext, desk.language
    kept_back = translate(N_("Stays here: %(reason)s"))
    reasons = view.protocol.withhold_reasons.items()
    return [
        ("given", translate(N_("They get it"))),
        *((key, kept_back % {"reason": words.in_language(language)}) for key, words in reasons),
    ]


@router.get("/incidents/{incident_id}/steps/{step_id}")
def show_step(
    desk: SignedIn,
    incident_id: IncidentPath,
    step_id: str,
    request: Request,
    chosen: Annotated[str, Query(alias="with")] = "",
) -> HTMLResponse:
    asked = family_meetings.asked(desk, request.query_params.multi_items())
    return show(desk, incident_id, step_id, asked, chosen=chosen)


@router.post("/incidents/{incident_id}/steps/{step_id}/{action}")
def order(
    desk: SignedIn, incident_id: IncidentPath, step_id: str, action: Action, posted: FormPost
) -> RedirectResponse:
    """One form, one command; then back to the incident, or to the step where there is more to do on it."""
    if action not in FORMS:
        raise NotFound
    form = posted.read(FORMS[action])
    step = step_of(seen_by(desk, incident_id, "step opened", OF_STEPS), step_id)
    command = replace(form.order(desk, step), queued_at=form.queued_at)
    desk.submit(incident_id, command, seen=form.seen, key=form.key)
    stays = action in STAYS
    return RedirectResponse(f"/incidents/{incident_id}" + (f"/steps/{step_id}" if stays else ""), status_code=303)
