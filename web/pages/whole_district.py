"""A district that leaves: what was given back, who asks for its end, and the certificate, which is shown this once."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field
from starlette.responses import Response

from crisis.errors import NotFound
from crisis.store.district_ends import SHOWN
from web import district_end_orders
from web.deps import ID, Desk, SignedIn
from web.forms import FRESH, FormPost, FormState, Sent
from web.pages.frame import console
from web.pages.reasons import in_words
from web.rendering import page
from web.words import N_

router = APIRouter(include_in_schema=False)

HERE = "/whole-district"


class Ask(Sent):
    file: str = Field(title=N_("The first 12 digits of the file’s SHA-256"))


class Destroy(Ask):
    sure: Literal["yes"] = Field(title=N_("I have read it: nobody can bring it back"))


def show(desk: Desk, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    found = district_end_orders.standing(desk)
    values = {
        "here": "retention",
        "end": found.end,
        "names": found.names,
        "me": desk.person,
        "digits": SHOWN,
        "reasons": [in_words(each, desk.language).words for each in found.reasons],
    }
    return console(desk, "pages/whole_district.html", values, path=HERE, status=status, problem=problem)


@router.get(HERE)
def whole_district(desk: SignedIn) -> HTMLResponse:
    """For the privacy officer and the district crisis lead; every view is on record."""
    return show(desk)


@router.post(f"{HERE}/{{action}}", response_model=None)
def change(desk: SignedIn, action: Annotated[str, Path(pattern=ID)], posted: FormPost) -> Response:
    """One form, one change. Afterwards nobody of the district is signed in, so the certificate is the answer."""
    match action:
        case "ask":
            district_end_orders.ask(desk, posted.read(Ask).file)
        case "withdraw":
            posted.read(Sent)
            district_end_orders.withdraw(desk)
        case "destroy":
            made = district_end_orders.confirm(desk, posted.read(Destroy).file)
            return page(
                "pages/district_gone.html", desk.language, csrf="", path="/login", district_line=None, made=made
            )
        case _:
            raise NotFound
    return RedirectResponse(HERE, status_code=303)
