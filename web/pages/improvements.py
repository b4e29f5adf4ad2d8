"""Improvement items: what is one's own to do, what a leader answers for, and one of them with its forms."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.errors import NotFound
from crisis.review.improving import Pressure, pressure
from crisis.review_words import ItemState
from crisis.store.improvements import RUNNING, Item
from crisis.vocabulary import PersonId
from web import improvement_orders, review_orders
from web.deps import ID, Desk, SignedIn
from web.forms import FRESH, FormPost, FormState, Posted, Sent
from web.pages.frame import console
from web.rendering import Language, babel_day, translations
from web.words import N_
from web.words_of_review import CAPABILITIES, ELEMENTS, ITEM_STATES

HERE = "/actions"
router = APIRouter(include_in_schema=False)
ItemPath = Annotated[str, Path(pattern=ID)]


class Finish(Sent):
    evidence: str = Field(title=N_("By what does one see that it is done?"))


class Drop(Sent):
    why: str = Field(title=N_("Why is nothing changed?"))


class Give(Sent):
    owner: PersonId = Field(title=N_("Whose is it?"))
    due_on: date = Field(title=N_("Until when?"))


def shown(
    items: Iterable[Item], names: Mapping[PersonId, str], today: date, language: Language
) -> list[dict[str, object]]:
    """Each as lists show it; what is late first."""
    translate = translations(language).gettext
    return [
        {
            "item": each,
            "capability": translate(CAPABILITIES[each.capability]),
            "element": translate(ELEMENTS[each.element]),
            "state": ITEM_STATES[each.state],
            "late": each.late(today),
            "soon": each.state in RUNNING and pressure(each.due_on, today) is Pressure.SOON,
            "starts_on": babel_day(each.starts_on, language),
            "due_on": babel_day(each.due_on, language),
            "owner": names.get(each.owner),
        }
        for each in items
    ]


def show_all(desk: Desk) -> HTMLResponse:
    found = improvement_orders.board(desk)
    others = shown(found.others, found.names, found.today, desk.language)
    to_verify = [each for each in found.others if each.state is ItemState.DONE]
    values = {
        "here": "actions",
        "zone": next((found.schools[each.school].zone for each in (*found.mine, *found.others)), "UTC"),
        "mine": shown(found.mine, {}, found.today, desk.language),
        "late": [each for each in others if each["late"]],
        "verify": shown(to_verify, found.names, found.today, desk.language),
        "others": [each for each in others if not each["late"] and each["item"] not in to_verify],
        "schools": found.schools,
        "unsigned": review_orders.unsigned(desk),
    }
    return console(desk, "pages/improvements.html", values, path=HERE)


def show(desk: Desk, item: str, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    found = improvement_orders.opened(desk, item)
    one = found.item
    values = {
        "here": "actions",
        "zone": found.school.zone,
        "found": found,
        "shown": shown([one], found.names, found.today, desk.language)[0],
        "running": one.state in RUNNING,
        "may_verify": found.manages and one.state is ItemState.DONE and one.ended_by != desk.person,
        "staff": [(each.id, each.name) for each in found.staff],
    }
    return console(desk, "pages/improvement.html", values, path=f"{HERE}/{item}", status=status, problem=problem)


@router.get(HERE)
def listed(desk: SignedIn) -> HTMLResponse:
    """Every member of staff their own; who answers for a school, and who led, also what is others'."""
    return show_all(desk)


@router.get(HERE + "/{item}")
def one(desk: SignedIn, item: ItemPath) -> HTMLResponse:
    """For its owner, who may see nothing of the incident, and for who writes the review."""
    return show(desk, item)


@router.post(HERE + "/{item}/{action}")
def change(desk: SignedIn, item: ItemPath, action: ItemPath, posted: FormPost) -> RedirectResponse:
    """One form, one change; who said that it is done does not verify it."""
    match action:
        case "start" | "verify" | "again":
            posted.read(Sent)
            orders = {
                "start": improvement_orders.start,
                "verify": improvement_orders.verify,
                "again": improvement_orders.again,
            }
            orders[action](desk, item)
        case "finish":
            said = posted.read(Finish).evidence
            _must_name_nobody(posted, item, {"evidence": said})
            improvement_orders.finish(desk, item, said)
        case "drop":
            why = posted.read(Drop).why
            _must_name_nobody(posted, item, {"why": why})
            improvement_orders.drop(desk, item, why)
        case "give":
            form = posted.read(Give)
            improvement_orders.give(desk, item, form.owner, form.due_on)
        case _:
            raise NotFound
    return RedirectResponse(f"{HERE}/{item}", status_code=303)


def _must_name_nobody(posted: Posted, item: str, texts: Mapping[str, str]) -> None:
    named = improvement_orders.names_somebody(posted.desk, item, texts)
    if named:
        raise posted.names_somebody(*named)
