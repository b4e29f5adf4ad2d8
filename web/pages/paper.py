"""On paper: a blank form for each protocol, each protocol on one page, and what to do on a day without power."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse

from crisis.errors import NotFound
from crisis.policy.access import may_read_call_tree
from crisis.protocols.paper import paper
from crisis.protocols.schema import SLUG, Protocol
from crisis.store import people
from crisis.store.call_tree import district_numbers
from crisis.store.phones import for_people
from web import draft_orders
from web.deps import Desk, SignedIn
from web.pages.frame import console
from web.rendering import Language, Local, page, translations
from web.words import N_

router = APIRouter(include_in_schema=False)

HERE = "/paper"
PaperLanguage = Annotated[Language, Query()]
Name = Annotated[str, Path(pattern=SLUG)]


def printed(desk: Desk, sheets: list[Protocol], here: str, language: Language, *, short: bool) -> HTMLResponse:
    """Blank they name nobody; the numbers of the district's leads only for those who may read the call tree."""
    heading = sheets[0].title.in_language(language) if len(sheets) == 1 else N_("All forms")
    line = desk.settings.office_phone
    return page(
        "pages/paper_forms.html",
        language,
        heading=translations(language).gettext(heading),
        plain=True,
        sheets=[paper(each, language) for each in sheets],
        short=short,
        here=here,
        back=HERE,
        by=desk.name,
        local=Local(language, zone_of(desk)),
        district=numbers(desk),
        district_line=for_people(line) if line else None,
    )


def numbers(desk: Desk) -> list[tuple[str, str]]:
    if not may_read_call_tree(desk.actor):
        return []
    with desk.store.read() as tx:
        return [(e.name, ", ".join(read for _, read in e.phones)) for e in district_numbers(tx, desk.actor.district)]


def zone_of(desk: Desk) -> str:
    """Of their own school; the first of the district for those who have none."""
    with desk.store.read() as tx:
        schools = people.schools(tx, desk.actor.district)
    own = [each for each in schools if each.id in desk.actor.schools]
    return next((each.zone for each in (*own, *schools)), "UTC")


def in_force(desk: Desk) -> list[Protocol]:
    """Each by its name once."""
    return list({known.id: known for known, _ in reversed(draft_orders.shelf(desk).in_force)}.values())[::-1]


def one(desk: Desk, name: str) -> Protocol:
    found = next((each for each in in_force(desk) if each.id == name), None)
    if found is None:
        raise NotFound
    return found


@router.get(HERE)
def binder(desk: SignedIn) -> HTMLResponse:
    """For every member of staff."""
    return console(desk, "pages/paper.html", {"here": "paper", "protocols": in_force(desk)}, path=HERE)


@router.get(HERE + "/all")
def all_forms(desk: SignedIn, language: PaperLanguage = "en") -> HTMLResponse:
    return printed(desk, in_force(desk), HERE + "/all", language, short=False)


@router.get("/protocols/{name}/paper")
def form(desk: SignedIn, name: Name, language: PaperLanguage = "en") -> HTMLResponse:
    """What is in force here, for every member of staff."""
    return printed(desk, [one(desk, name)], f"/protocols/{name}/paper", language, short=False)


@router.get("/protocols/{name}/one-page")
def one_page(desk: SignedIn, name: Name, language: PaperLanguage = "en") -> HTMLResponse:
    return printed(desk, [one(desk, name)], f"/protocols/{name}/one-page", language, short=True)
