"""What people can do and speak: whom a page asks first. It names staff, never a student."""

import re
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.errors import NotFound
from crisis.policy import access
from crisis.store import people, skills
from crisis.store.people import StaffView
from crisis.vocabulary import PersonId, SchoolId
from web import words
from web import words_of_skills as said
from web.deps import ID, Desk, SignedIn
from web.forms import FRESH, FormPost, FormState, Sent
from web.pages.frame import console
from web.rendering import translations
from web.words import N_

router = APIRouter(include_in_schema=False)

HERE = "/skills"
PersonPath = Annotated[PersonId, Path(pattern=ID)]


class SkillsForm(Sent):
    languages: Annotated[frozenset[str], Field(default=frozenset(), title=N_("Languages besides English"))]
    abilities: Annotated[frozenset[str], Field(default=frozenset(), title=N_("What they can do"))]
    others: str = Field(default="", max_length=600, title=N_("Other codes"))

    def codes(self) -> frozenset[str]:
        return self.languages | self.abilities | frozenset(filter(None, re.split(r"[\s,;]+", self.others)))


def staff_of(desk: Desk) -> list[StaffView]:
    """Everybody whom a page could ask."""
    access.must_see_readiness(desk.actor)
    with desk.store.read() as tx:
        return [each for each in people.staff(tx, desk.actor.district) if each.roles]


def may_change(desk: Desk, one: StaffView) -> bool:
    """Whoever plans where this person works."""
    places: list[SchoolId | None] = [*one.schools, None]
    return any(access.may_plan(desk.actor, each) for each in places)


def one_of(desk: Desk, person: PersonId) -> StaffView:
    found = next((each for each in staff_of(desk) if each.id == person), None)
    if found is None:
        raise NotFound
    return found


def posts_said(desk: Desk, one: StaffView) -> str:
    translate = translations(desk.language).gettext
    return ", ".join(translate(words.of(each)) for each in one.posts)


def show_all(desk: Desk, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    staff = staff_of(desk)
    with desk.store.read() as tx:
        known = skills.of_district(tx, desk.actor.district)
    rows = [
        (each, posts_said(desk, each), said.all_said(known.get(each.id, ()), desk.language), may_change(desk, each))
        for each in staff
    ]
    values = {"here": "oncall", "rows": rows}
    return console(desk, "pages/skills.html", values, path=HERE, status=status, problem=problem)


def again(desk: Desk, person: PersonId, state: FormState, status: int) -> HTMLResponse:
    """After a refusal: the form with what was typed, or the list for whoever has no form for this person."""
    return (
        show(desk, person, state, status) if may_change(desk, one_of(desk, person)) else show_all(desk, state, status)
    )


def show(desk: Desk, person: PersonId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    one = one_of(desk, person)
    if not may_change(desk, one):
        access.must_plan(desk.actor, None)
    with desk.store.read() as tx:
        codes, version = skills.of_district(tx, desk.actor.district).get(person, ()), skills.changes(person).version(tx)
    values = {
        "here": "oncall",
        "one": one,
        "version": version,
        "posts": posts_said(desk, one),
        "abilities": said.abilities(desk.language),
        "languages": said.languages(desk.language),
    }
    state = problem if problem.action else FormState(fields=_filled(codes))
    return console(desk, "pages/skill.html", values, path=f"{HERE}/{person}", status=status, problem=state)


def _filled(codes: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    known = {name: [code for code, _words in offered] for name, offered in _offered().items()}
    fields = {name: tuple(code for code in codes if code in offered) for name, offered in known.items()}
    others = [code for code in codes if not any(code in offered for offered in known.values())]
    return fields | {"others": (", ".join(others),)}


def _offered() -> dict[str, list[tuple[str, str]]]:
    return {"languages": said.languages("en"), "abilities": said.abilities("en")}


@router.get(HERE)
def list_skills(desk: SignedIn) -> HTMLResponse:
    return show_all(desk)


@router.get(HERE + "/{person}")
def show_one(desk: SignedIn, person: PersonPath) -> HTMLResponse:
    return show(desk, person)


@router.post(HERE + "/{person}/save")
def save(desk: SignedIn, person: PersonPath, posted: FormPost) -> RedirectResponse:
    form = posted.read(SkillsForm)
    if not may_change(desk, one_of(desk, person)):
        access.must_plan(desk.actor, None)
    with desk.store.write() as tx:
        skills.set_skills(tx, desk.actor.district, person, form.codes(), at=desk.at, by=desk.person, seen=form.seen)
    return RedirectResponse(HERE, status_code=303)
