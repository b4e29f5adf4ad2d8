"""Signing in at the district's own provider, and coming back: what that gives is one factor, and one person of ours.

Nothing here begins by itself: a link or a provider's own page of programs leads to a button first (ASVS 7.6.2).
"""

import hmac
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from crisis import clock
from crisis.errors import NotFound, Reason, Refused
from crisis.identity import flow
from crisis.identity.provider import Provider, ProviderDown
from crisis.identity_settings import PROVIDER_ID
from crisis.policy.identity import Identity, TokenRefused
from crisis.sign_in_words import TokenFault
from crisis.store import audit, identities, kept_forms, passkeys, second_factor, sessions
from crisis.store.identities import Door, UnderWay
from crisis.store.sessions import Whence
from crisis.vocabulary import DistrictId, PersonId
from web.addresses import Kind
from web.deps import (
    Anyone,
    forget_provider,
    form_token,
    language_of,
    provider_cookie,
    providers_of,
    remember,
    remember_half,
    remember_provider,
    session_token,
    settings_of,
    store_of,
)
from web.devices import device_of, limit_rules
from web.kept_forms import KEPT
from web.known_browsers import count_begun, count_failure, must_be_free, remember_browser
from web.pages.sign_in import sign_in_page
from web.rendering import page, translations
from web.words import N_

router = APIRouter(include_in_schema=False)

Named = Annotated[str, Path(pattern=PROVIDER_ID)]
Short = Annotated[str, Form(max_length=200)]
Said = Annotated[str, Query(max_length=4096)]
TYPE_CODE = "/login/connect"
OWN = "/me/sign-in"
DOWN = N_(
    "%(name)s does not answer now. Use your password or a passkey. Whoever needs help now calls the office, or 911."
)
NOT_OURS = N_("What came back does not belong to a sign-in that was begun here. Begin again.")
GIVEN_UP = N_("Nobody was signed in at %(name)s.")
NOT_TAKEN = N_(
    "What %(name)s said cannot be believed; nobody was signed in. Begin again. If it stays so, tell the operator."
)
NOT_STAFF = N_("Only staff of this district sign in here. Whoever should be able to asks the district crisis lead.")
SIGNED_OUT = N_("You were signed out meanwhile. Sign in, and connect it again.")
NOT_YOURS = (TokenFault.TENANT, TokenFault.GUEST, TokenFault.STUDENT)


def provider_named(request: Request, name: str) -> Provider:
    found = providers_of(request).get(name)
    if found is None:
        raise NotFound
    return found


def door(provider: Provider) -> Door:
    return Door(id=provider.id, district=DistrictId(provider.known.district))


@router.get("/login/with/{name}", dependencies=[Anyone])
def show_way(request: Request, name: Named) -> HTMLResponse:
    """Where a provider's own page of programs leads to: a button, and nothing that has happened."""
    return _page(request, "pages/provider.html", provider_named(request, name), csrf="")


def _page(request: Request, template: str, provider: Provider, *, status: int = 200, **values: object) -> HTMLResponse:
    shown = {"name": provider.id, "provider": provider.known.shown_name, "path": "/login", "district_line": None}
    return page(template, language_of(request), status=status, **(shown | values))


@router.post("/login/with", dependencies=[Anyone], response_model=None)
def go_to(request: Request, provider: Annotated[str, Form(pattern=PROVIDER_ID)], shared: Short = "no") -> HTMLResponse:
    must_be_free(request, Kind.PROVIDER)
    must_be_free(request, Kind.BEGUN)
    count_begun(request)
    return leaving(request, provider_named(request, provider), shared=shared == "yes")


