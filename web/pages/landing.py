"""Where the link in the text of a page leads: its owner answers without signing in, and sees what the text said.

Whoever holds the link is taken for the person it was sent to. Looking goes on record as seen and changes nothing:
previews and scanners open links too (F52). An answer is a form with a token of its own.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, cast

from fastapi import APIRouter, Form, HTTPException, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from crisis import clock
from crisis.errors import NotFound
from crisis.notify import answers, people_to_tell
from crisis.notify.answers import Asked
from crisis.notify.details import Details, details_of
from crisis.notify.grammar import Choice, Reply
from crisis.notify.wording import SiteCode
from crisis.statemachine.answering import LONGEST
from crisis.statemachine.incident import Incident, Page
from crisis.store import incidents, page_links, people, phones, pins
from crisis.store.engine import Store
from crisis.store.pins import PinCheck
from crisis.vocabulary import DeclineReason, PageState
from web.deps import Anyone, Language, form_token, language_cookie, settings_of, store_of
from web.one_piece import in_one_piece
from web.rendering import LANGUAGES, Local, page, translations
from web.words import N_

router = APIRouter(prefix="/p", include_in_schema=False)

Token = Annotated[str, Path(pattern="^[A-Za-z0-9]{1,64}$")]
Short = Annotated[str, Form(max_length=40)]
FormToken = Annotated[str, Form(max_length=64)]
PRIVATE = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
ENDED = (PageState.CANCELLED, PageState.COVERED_ELSEWHERE)
MINUTES = (5, 10, 15, 30)
CHOICES = frozenset({"accept", "decline", "stand_by", "here", "delay"})
BAD_MINUTES = N_("Give the minutes until you come, 1 to 600")
SAID_OF_PIN = {
    PinCheck.WRONG: N_("That is not your PIN."),
    PinCheck.LOCKED: N_("Too many wrong tries. Sign in instead, or try again later."),
    PinCheck.NOT_SET: N_("You have no PIN yet. Sign in instead."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """What a link leads to; `next_at` is when others are paged, `zone` the school's."""

    asked: Asked
    incident: Incident
    page: Page
    site: SiteCode
    zone: str
    language: str | None
    has_pin: bool
    next_at: datetime | None

    @property
    def standing(self) -> str:
        """How the page stands for this person."""
        found, me = self.page, self.asked.person
        if found.state is not PageState.ACCEPTED:
            return "declined" if me in found.declined else "open"
        if found.accepted_by == me:
            return "arrived" if found.arrived_at is not None else "mine"
        return "offered" if found.offered_to == me else "taken"


def landing_of(store: Store, token: str, at: datetime) -> Landing:
    """Raises `NotFound` for every token that leads nowhere, whatever the reason: dead when its page is."""
    with store.read() as tx:
        linked = page_links.of_token(tx, token, at)
        if linked is None:
            raise NotFound
        incident = incidents.load(tx, linked.incident)
        found = incident.pages[linked.page]
        if found.state in ENDED or incident.closed_at is not None:
            raise NotFound
        ladder = people.ground(tx, incident.school).ladder(found.role, found.urgency).answer_within
        return Landing(
            asked=Asked(linked.incident, linked.page, linked.person),
            incident=incident,
            page=found,
            site=people_to_tell.site(tx, incident),
            zone=people.school(tx, incident.school).zone,
            language=people.language(tx, linked.person),
            has_pin=pins.is_set(tx, linked.person),
            next_at=found.level_since + ladder[found.level]
            if found.state is PageState.PAGING and found.level < len(ladder)
            else None,
        )


@router.get("/{token}", dependencies=[Anyone])
def show_landing(request: Request, token: Token) -> HTMLResponse:
    """Site, urgency, how it stands; no student. On record as seen."""
    store, at = store_of(request), clock.now()
    try:
        landing = landing_of(store, token, at)
    except NotFound:
        return nothing_here(request)
    if request.method == "GET":
        answers.seen(store, landing.asked, at)
    return shown(request, token, landing)


