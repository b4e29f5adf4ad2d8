"""Signing in by name and password, signing out, and the language of the screen."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import Request

from crisis import clock
from crisis.store import accounts, extra_ways, sessions
from web.deps import (
    LANGUAGE_COOKIE,
    Anyone,
    SignedIn,
    forget,
    language_of,
    remember,
    session_token,
    settings_of,
    store_of,
)
from web.devices import device_of, limit_rules
from web.rendering import LANGUAGES, page

router = APIRouter(include_in_schema=False)

Short = Annotated[str, Form(max_length=200)]
YEAR = 365 * 24 * 3600


@router.get("/login", dependencies=[Anyone])
def show_sign_in(request: Request) -> HTMLResponse:
    return sign_in_page(request)


def sign_in_page(request: Request, username: str = "", status: int = 200) -> HTMLResponse:
    return page(
        "pages/sign_in.html",
        language_of(request),
        status=status,
        csrf="",
        path="/login",
        failed=status != 200,
        username=username,
        district_line=None,
    )


@router.post("/login", dependencies=[Anyone], response_model=None)
def sign_in(
    request: Request, username: Short, password: Short, shared: Short = "no"
) -> HTMLResponse | RedirectResponse:
    """The same answer for a wrong name and a wrong password. A device that others use too forgets sooner."""
    token = accounts.sign_in(
        store_of(request),
        username,
        password,
        clock.now(),
        replaces=session_token(request),
        device=device_of(request, shared=shared == "yes"),
        rules=limit_rules(settings_of(request)),
    )
    if token is None:
        return sign_in_page(request, username, 401)
    response = RedirectResponse("/board", status_code=303)
    remember(response, settings_of(request), token)
    return response


@router.post("/logout")
def sign_out(request: Request, desk: SignedIn) -> RedirectResponse:
    token = session_token(request)
    with desk.store.read() as tx:
        shows_pages = bool(extra_ways.subscriptions(tx, [desk.person]))
    if token is not None:
        with store_of(request).write() as tx:
            sessions.sign_out(tx, token)
    response = RedirectResponse("/login", status_code=303)
    forget(response, settings_of(request), shows_pages=shows_pages)
    return response


@router.post("/language", dependencies=[Anyone])
def choose_language(request: Request, to: Short, back: Short = "/board") -> RedirectResponse:
    """Changes nothing but the words on this screen, so it needs no sign-in; it leads to our own pages only."""
    ours = back.startswith("/") and not back.startswith(("//", "/\\"))
    response = RedirectResponse(back if ours else "/board", status_code=303)
    if to in LANGUAGES:
        secure = settings_of(request).https
        response.set_cookie(LANGUAGE_COOKIE, to, max_age=YEAR, path="/", secure=secure, httponly=True, samesite="lax")
    return response
