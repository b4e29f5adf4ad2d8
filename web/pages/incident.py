"""One incident: its page, the parts of it that are pulled live, and the pages with one task each."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from enum import Enum
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from crisis.access_words import Matter
from crisis.errors import NotFound
from crisis.policy import access
from crisis.policy.preferences import LEAD_FIRST
from crisis.protocol_words import Subject
from crisis.protocols.schema import Step
from crisis.statemachine.assessment import is_assessed
from crisis.statemachine.closing import review_demanded
from crisis.statemachine.custody import FAMILY, family_unknown
from crisis.statemachine.reports import rules_of
from crisis.store import audit, names, people, queries
from crisis.store.queries import IncidentView
from crisis.vocabulary import DeclineReason, Disposal, IncidentId, ReleaseTo, Role, SchoolId, StepType, Urgency
from web import words
from web.api.reading import NOTHING, seen_by
from web.deps import Desk, IncidentPath, SignedIn
from web.forms import FRESH, FormPost, FormState, Sent
from web.incident_forms import INCIDENT_FORMS
from web.pages import (
    company,
    family_talk,
    instructions,
    naming,
    own_reports,
    partly,
    present,
    referrals,
    shown,
    timeline,
    wishes,
)
from web.pages.called import called
from web.pages.frame import console
from web.pages.parts import part
from web.pages.reasons import in_words
from web.pages.staff_lists import Offered
from web.pages.timeline import EVERYTHING, Wanted
from web.record_forms import RECORD_FORMS
from web.referral_forms import REFERRAL_FORMS
from web.rendering import Language, translations
from web.report_forms import REPORT_FORMS
from web.review_orders import FIGURES
from web.review_orders import standing as review_of
from web.words import N_
from web.words_of_review import STATES

router = APIRouter(include_in_schema=False)

SAME_EYES = timedelta(hours=12)  # no session lasts longer
PARTS = ("here", "header", "next", "steps", "people", "student", "timeline")
SHEETS = ("custody", "emergency", "people", "close", "facts", "duties", "handoffs", "referrals", "student")
# What a page is about as a whole: who does not see that does not open it.
OF_SHEET = {
    "facts": frozenset({Matter.RISK}),
    "close": frozenset({Matter.RISK}),
    "handoffs": frozenset({Matter.HANDOFF}),
    "referrals": frozenset({Matter.REFERRAL}),
    "student": frozenset({Matter.STUDENT}),
    "review": FIGURES,
}
FORMS = INCIDENT_FORMS | REFERRAL_FORMS | RECORD_FORMS | REPORT_FORMS
CLOSERS = (Role.ADMIN, Role.DISTRICT_ONCALL)  # as `crisis.statemachine.closing` asks; others are not offered it
Action = Annotated[str, Path(pattern="^[a-z0-9-]{2,24}$")]
Only = Annotated[str, Query(pattern="^[a-z]{1,20}$")]
Whole = Literal["yes"] | None
GO: dict[StepType, str] = {
    StepType.SCREEN: N_("Start the screening"),
    StepType.ASSESS: N_("Decide level of risk"),
    StepType.CONTACT: N_("Call the family"),
    StepType.PAGE: N_("Page them"),
    StepType.HANDOFF: N_("Offer handoff"),
    StepType.DECISION: N_("Decide"),
    StepType.CUSTODY: N_("Who is with the student"),
    StepType.REVIEW: N_("Review and close"),
}


def values_of(desk: Desk, view: IncidentView, wanted: Wanted = EVERYTHING) -> dict[str, object]:
    """What the templates of one incident ask for; `wanted` is what its timeline shows."""
    translate = translations(desk.language).gettext
    return {
        "view": view,
        "incident": view.incident,
        "protocol": view.protocol,
        **timeline.filtered(shown.entries(view, desk.language), wanted, desk.language),
        "phases": shown.phase_marks(view, desk.at, desk.language),
        "warnings": shown.warnings(view, desk.language),
        "place": view.place,
        "kind": shown.kind(view, desk.language),
        "danger_first": shown.danger_first(view),
        "alone": shown.alone(view),
        "elsewhere": shown.elsewhere(view),
        "of_a_school": view.protocol.subject is Subject.COMMUNITY,
        "of_a_notice": view.protocol.subject is Subject.NOTICE,
        "assessed": is_assessed(view.protocol),
        "matters": view.matters,
        "may_review": OF_SHEET["review"] <= view.matters,
        "plan": shown.plan(view),
        "comes_back": shown.comes_back(view),
        "called": called(view, desk.language),
        "blocked": shown.guardians_blocked(view),
        "asks_first": family_unknown(view.incident, view.protocol),
        "family": shown.family(view, desk.language),
        "reaching": family_talk.reaching(view, desk.language),
        "naming": naming.card(view, desk.language),
        "keeps_record": access.may_keep_record(desk.actor, view.incident.district, view.incident.school),
        "keeps_names": access.may_keep_names(desk.actor, view.incident.district, view.incident.school),
        "instructions": instructions.shown(view.instructions, desk.at, desk.language),
        "wishes": wishes.of_incident(view, desk),
        "company": company.seats(view, desk),
        "supports": [] if view.incident.supports_said else wishes.supports(view, desk),
        "lead_first": any(each.kind in LEAD_FIRST for each in view.wishes),
        "signers": shown.signers(view),
        "obstacles": [in_words(reason, desk.language) for reason in view.obstacles],
        "referred": referrals.standing(view, desk.at),
        **present.present(desk, view),
        "go": lambda step: translate(GO.get(step.type, N_("Do this step"))),
    }


def frame_of(view: IncidentView) -> dict[str, object]:
    return {"position": view.position, "incident_id": view.incident.id, "zone": view.zone}


def show(
    desk: Desk, incident_id: IncidentId, problem: FormState = FRESH, status: int = 200, *, wanted: Wanted = EVERYTHING
) -> HTMLResponse:
    try:
        view = seen_by(desk, incident_id, "incident viewed")
    except NotFound:
        return partly.show(desk, incident_id, problem, status)
    values = values_of(desk, view, wanted) | frame_of(view)
    path = f"/incidents/{incident_id}"
    return console(desk, "pages/incident.html", values, path=path, status=status, problem=problem)


def show_sheet(
    desk: Desk, incident_id: IncidentId, sheet: str, *, problem: FormState = FRESH, status: int = 200, query: str = ""
) -> HTMLResponse:
    view = seen_by(desk, incident_id, f"{sheet} viewed", OF_SHEET.get(sheet, NOTHING))
    path = f"/incidents/{incident_id}/{sheet}"
    own = referrals.values(desk, view) if sheet == "referrals" else {}
    own |= written_review(desk, view) if sheet == "close" else {}
    own |= _whom_to_report_to(desk) if sheet == "duties" else {}
    values = values_of(desk, view) | frame_of(view) | sheet_values(desk, view, query) | own
    return console(desk, f"pages/{sheet}.html", values, path=path, status=status, problem=problem)


def _whom_to_report_to(desk: Desk) -> dict[str, object]:
    with desk.store.read() as tx:
        return {"protection": own_reports.protection(tx, desk)}


def written_review(desk: Desk, view: IncidentView) -> dict[str, object]:
    """Whether a review is asked for, and what there is of it for this person."""
    kept, may_write = review_of(desk, view.incident)
    return {"kept": kept, "may_write": may_write, "review_owed": review_demanded(view.incident), "states": STATES}


def sheet_values(desk: Desk, view: IncidentView, query: str = "", school: SchoolId | None = None) -> dict[str, object]:
    translate = translations(desk.language).gettext
    family = [(each.contact.person, each.contact.name) for each in view.family if not each.refused]
    return {
        "offered": Offered(view, desk.language, everybody=desk.everybody),
        "role_options": [(role.value, translate(words.of(role))) for role in PAGED],
        "family_options": family,
        "reportable": bool(rules_of(view.protocol)),
        "ReleaseTo": [each for each in ReleaseTo if not (each in FAMILY and shown.guardians_blocked(view))],
        "Urgency": choices(Urgency),
        "DeclineReason": choices(DeclineReason),
        "Disposal": choices(Disposal),
        "tasks": company.tasks(view, desk.language),
        "closers": CLOSERS,
        "may_close": bool(desk.actor.roles & set(CLOSERS)),
        "query": query,
        "found": found_students(desk, view, query, school) if len(query) > 1 else [],
    }


PAGED = (Role.ONCALL_CLINICIAN, Role.INCIDENT_LEAD, Role.ADMIN, Role.NURSE, Role.ASSESSOR, Role.DISTRICT_ONCALL)


def choices(kind: type[Enum]) -> list[Enum]:
    return list(kind)


def found_students(desk: Desk, view: IncidentView, query: str, school: SchoolId | None = None) -> list[tuple[str, str]]:
    """Every look-up is on record, without what was typed. At another school for who keeps its records as well."""
    with desk.store.write() as tx:
        subject = school or view.incident.school
        if subject != view.incident.school:
            access.must_keep_record(desk.actor, people.school(tx, subject).district, subject)
        found = names.found(tx, desk.store.keys, desk.actor, subject, query)[:20]
        detail = {"found": len(found)}
        audit.record(tx, at=desk.at, actor=desk.person, action="students looked up", subject=subject, detail=detail)
    return [(str(each.id), naming.told_apart(each)) for each in found]


@router.get("/incidents/{incident_id}")
def show_incident(desk: SignedIn, incident_id: IncidentPath, only: Only = "all", whole: Whole = None) -> HTMLResponse:
    return show(desk, incident_id, wanted=Wanted(only=only, whole=whole is not None))


@router.get("/incidents/{incident_id}/parts/{name}")
def incident_part(
    desk: SignedIn,
    request: Request,
    incident_id: IncidentPath,
    name: Action,
    *,
    step: str = "",
    only: Only = "all",
    whole: Whole = None,
) -> Response:
    """What changes under the same eyes is not put on record again; without that look before, this one is.

    `step`: on whose page the part stands.
    """
    if name not in PARTS:
        raise NotFound
    with desk.store.read() as tx:
        before = audit.looked(tx, incident_id, desk.person, desk.at - SAME_EYES)
        view = queries.incident_view(tx, desk.store.keys, desk.actor, incident_id, desk.at) if before else None
    view = seen_by(desk, incident_id, "incident viewed") if view is None else view
    of_step = {"step": step_of(view, step)} if step else {}
    wanted = Wanted(only=only, whole=whole is not None)
    return part(desk, request, f"components/part_{name}.html", view.zone, values_of(desk, view, wanted) | of_step)


@router.get("/incidents/{incident_id}/{sheet}")
def show_task(desk: SignedIn, incident_id: IncidentPath, sheet: Action) -> HTMLResponse:
    if sheet not in SHEETS:
        raise NotFound
    return show_sheet(desk, incident_id, sheet)


class Find(Sent):
    q: str = Field(title=N_("Look for a name"), max_length=80)


@router.post("/incidents/{incident_id}/student")
def find_student(desk: SignedIn, incident_id: IncidentPath, posted: FormPost) -> HTMLResponse:
    """A name is never part of an address: those are kept by browsers and proxies."""
    return show_sheet(desk, incident_id, "student", query=posted.read(Find).q)


@router.post("/incidents/{incident_id}/{action}")
def order(desk: SignedIn, incident_id: IncidentPath, action: Action, posted: FormPost) -> RedirectResponse:
    """One form, one command; then back to the incident."""
    if action not in FORMS:
        raise NotFound
    form = posted.read(FORMS[action][0])
    command = replace(form.command(desk), queued_at=form.queued_at)
    desk.submit(incident_id, command, seen=form.seen, key=form.key)
    return RedirectResponse(f"/incidents/{incident_id}", status_code=303)


def again(desk: Desk, incident_id: IncidentId, action: str, problem: FormState, status: int) -> HTMLResponse:
    """The page on which the refused form stands, with what was typed."""
    sheet = FORMS[action][1]
    if sheet is None:
        return show(desk, incident_id, problem, status)
    return show_sheet(desk, incident_id, sheet, problem=problem, status=status)


def step_of(view: IncidentView, step_id: str) -> Step:
    step = next((step for step, _ in view.steps if step.id == step_id), None)
    if step is None:
        raise NotFound
    return step


def option_names(values: Mapping[str, str], language: Language) -> list[tuple[str, str]]:
    return [(key, translations(language).gettext(name)) for key, name in values.items()]
