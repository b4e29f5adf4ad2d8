"""A draft as a form: its steps, one of them opened, and what holds for all; for those who write no YAML."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse

from crisis.errors import NotFound
from crisis.protocols.difference_words import field_in_words, length_of
from crisis.protocols.explain import condition_in_words, explain, length_in_words
from crisis.protocols.patching import texts
from crisis.protocols.plain_yaml import Place
from crisis.protocols.schema import Deadline, Parameter, Protocol, Step, Text
from crisis.protocols.terms import term
from crisis.vocabulary import Phase, SafetyClass, StepId
from web import draft_forms, draft_orders
from web.deps import ID, Desk, SignedIn
from web.draft_forms import SECONDS, EditionForm, PartForm, amount_of, named
from web.forms import FRESH, FormPost, FormState
from web.pages.frame import console
from web.pages.protocols import DRAFTS, DraftPath, framed
from web.rendering import translations
from web.words import N_

router = APIRouter(include_in_schema=False)

UNITS = {"seconds": N_("seconds"), "minutes": N_("minutes"), "hours": N_("hours"), "days": N_("days")}
StepPath = Annotated[str, Path(pattern=ID)]


def show_steps(desk: Desk, draft: str) -> HTMLResponse:
    one = draft_orders.seen(desk, draft)
    steps = () if one.read.protocol is None else one.read.protocol.steps
    values = {
        **framed(desk, one),
        "phases": [
            (term(phase, desk.language), [_line(step, desk.language) for step in steps if step.phase is phase])
            for phase in Phase
            if any(step.phase is phase for step in steps)
        ],
    }
    return console(desk, "pages/protocol_steps.html", values, path=f"{DRAFTS}/{draft}/steps")


def _line(step: Step, language: str) -> dict[str, object]:
    return {
        "id": step.id,
        "title": step.title.in_language(language),
        "roles": [term(role, language) for role in step.roles],
        "clocks": list(dict.fromkeys(length_in_words(each, language) for each in step.deadlines)),
        "optional": step.safety is not SafetyClass.HARD,
    }


def show_step(desk: Desk, draft: str, step_id: str, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    one = draft_orders.seen(desk, draft)
    known = one.read.protocol
    step = None if known is None else known.step(StepId(step_id))
    if known is None or step is None:
        return show_steps(desk, draft)
    ids = [each.id for each in known.steps]
    here = ids.index(step.id)
    values = {
        **framed(desk, one),
        "edition": one.draft.latest.number,
        "step": step,
        "told": explain(known, step, desk.language),
        "roles": _roles(desk, known) if draft_forms.roles_are_free(step) else [],
        "deadlines": [_deadline(each, known, desk) for each in step.deadlines],
        "words": list(_words(desk, dict(texts(step)))),
        "optional": step.safety is not SafetyClass.HARD,
        "before": ids[here - 1] if here else None,
        "next": ids[here + 1] if here + 1 < len(ids) else None,
        "units": _units(desk),
    }
    where = f"{DRAFTS}/{draft}/steps/{step.id}"
    return console(desk, "pages/protocol_step.html", values, path=where, status=status, problem=problem)


def _units(desk: Desk) -> list[tuple[str, str]]:
    translate = translations(desk.language).gettext
    return [(each, translate(UNITS[each])) for each in SECONDS]


def _roles(desk: Desk, known: Protocol) -> list[tuple[str, str]]:
    return [(role.value, term(role, desk.language)) for role in known.roles]


def _deadline(deadline: Deadline, known: Protocol, desk: Desk) -> dict[str, object]:
    amount, unit = (deadline.days, None) if deadline.within is None else amount_of(deadline.within)
    when = deadline.when
    return {
        "id": deadline.id,
        "kind": term(deadline.kind, desk.language),
        "anchor": term(deadline.anchor, desk.language),
        "clock": deadline.clock,
        "when": None if when is None else condition_in_words(when, known, desk.language),
        "amount": amount,
        "unit": unit,
        "told": [term(role, desk.language) for role in deadline.on_miss],
        "source": deadline.source,
    }


def _words(desk: Desk, known: dict[Place, Text]) -> Iterator[tuple[str, str, Text]]:
    """Name of the field, what it is called, and what it says."""
    for place, text in known.items():
        parts = [str(each) for each in place if isinstance(each, str) and each != "label"]
        yield named(place), in_words(parts, desk), text


def in_words(parts: Sequence[str], desk: Desk) -> str:
    said = field_in_words(parts, desk.language)
    return said[:1].upper() + said[1:]


def show_values(desk: Desk, draft: str, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    one = draft_orders.seen(desk, draft)
    known = one.read.protocol
    if known is None:
        return show_steps(desk, draft)
    around = {place: text for place, text in texts(known) if place[0] != "steps"}
    values = {
        **framed(desk, one),
        "edition": one.draft.latest.number,
        "parameters": [_parameter(name, each, desk) for name, each in known.parameters.items()],
        "words": list(_words(desk, around)),
        "units": _units(desk),
    }
    where = f"{DRAFTS}/{draft}/values"
    return console(desk, "pages/protocol_values.html", values, path=where, status=status, problem=problem)


def _parameter(name: str, parameter: Parameter, desk: Desk) -> dict[str, object]:
    length: timedelta | None = length_of(parameter)
    amount, unit = (None, None) if length is None else amount_of(length)
    said = {"name": name, "label": in_words([name], desk), "value": parameter.value, "source": parameter.source}
    return {**said, "amount": amount, "unit": unit}


@router.get(DRAFTS + "/{draft}/steps")
def steps(desk: SignedIn, draft: DraftPath) -> HTMLResponse:
    return show_steps(desk, draft)


@router.get(DRAFTS + "/{draft}/steps/{step}")
def one_step(desk: SignedIn, draft: DraftPath, step: StepPath) -> HTMLResponse:
    return show_step(desk, draft, step)


@router.get(DRAFTS + "/{draft}/values")
def values_of_all(desk: SignedIn, draft: DraftPath) -> HTMLResponse:
    return show_values(desk, draft)


@router.post(DRAFTS + "/{draft}/steps/{step}/save")
def save_step(desk: SignedIn, draft: DraftPath, step: StepPath, posted: FormPost) -> RedirectResponse:
    """What the form does not ask for stays as it was."""
    form, known = posted.read(PartForm), _whole(desk, draft)
    number = next((n for n, each in enumerate(known.steps) if each.id == step), None)
    if number is None:
        raise NotFound
    changes = draft_forms.of_step(form, known.steps[number], ("steps", number))
    draft_orders.change(desk, draft, changes, form.edition)
    return RedirectResponse(f"{DRAFTS}/{draft}/steps/{step}", status_code=303)


@router.post(DRAFTS + "/{draft}/steps/{step}/leave-out")
def leave_out(desk: SignedIn, draft: DraftPath, step: StepPath, posted: FormPost) -> RedirectResponse:
    draft_orders.leave_out(desk, draft, StepId(step), posted.read(EditionForm).edition)
    return RedirectResponse(f"{DRAFTS}/{draft}/steps", status_code=303)


@router.post(DRAFTS + "/{draft}/values")
def save_values(desk: SignedIn, draft: DraftPath, posted: FormPost) -> RedirectResponse:
    form = posted.read(PartForm)
    draft_orders.change(desk, draft, draft_forms.of_whole(form, _whole(desk, draft)), form.edition)
    return RedirectResponse(f"{DRAFTS}/{draft}/values", status_code=303)


def _whole(desk: Desk, draft: str) -> Protocol:
    known = draft_orders.seen(desk, draft).read.protocol
    if known is None:
        raise NotFound
    return known
