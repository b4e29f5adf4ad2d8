"""Emergency access: a form for whoever must see an incident that is not theirs, a list for those who review it."""

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.access_words import BreakGlassReason
from crisis.errors import NotFound
from crisis.policy import access
from crisis.store import people
from crisis.store.break_glass import Broken
from crisis.store.people import StudentView
from crisis.vocabulary import PersonId, SchoolId, StudentId
from web import glass_orders
from web.deps import ID, Desk, IncidentPath, SignedIn
from web.forms import FRESH, FormPost, FormState, Sent
from web.pages.frame import console
from web.rendering import translations
from web.words import N_

router = APIRouter(include_in_schema=False)

HERE = "/emergency-access"
REASONS = {
    BreakGlassReason.DANGER_NOW: N_("Somebody is in danger now"),
    BreakGlassReason.STUDENT_IS_HERE: N_("The student is with me"),
    BreakGlassReason.NOBODY_REACHED: N_("Nobody of those who were called in can be reached"),
    BreakGlassReason.MEDICAL: N_("Medical emergency"),
}


class Find(Sent):
    """A name is never part of an address."""

    school: str = Field(title=N_("School"))
    q: str = Field(default="", title=N_("Look for a name"), max_length=80)


class Begin(Sent):
    student: str = Field(title=N_("Which student?"), pattern=ID)
    reason: BreakGlassReason = Field(title=N_("Why?"))
    text: str = Field(title=N_("What happens, and why must you see it now?"))


class Review(Sent):
    broken: str
    verdict: Literal["justified", "not_justified"] = Field(title=N_("Was it right?"))


class Seal(Sent):
    person: str = Field(pattern=ID)


def show(
    desk: Desk,
    problem: FormState = FRESH,
    status: int = 200,
    *,
    school: str = "",
    found: list[StudentView] | None = None,
    sealed: tuple[PersonId, str] | None = None,
) -> HTMLResponse:
    """A passphrase to be printed is in this one answer and nowhere else. `sealed` is whose, and what."""
    may_break, may_review = access.may_break_glass(desk.actor), access.may_review_glass(desk.actor)
    if not (may_break or may_review):
        raise NotFound
    translate = translations(desk.language).gettext
    with desk.store.read() as tx:
        schools = people.schools(tx, desk.actor.district)
        names = {each.id: each.name for each in people.staff(tx, desk.actor.district)}
        kept = _kept(desk, problem.typed("student")) if found is None and problem.typed("student") else found
    on_paper = glass_orders.on_paper(desk) if may_review else []
    named = {each.account.person: each.account.username for each in on_paper}
    values = {
        "here": "glass",
        "zone": schools[0].zone if schools else "UTC",
        "may_break": may_break,
        "may_review": may_review,
        "schools": [(str(each.id), each.name) for each in schools],
        "school": school,
        "found": [(str(each.id), each.name) for each in kept or ()],
        "searched": found is not None,
        "reasons": [(reason.value, translate(said)) for reason, said in REASONS.items()],
        "passphrase": "" if sealed is None else sealed[1],
        "sealed_as": "" if sealed is None else named.get(sealed[0], ""),
        "may_seal": may_review and access.may_keep_accounts(desk.actor) and not desk.emergency,
        "on_paper": on_paper,
        "waiting": [_row(each, names, desk) for each in glass_orders.to_review(desk)] if may_review else [],
    }
    return console(desk, "pages/glass.html", values, path=HERE, status=status, problem=problem)


def _kept(desk: Desk, student: str) -> list[StudentView]:
    """Whom a refused form was about, so that it can be sent again."""
    with desk.store.read() as tx:
        try:
            known = people.student(tx, StudentId(student))
        except NotFound:
            return []
    return [known] if known.district == desk.actor.district else []


def _row(broken: Broken, names: dict[PersonId, str], desk: Desk) -> dict[str, object]:
    translate = translations(desk.language).gettext
    return {
        "broken": broken,
        "who": names.get(broken.person, translate(N_("Somebody"))),
        "reason": translate(REASONS[broken.reason]),
        "late": broken.review_due_at <= desk.at,
        "own": broken.person == desk.person,
    }


@router.get(HERE)
def emergency_access(desk: SignedIn) -> HTMLResponse:
    """For clinical posts and principals of the district; the list for its crisis lead and privacy officer."""
    return show(desk)


@router.post(f"{HERE}/find")
def find_student(desk: SignedIn, posted: FormPost) -> HTMLResponse:
    form = posted.read(Find)
    found = glass_orders.find(desk, SchoolId(form.school), form.q)
    return show(desk, school=form.school, found=found)


@router.post(f"{HERE}/begin")
def begin(desk: SignedIn, posted: FormPost) -> RedirectResponse:
    form = posted.read(Begin)
    opened = glass_orders.begin(desk, StudentId(form.student), form.reason, form.text)
    return RedirectResponse(f"/incidents/{opened}", status_code=303)


@router.post(f"{HERE}/review")
def review(desk: SignedIn, posted: FormPost) -> RedirectResponse:
    form = posted.read(Review)
    glass_orders.review(desk, form.broken, justified=form.verdict == "justified")
    return RedirectResponse(HERE, status_code=303)


@router.post(f"{HERE}/seal")
def seal(desk: SignedIn, posted: FormPost) -> HTMLResponse:
    person = PersonId(posted.read(Seal).person)
    return show(desk, sealed=(person, glass_orders.seal(desk, person)))


@router.post("/incidents/{incident_id}/emergency-access/end")
def end(desk: SignedIn, incident_id: IncidentPath, posted: FormPost) -> RedirectResponse:
    posted.read(Sent)
    glass_orders.end(desk, incident_id)
    return RedirectResponse("/board", status_code=303)