@router.post("/{token}", dependencies=[Anyone], response_model=None)
def answer_landing(
    request: Request,
    token: Token,
    *,
    csrf: FormToken = "",
    answer: Short = "",
    minutes: Short = "",
    other_minutes: Short = "",
    reason: Short = "",
) -> Response:
    """One answer, then the page again: it says what is true now, whoever was faster."""
    store, at = store_of(request), clock.now()
    try:
        landing = landing_of(store, token, at)
    except NotFound:
        return nothing_here(request)
    _must_be_of(token, csrf)
    if answer not in CHOICES:
        raise HTTPException(422)
    said = other_minutes.strip() or minutes.strip()
    given = int(said) if said.isascii() and said.isdecimal() and len(said) <= len(str(LONGEST)) else None
    if (said and (given is None or not 1 <= given <= LONGEST)) or (answer == "delay" and given is None):
        return shown(request, token, landing, wrong=BAD_MINUTES, status=422)
    why = DeclineReason(reason) if reason in set(DeclineReason) else None
    reply = Reply(cast(Choice, answer), None, minutes=given, reason=why)
    answers.answered(store, landing.asked, reply, at)
    return RedirectResponse(f"/p/{token}{_query(request)}", 303, headers=PRIVATE)


@router.post("/{token}/details", dependencies=[Anyone], response_model=None)
def show_details(request: Request, token: Token, *, csrf: FormToken = "", pin: Short = "") -> HTMLResponse:
    """For the PIN: which school, where, for what; the rest needs signing in."""
    store, at = store_of(request), clock.now()
    try:
        landing = landing_of(store, token, at)
    except NotFound:
        return nothing_here(request)
    _must_be_of(token, csrf)
    with store.write() as tx:
        found = pins.check(tx, landing.asked.person, pin, at)
    if found is not PinCheck.RIGHT:
        return shown(request, token, landing, pin_wrong=SAID_OF_PIN[found], status=422)
    return shown(request, token, landing, details=details_of(store, landing.asked))


def _must_be_of(token: str, csrf: str) -> None:
    """A form that was read on the page of this link; whoever only follows links, and posts, has not."""
    if not hmac.compare_digest(csrf.encode(), form_token(token).encode()):
        raise HTTPException(403)


def shown(
    request: Request,
    token: str,
    landing: Landing,
    *,
    wrong: str = "",
    pin_wrong: str = "",
    details: Details | None = None,
    status: int = 200,
) -> HTMLResponse:
    language = language_here(request, landing.language)
    translate = translations(language).gettext
    made = page(
        "pages/landing.html",
        language,
        status=status,
        csrf=form_token(token),
        here=f"/p/{token}",
        query=_query(request),
        landing=landing,
        page=landing.page,
        local=Local(language, landing.zone),
        MINUTES=MINUTES,
        DeclineReason=list(DeclineReason),
        wrong=translate(wrong) if wrong else "",
        pin_wrong=translate(pin_wrong) if pin_wrong else "",
        details=details,
        district_line=None,
    )
    made.headers.update(PRIVATE)
    return in_one_piece(made, "pages/landing.html", settings_of(request)) if request.method == "GET" else made


def nothing_here(request: Request) -> HTMLResponse:
    """One answer for every link that leads nowhere: old, ended, mistyped or made up."""
    office = settings_of(request).office_phone
    language = language_here(request, None)
    made = page(
        "pages/landing_gone.html",
        language,
        status=404,
        here=request.url.path,
        office=(office, phones.for_people(office)) if office else None,
        district_line=None,
    )
    made.headers.update(PRIVATE)
    return made


def language_here(request: Request, known: str | None) -> Language:
    """As chosen on this page, or on this device, or as the roster has it, or as the browser asks."""
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    chosen = request.cookies.get(language_cookie(settings_of(request)))
    said = chosen or known or request.headers.get("accept-language", "en")
    return "es" if said.lower().startswith("es") else "en"


def _query(request: Request) -> str:
    """The language goes along; nothing else does."""
    asked = request.query_params.get("lang", "")
    return f"?lang={asked}" if asked in LANGUAGES else ""