def leaving(
    request: Request, provider: Provider, *, shared: bool = False, person: PersonId | None = None
) -> HTMLResponse:
    """A page that leads on by itself: browsers keep our forms from ending at another site, and so they shall."""
    with store_of(request).write() as tx:
        secret = identities.begin(tx, door(provider), clock.now(), person=person, shared=shared)
    try:
        address = provider.address(secret, anew=shared)
    except ProviderDown:
        return _nobody(request, provider, DOWN, 503)
    answer = _page(request, "pages/provider_leaving.html", provider, csrf="")
    answer.headers["Refresh"] = f"0; url={address}"
    remember_provider(answer, settings_of(request), secret)
    return answer


def _nobody(request: Request, provider: Provider, said: str, status: int = 401, *, keeps: bool = False) -> HTMLResponse:
    """The sign-in page, with its other ways in."""
    text = translations(language_of(request)).gettext(said) % {"name": provider.known.shown_name}
    answer = sign_in_page(request, status=status, said=text)
    if status == 401:
        count_failure(request, Kind.PROVIDER)
    if not keeps:
        forget_provider(answer, settings_of(request))
    return answer


@router.get("/login/with/{name}/callback", dependencies=[Anyone], response_model=None)
def come_back(
    request: Request, name: Named, *, code: Said = "", state: Said = "", iss: Said = "", error: Said = ""
) -> Response:
    """What was begun here, in this browser, and comes back for the first time; all else signs nobody in."""
    provider, at = provider_named(request, name), clock.now()
    secret = request.cookies.get(provider_cookie(settings_of(request)), "")
    if not state or not secret:
        return show_way(request, name)
    must_be_free(request, Kind.PROVIDER)
    begun = _taken(request, provider, (secret, state, iss), at)
    if begun is None:  # a link made by somebody else must not end what was begun here, either
        return _nobody(request, provider, NOT_OURS, keeps=True)
    if error or not code:
        return _nobody(request, provider, GIVEN_UP)
    try:
        identity = provider.identity(code, secret, at)
    except ProviderDown:
        return _nobody(request, provider, DOWN, 503)
    except TokenRefused as refused:
        with store_of(request).write() as tx:
            identities.refused(tx, door(provider), refused.fault, at)
        return _nobody(request, provider, NOT_STAFF if refused.fault in NOT_YOURS else NOT_TAKEN)
    if begun.person is not None:
        return _connected(request, provider, begun.person, identity, at)
    return _arrived(request, provider, identity, shared=begun.shared, at=at)


def _taken(request: Request, provider: Provider, said: tuple[str, str, str], at: datetime) -> UnderWay | None:
    """The state of this cookie, at the provider that was asked (RFC 9207), and only once."""
    secret, state, issuer = said
    if not flow.fits(secret, state) or issuer not in ("", provider.known.issued_by):
        return None
    with store_of(request).write() as tx:
        begun = identities.under_way(tx, secret, at)
        if begun is None or begun.provider != provider.id or begun.identity is not None:
            return None
        return begun if identities.end(tx, secret) else None


def _connected(request: Request, provider: Provider, person: PersonId, identity: Identity, at: datetime) -> Response:
    """Only while the same person is still signed in, in this browser."""
    with store_of(request).write() as tx:
        token = session_token(request)
        if token is None or sessions.holder(tx, token, at) != person:
            return _nobody(request, provider, SIGNED_OUT)
        identities.connect(tx, door(provider), identity, person, at=at, by=None)
    answer = RedirectResponse(OWN, status_code=303)
    forget_provider(answer, settings_of(request))
    return answer


def _arrived(request: Request, provider: Provider, identity: Identity, *, shared: bool, at: datetime) -> Response:
    with store_of(request).write() as tx:
        person = identities.holder(tx, door(provider), identity, at)
        known = person is not None or identities.is_known(tx, identity)
        secret = None if known else identities.begin(tx, door(provider), at, shared=shared, identity=identity)
    if person is not None:
        return entered(request, provider, person, UnderWay(provider.id, None, shared, identity), at)
    if secret is None:
        return _nobody(request, provider, NOT_STAFF)
    answer = RedirectResponse(TYPE_CODE, status_code=303)
    remember_provider(answer, settings_of(request), secret)
    return answer


