"""Signing in by name and password, signing out, and the language of the screen."""

import hmac
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from crisis import clock
from crisis.errors import NotFound
from crisis.store import accounts, audit, extra_ways, kept_forms, passkeys, people, second_factor, sessions, unlock
from crisis.store.accounts import HalfSignIn
from crisis.store.second_factor import Half
from web.addresses import Kind
from web.deps import (
    Anyone,
    AnyPassphrase,
    forget,
    forget_half,
    form_token,
    half_cookie,
    language_of,
    providers_of,
    remember,
    remember_half,
    remember_language,
    session_token,
    settings_of,
    store_of,
)
from web.devices import device_of, limit_rules
from web.kept_forms import after_signing_in
from web.kept_forms import keep as kept_typed
from web.known_browsers import count_failure, must_be_free, remember_browser
from web.pages.board_counts import Counts, counts
from web.rendering import LANGUAGES, page
from web.sign_in_orders import site

router = APIRouter(include_in_schema=False)

log = logging.getLogger(__name__)

Short = Annotated[str, Form(max_length=200)]


@router.get("/login", dependencies=[Anyone])
def show_sign_in(request: Request) -> HTMLResponse:
    return sign_in_page(request)


def sign_in_page(
    request: Request, username: str = "", status: int = 200, *, said: str = "", wrong_pin: bool = False
) -> HTMLResponse:
    """`said`: why a provider's sign-in came to nothing; the other ways in stand beside it."""
    locked = _locked(request)
    return page(
        "pages/sign_in.html",
        language_of(request),
        status=status,
        csrf="",
        path="/login",
        failed=status != 200 and not said and not wrong_pin,
        said=said,
        locked=locked,
        kept=_form_waits(request),
        wrong_pin=wrong_pin,
        unlock_token=form_token(session_token(request) or ""),
        providers=[(name, each.known.shown_name) for name, each in providers_of(request).items()],
        username=username,
        may_raise=locked is not None,
        district_line=settings_of(request).office_phone or None,
    )


@router.get("/locked", dependencies=[Anyone], response_model=None)
def show_locked(request: Request) -> HTMLResponse | RedirectResponse:
    """In the place of a page that was locked: nothing of it, and how to open it again."""
    if _locked(request) is None:
        return RedirectResponse("/board", status_code=303)
    return sign_in_page(request)


@router.get("/locked/counts", dependencies=[Anyone])
def show_counts(request: Request) -> Counts | None:
    """For the locked page, which asks now and then whether something rings."""
    locked = _locked(request)
    return None if locked is None else locked.counts


@router.post("/lock")
def lock_screen(request: Request, desk: AnyPassphrase) -> RedirectResponse:
    """What was being typed in another form of that page comes along, and is kept for whoever opens it again."""
    kept_typed(request, desk.store.across, desk.session, desk.person)
    with desk.store.across.write() as tx:
        sessions.lock(tx, desk.session, desk.at)
    return RedirectResponse("/locked", status_code=303)


def _form_waits(request: Request) -> bool:
    token = session_token(request)
    if token is None:
        return False
    with store_of(request).read() as tx:
        return kept_forms.waits(tx, token, clock.now())


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """Whose screen it is, locked or not touched for a while. `by_pin`: they can open it again by their digits."""

    name: str
    by_pin: bool
    counts: Counts


def _locked(request: Request) -> Locked | None:
    token, at = session_token(request), clock.now()
    if token is None:
        return None
    with store_of(request).read() as tx:
        person = sessions.locked_holder(tx, token, at)
        if person is None:
            return None
        idle = sessions.limited_holder(tx, token, at, used=False) is None
        name = people.names(tx, [person]).get(person, "")
        by_pin, actor = idle and unlock.is_set(tx, person), people.actor(tx, person)
        return Locked(name=name, by_pin=by_pin, counts=counts(tx, actor, at))


@router.post("/unlock", dependencies=[Anyone], response_model=None)
def unlock_screen(request: Request, pin: Short = "", csrf: Short = "") -> HTMLResponse | RedirectResponse:
    """The session that was there goes on, as it was; the third wrong PIN ends it."""
    token, at = session_token(request) or "", clock.now()
    if not hmac.compare_digest(csrf.encode(), form_token(token).encode()):
        return RedirectResponse("/login", status_code=303)
    try:
        with store_of(request).write() as tx:
            new = unlock.unlock(tx, token, pin, at)
            person = None if new is None else sessions.limited_holder(tx, new, at, used=False)
    except NotFound:
        return RedirectResponse("/login", status_code=303)
    if new is None or person is None:
        return sign_in_page(request, status=401, wrong_pin=True)
    response = RedirectResponse(after_signing_in(store_of(request), token, new, person), status_code=303)
    remember(response, settings_of(request), new)
    return response


