"""What may be destroyed and what keeps it: the list, one record with its holds, and a certificate of destruction."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.errors import NotFound
from crisis.store.kept_records import Kept
from web import retention_orders
from web.deps import ID, Desk, SignedIn
from web.forms import FRESH, FormPost, FormState, Sent
from web.pages.frame import console
from web.pages.reasons import in_words
from web.rendering import translations
from web.words import N_
from web.words_of_retention import CLASSES, METHODS

router = APIRouter(include_in_schema=False)

HERE, CERTIFICATES = "/retention", "/certificates"
SubjectPath = Annotated[str, Path(pattern=ID)]


class Action(Sent):
    def carry_out(self, desk: Desk, subject: str) -> None:
        raise NotImplementedError


class Leave(Action):
    left_on: date = Field(title=N_("When was the last day at school here?"))

    def carry_out(self, desk: Desk, subject: str) -> None:
        retention_orders.student_left(desk, subject, self.left_on)


class PlaceHold(Action):
    why: str = Field(title=N_("Why must it be kept?"))

    def carry_out(self, desk: Desk, subject: str) -> None:
        retention_orders.hold(desk, subject, self.why)


class OfHold(Action):
    hold: str


class AskRelease(OfHold):
    def carry_out(self, desk: Desk, subject: str) -> None:
        retention_orders.ask_release(desk, subject, self.hold)


class KeepHold(OfHold):
    def carry_out(self, desk: Desk, subject: str) -> None:
        retention_orders.keep_hold(desk, subject, self.hold)


class Release(OfHold):
    def carry_out(self, desk: Desk, subject: str) -> None:
        retention_orders.release(desk, subject, self.hold)


class Ask(Action):
    told_on: date | None = Field(default=None, title=N_("When were the student or the parents told?"))

    def carry_out(self, desk: Desk, subject: str) -> None:
        retention_orders.ask(desk, subject, self.told_on)


class OfAsked(Action):
    asked: str


class Withdraw(OfAsked):
    def carry_out(self, desk: Desk, subject: str) -> None:
        retention_orders.withdraw(desk, subject, self.asked)


class Destroy(OfAsked):
    sure: Literal["yes"] = Field(title=N_("I have read it: nobody can bring it back"))

    def carry_out(self, desk: Desk, subject: str) -> None:
        retention_orders.confirm(desk, subject, self.asked)


FORMS: dict[str, type[Action]] = {
    "left": Leave,
    "hold": PlaceHold,
    "ask-release": AskRelease,
    "keep-hold": KeepHold,
    "release": Release,
    "ask": Ask,
    "withdraw": Withdraw,
    "destroy": Destroy,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A record in words. `name` None: of an incident of nobody. `due_on`: from then on it may go."""

    subject: str
    name: str | None
    incidents: int
    due_on: date | None
    reasons: list[str]
    classes: list[str]
    waits: bool


def _shown(kept: Kept, name: str | None, desk: Desk, *, waits: bool) -> Shown:
    translate = translations(desk.language).gettext
    return Shown(
        subject=kept.subject,
        name=name,
        incidents=len(kept.incidents),
        due_on=kept.due_on,
        reasons=[in_words(each, desk.language).words for each in kept.reasons],
        classes=[translate(CLASSES[each]) for each in sorted(kept.record.classes)],
        waits=waits,
    )


@router.get(HERE)
def what_may_be_destroyed(desk: SignedIn) -> HTMLResponse:
    """For the privacy officer and the district crisis lead; every view is on record."""
    found = retention_orders.overview(desk)
    shown = [
        _shown(each, found.names.get(each.subject), desk, waits=each.subject in found.waiting) for each in found.kept
    ]
    values = {"here": "retention", "records": shown, "more": found.more, "certificates": found.certificates}
    return console(desk, "pages/retention.html", values, path=HERE)


def show(desk: Desk, subject: str, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    found = retention_orders.opened(desk, subject)
    values = {
        "here": "retention",
        "zone": found.zone,
        "record": _shown(found.kept, found.name, desk, waits=found.asked is not None),
        "student": found.kept.student,
        "enrolled": found.kept.record.enrolled,
        "left_on": found.kept.record.left_on,
        "holds": found.holds,
        "asked": found.asked,
        "names": found.names,
        "me": desk.person,
    }
    path = f"{HERE}/{subject}"
    return console(desk, "pages/retention_record.html", values, path=path, status=status, problem=problem)


@router.get(f"{HERE}/{{subject}}")
def one(desk: SignedIn, subject: SubjectPath) -> HTMLResponse:
    """Until when it is kept and why, for the same people; `subject` is a student's id, or an incident's of nobody."""
    return show(desk, subject)


@router.post(f"{HERE}/{{subject}}/{{action}}")
def change(desk: SignedIn, subject: SubjectPath, action: SubjectPath, posted: FormPost) -> RedirectResponse:
    """One form, one change. After a destruction the certificate is what there is."""
    if action not in FORMS:
        raise NotFound
    form = posted.read(FORMS[action])
    form.carry_out(desk, subject)
    done = f"{CERTIFICATES}/{form.asked}" if isinstance(form, Destroy) else f"{HERE}/{subject}"
    return RedirectResponse(done, status_code=303)


@router.get(f"{CERTIFICATES}/{{asked}}")
def certificate(desk: SignedIn, asked: SubjectPath) -> HTMLResponse:
    """What was destroyed, when, by which class, by whom and how; to be printed and kept. No name of a student."""
    made, names = retention_orders.certificate(desk, asked)
    translate = translations(desk.language).gettext
    values = {
        "here": "retention",
        "made": made,
        "names": names,
        "classes": [translate(CLASSES[each]) for each in made.classes],
        "method": translate(METHODS[made.method]),
    }
    return console(desk, "pages/certificate.html", values, path=f"{CERTIFICATES}/{asked}")