def entered(
    request: Request, provider: Provider, person: PersonId, way: UnderWay, at: datetime, *, proved: bool = False
) -> Response:
    """One factor, unless the provider has proved two: then our own is asked for, or has to be set up first.

    `proved`: they have just typed a code that only they were given. Else what is dangerous, and setting a factor up
    is that, first asks for their password or passkey.
    """
    settings, before = settings_of(request), session_token(request)
    strong = way.identity is not None and way.identity.strong
    whence = Whence(provider.id, None if way.identity is None else identities.session_digest(way.identity))
    device, rules = device_of(request, shared=way.shared), limit_rules(settings)
    with store_of(request).write() as tx:
        has_one = second_factor.is_on(tx, person) or bool(passkeys.of_person(tx, person))
        if has_one and not strong:
            half = second_factor.begin_half(tx, person, at=at, shared=way.shared, whence=whence)
            answer = RedirectResponse("/login/code", status_code=303)
            remember_half(answer, settings, half)
        else:
            if before is not None:
                sessions.sign_out(tx, before)
            factors = 2 if strong else 1
            token = sessions.begin(
                tx, person, at=at, device=device, rules=rules, factors=factors, whence=whence, proved=proved
            )
            detail: audit.Detail = {"factors": factors, "provider": provider.id}
            audit.record(tx, at=at, actor=person, action="signed in", subject=person, detail=detail)
            answer = RedirectResponse("/board", status_code=303)
            remember(answer, settings, token)
            if before is not None and kept_forms.move(tx, before, token, person, at):
                answer.headers["location"] = KEPT
    if not has_one or strong:
        remember_browser(request, answer, person, shared=way.shared)
    forget_provider(answer, settings)
    return answer


@router.get(TYPE_CODE, dependencies=[Anyone], response_model=None)
def show_code(request: Request) -> Response:
    secret, waiting = _waiting(request)
    if waiting is None:
        return RedirectResponse("/login", status_code=303)
    return _code_page(request, provider_named(request, waiting.provider), secret)


def _waiting(request: Request) -> tuple[str, UnderWay | None]:
    """Somebody whom a provider knows and we do not."""
    secret = request.cookies.get(provider_cookie(settings_of(request)), "")
    with store_of(request).read() as tx:
        found = identities.under_way(tx, secret, clock.now())
    return secret, found if found is not None and found.identity is not None else None


def _code_page(request: Request, provider: Provider, secret: str, status: int = 200) -> HTMLResponse:
    token = form_token(secret)
    return _page(request, "pages/provider_code.html", provider, status=status, csrf=token, failed=status != 200)


@router.post(TYPE_CODE, dependencies=[Anyone], response_model=None)
def give_code(
    request: Request, code: Annotated[str, Form(max_length=40)], csrf: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """Connects what the provider said to the person who was given the code. Raises `Refused` after wrong ones."""
    (secret, waiting), at = _waiting(request), clock.now()
    if waiting is None or not hmac.compare_digest(csrf.encode(), form_token(secret).encode()):
        return RedirectResponse("/login", status_code=303)
    provider = provider_named(request, waiting.provider)
    with store_of(request).write() as tx:
        may_try = identities.try_code(tx, secret, at)
    if not may_try:
        raise Refused(Reason("PR-63", "Too many wrong codes; ask for a new one, and begin again"))
    with store_of(request).write() as tx:
        found = identities.spend_code(tx, door(provider), code, at)
        if found is not None and waiting.identity is not None and identities.end(tx, secret):
            identities.connect(tx, door(provider), waiting.identity, found.person, at=at, by=found.made_by)
    if found is None:
        count_failure(request, Kind.PROVIDER)
        return _code_page(request, provider, secret, 401)
    return entered(request, provider, found.person, waiting, at, proved=True)