@router.post("/login", dependencies=[Anyone], response_model=None)
def sign_in(
    request: Request, username: Short, password: Short, shared: Short = "no"
) -> HTMLResponse | RedirectResponse:
    """The same answer for a wrong name and a wrong password. A device that others use too forgets sooner."""
    must_be_free(request, Kind.PASSWORD, accounts.canonical(username))
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
        count_failure(request, Kind.PASSWORD)
        return sign_in_page(request, username, 401)
    if isinstance(token, HalfSignIn):
        half = RedirectResponse("/login/code", status_code=303)
        remember_half(half, settings_of(request), token.secret)
        return half
    with store_of(request).read() as tx:
        person = sessions.limited_holder(tx, token, clock.now(), used=False)
    if person is None:
        return sign_in_page(request, username, 401)
    to = after_signing_in(store_of(request), session_token(request), token, person)
    response = RedirectResponse(to, status_code=303)
    remember(response, settings_of(request), token)
    remember_browser(request, response, person, shared=shared == "yes")
    return response


@router.post("/login/passkey/ask", dependencies=[Anyone])
def ask_passkey(request: Request) -> Response:
    """What a browser lets a device sign; the same for everybody. A script asks for it, also for showing again."""
    with store_of(request).write() as tx:
        options = passkeys.ask(tx, site(settings_of(request)), clock.now())
    return Response(options, media_type="application/json")


@router.post("/login/passkey", dependencies=[Anyone], response_model=None)
def sign_in_by_passkey(
    request: Request, answer: Annotated[str, Form(max_length=16 * 1024)], shared: Short = "no"
) -> HTMLResponse | RedirectResponse:
    at, settings = clock.now(), settings_of(request)
    with store_of(request).write() as tx:
        person = passkeys.holder(tx, site(settings), answer, at)
    if person is None:
        log.info("a sign-in failed: passkey")
        return sign_in_page(request, "", 401)
    return signed_in_whole(request, Half(person=person, shared=shared == "yes"), "", at)


@router.get("/login/code", dependencies=[Anyone], response_model=None)
def show_code(request: Request) -> HTMLResponse | RedirectResponse:
    secret = request.cookies.get(half_cookie(settings_of(request)))
    return code_page(request, secret) if secret else RedirectResponse("/login", status_code=303)


def code_page(request: Request, secret: str, status: int = 200) -> HTMLResponse:
    """Whoever has a passkey may give that instead; whoever has no app is not asked for its code."""
    with store_of(request).read() as tx:
        half = second_factor.half(tx, secret, clock.now())
        by_app = half is None or second_factor.is_on(tx, half.person)
        by_key = half is not None and bool(passkeys.of_person(tx, half.person))
    return page(
        "pages/sign_in_code.html",
        language_of(request),
        status=status,
        csrf=form_token(secret),
        path="/login/code",
        by_app=by_app,
        by_key=by_key,
        shared=half is not None and half.shared,
        failed=status != 200,
        district_line=settings_of(request).office_phone or None,
    )


@router.post("/login/code", dependencies=[Anyone], response_model=None)
def give_code(request: Request, code: Short, csrf: Short = "") -> HTMLResponse | RedirectResponse:
    """The second half. A wrong code costs a try, also when somebody else's form sent it: the token is looked at first.

    Raises `Refused` after too many wrong ones.
    """
    must_be_free(request, Kind.CODE)
    store, settings, at = store_of(request), settings_of(request), clock.now()
    secret = request.cookies.get(half_cookie(settings), "")
    with store.write() as tx:
        half = second_factor.half(tx, secret, at)
        if half is None or not hmac.compare_digest(csrf.encode(), form_token(secret).encode()):
            return RedirectResponse("/login", status_code=303)
        right = second_factor.check(tx, store.keys, half.person, code, at)
    if not right:
        count_failure(request, Kind.CODE)
        return code_page(request, secret, 401)
    return signed_in_whole(request, half, secret, at)


def signed_in_whole(request: Request, half: Half, secret: str, at: datetime) -> RedirectResponse:
    settings, before = settings_of(request), session_token(request)
    device, rules = device_of(request, shared=half.shared), limit_rules(settings)
    with store_of(request).write() as tx:
        second_factor.end_half(tx, secret)
        if before is not None:
            sessions.sign_out(tx, before)
        token = sessions.begin(tx, half.person, at=at, device=device, rules=rules, factors=2, whence=half.whence)
        audit.record(tx, at=at, actor=half.person, action="signed in", subject=half.person, detail={"factors": 2})
    response = RedirectResponse(after_signing_in(store_of(request), before, token, half.person), status_code=303)
    remember(response, settings, token)
    remember_browser(request, response, half.person, shared=half.shared)
    forget_half(response, settings)
    return response


@router.post("/logout")
def sign_out(request: Request, desk: AnyPassphrase) -> RedirectResponse:
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
        remember_language(response, settings_of(request), to)
    return response
