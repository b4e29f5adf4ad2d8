"""What a page shows of pages to oneself, pulled live; shortcuts, and how somebody wants their screen to behave."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from web.choices import Choice, remember_choice
from web.deps import SignedIn
from web.mine import mine
from web.pages.frame import console
from web.pages.parts import part

router = APIRouter(include_in_schema=False)


@router.get("/me/pages/part")
def mine_part(desk: SignedIn, request: Request) -> Response:
    return part(desk, request, "components/part_mine.html", "UTC", {"to_me": mine(desk)})


@router.get("/shortcuts")
def show_shortcuts(desk: SignedIn) -> HTMLResponse:
    return console(desk, "pages/shortcuts.html", {}, path="/shortcuts")


@router.post("/me/choices")
def choose(
    desk: SignedIn,
    choice: Annotated[Choice, Form()],
    to: Annotated[Literal["on", "off"], Form()],
    back: Annotated[Literal["/shortcuts", "/settings/me"], Form()] = "/shortcuts",
) -> RedirectResponse:
    """Of this browser alone."""
    response = RedirectResponse(back, status_code=303)
    remember_choice(response, desk.settings, choice, on=to == "on")
    return response
