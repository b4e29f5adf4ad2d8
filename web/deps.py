"""Who is asking: the desk of a signed-in person or of a token's holder. Every route names one, or says `Anyone`."""

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Annotated, Literal, Protocol

from fastapi import Depends, HTTPException, Path, Query
from sqlalchemy import Connection
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from crisis import clock
from crisis.commands import Actor, Command, OpenIncident
from crisis.errors import Reason, Refused
from crisis.identity.provider import Provider
from crisis.settings import Settings
from crisis.store import accounts, gathering, people, sessions
from crisis.store.engine import Store
from crisis.store.identities import AWAY
from crisis.submit import Submitted, open_incident, submit
from crisis.vocabulary import IncidentId, PersonId, StudentId, WordsId
from web import kept_forms
from web.addresses import Kind, addresses_of, network_of
from web.choices import YEAR, Choices, choices_of
from web.presence import Presence
from web.problems import OwnPassphraseNeeded, SecondFactorNeeded, SignInNeeded, StepUpNeeded, TokenNeeded
from web.themes import Theme, theme_of
from web.words import N_

Language = Literal["en", "es"]

FORM_TOKEN = "csrf"  # noqa: S105  (the name of the hidden field, not a secret)
FORM_TOKEN_HEADER = "x-csrf-token"  # noqa: S105
OLD_FORM = N_("This form is too old or did not come from this site. Load the page again.")
UNTOUCHED = "x-untouched"  # a page that keeps itself up to date says that nobody asked for it
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
ID = r"^[0-9A-Za-z_.:-]{1,80}$"
FRESH_FOR = timedelta(minutes=5)
NOTHING: Mapping[WordsId, str] = MappingProxyType({})


@dataclass(slots=True, kw_only=True)
class Desk:
    """What a route needs of the one who asks. `seal` keeps words until the next order carries their ids."""

    store: Store
    settings: Settings
    actor: Actor
    person: PersonId
    name: str
    language: Language
    at: datetime
    theme: Theme = "auto"  # of this browser
    form_token: str = ""
    session: str = field(default="", repr=False)  # the secret in the cookie, or the program's token
    proved_at: datetime | None = None  # when they last showed that it is them; None for a program
    factors: int = 1
    locked: bool = False  # nobody touched the screen for a while: may raise an incident, and nothing else
    emergency: bool = False  # an account on paper
    everybody: bool = False  # lists of staff leave nobody out, as the address asks
    limited: bool = False  # less than is asked for: may raise an incident, and set up what is missing
    presence: Presence = field(repr=False)
    choices: Choices
    shared: bool = True  # others use this device too: nothing is kept in it
    idle: timedelta = timedelta(0)  # without a touch, until the screen locks
    given: bool = False  # by a passphrase that another person has seen: takes one of their own before anything else
    sealed: dict[WordsId, str] = field(default_factory=dict)

    def drafts_key(self) -> str:
        """By which this person's browser seals what they type, in base64; empty where nothing may be kept in it.

        The browser never stores it: what lies there opens only for whoever is signed in as the same person.
        """
        if self.shared or self.emergency or self.limited:
            return ""
        return b64encode(self.store.keys.derived(f"drafts|{self.person}")).decode()

    @property
    def drafts_of(self) -> str:
        """Whose drafts they are, so that another person in that browser drops them."""
        return hashlib.sha256(f"drafts|{self.person}".encode()).hexdigest()[:16]

    def must_be_fresh(self) -> None:
        """Raises `StepUpNeeded` before what is dangerous (PR-61). A program cannot show that it is a person."""
        self.must_be_a_person()
        if self.proved_at is None:
            text = "This wants somebody who has just shown that it is them: do it on the console, no program can"
            raise Refused(Reason("PR-61", text))
        if self.at > self.proved_at + FRESH_FOR:
            raise StepUpNeeded

    def must_be_a_person(self) -> None:
        """Raises `Refused` for an emergency account: for what somebody answers in their own name."""
        if self.emergency:
            raise Refused(Reason("EMERGENCY", "An emergency account does not do this; somebody in their own name must"))

    def seal(self, text: str) -> WordsId:
        words_id = WordsId(clock.new_id())
        self.sealed[words_id] = text
        return words_id

    def submit(
        self,
        incident_id: IncidentId,
        command: Command,
        *,
        words: Mapping[WordsId, str] = NOTHING,
        seen: int | None = None,
        key: str | None = None,
    ) -> Submitted:
        sealed, self.sealed = {**self.sealed, **words}, {}
        return submit(self.store, incident_id, command, at=self.at, words=sealed, seen=seen, key=key)

    def open(
        self, command: OpenIncident, *, words: Mapping[WordsId, str] = NOTHING, key: str | None = None
    ) -> Submitted:
        sealed, self.sealed = {**self.sealed, **words}, {}
        return open_incident(self.store, command, at=self.at, words=sealed, key=key)


def store_of(connection: HTTPConnection) -> Store:
    store = connection.app.state.store
    assert isinstance(store, Store)
    return store


def settings_of(connection: HTTPConnection) -> Settings:
    settings = connection.app.state.settings
    assert isinstance(settings, Settings)
    return settings


def providers_of(connection: HTTPConnection) -> dict[str, Provider]:
    """Of sign-ins, by the name in their addresses."""
    providers = connection.app.state.providers
    assert isinstance(providers, dict)
    return providers


def language_of(connection: HTTPConnection) -> Language:
    chosen = connection.cookies.get(language_cookie(settings_of(connection)))
    said = chosen or connection.headers.get("accept-language", "en")
    return "es" if said.lower().startswith("es") else "en"


def language_cookie(settings: Settings) -> str:
    return "__Host-language" if settings.https else "language"


def remember_language(response: Response, settings: Settings, to: str) -> None:
    name = language_cookie(settings)
    response.set_cookie(name, to, max_age=YEAR, path="/", secure=settings.https, httponly=True, samesite="lax")


def cookie_name(settings: Settings) -> str:
    """`__Host-` binds the cookie to this host and to https; plain http exists on the machine itself only."""
    return "__Host-session" if settings.https else "session"


def session_token(connection: HTTPConnection) -> str | None:
    return connection.cookies.get(cookie_name(settings_of(connection)))


def bearer_token(connection: HTTPConnection) -> str | None:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def remember(response: Response, settings: Settings, token: str) -> None:
    """Signs the browser in. The cookie lives as long as the browser; the store knows when the session ends."""
    response.set_cookie(cookie_name(settings), token, path="/", secure=settings.https, httponly=True, samesite="lax")


def forget(response: Response, settings: Settings, *, shows_pages: bool = False) -> None:
    """A browser that shows pages goes on to, signed in or not: what does that lies in its storage, and no more does."""
    response.delete_cookie(cookie_name(settings), path="/", secure=settings.https, httponly=True, samesite="lax")
    response.headers["Clear-Site-Data"] = '"cache"' if shows_pages else '"cache", "storage"'


def sent_cookie(settings: Settings) -> str:
    return "__Host-sent" if settings.https else "sent"


def remember_sent(response: Response, settings: Settings, key: str) -> None:
    """The key of the form that was taken last, for the page that comes next and its drafts."""
    name = sent_cookie(settings)
    response.set_cookie(name, key, max_age=60, path="/", secure=settings.https, httponly=True, samesite="lax")


def forget_sent(response: Response, settings: Settings) -> None:
    name = sent_cookie(settings)
    response.delete_cookie(name, path="/", secure=settings.https, httponly=True, samesite="lax")


def half_cookie(settings: Settings) -> str:
    return "__Host-half" if settings.https else "half"


def remember_half(response: Response, settings: Settings, secret: str) -> None:
    """The passphrase was right; for as long as the second factor is awaited."""
    response.set_cookie(half_cookie(settings), secret, path="/", secure=settings.https, httponly=True, samesite="lax")


def forget_half(response: Response, settings: Settings) -> None:
    response.delete_cookie(half_cookie(settings), path="/", secure=settings.https, httponly=True, samesite="lax")


def provider_cookie(settings: Settings) -> str:
    return "__Host-provider" if settings.https else "provider"


def remember_provider(response: Response, settings: Settings, secret: str) -> None:
    """On the way to a sign-in provider and back, and until a code was typed; no longer."""
    name, kept = provider_cookie(settings), int(AWAY.total_seconds())
    response.set_cookie(name, secret, max_age=kept, path="/", secure=settings.https, httponly=True, samesite="lax")


def forget_provider(response: Response, settings: Settings) -> None:
    name = provider_cookie(settings)
    response.delete_cookie(name, path="/", secure=settings.https, httponly=True, samesite="lax")


def form_token(session: str) -> str:
    """The synchroniser token of a session: only pages of ours, read by its owner, can know it."""
    return hmac.digest(session.encode(), b"form", "sha256").hex()


async def check_form_token(request: Request) -> None:
    """Part of `signed_in`, so that no route that changes something can forget it (F116)."""
    session = session_token(request)
    if request.method in SAFE_METHODS or session is None:
        return
    request.state.sent = await request.form()
    given = request.headers.get(FORM_TOKEN_HEADER) or request.state.sent.get(FORM_TOKEN)
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), form_token(session).encode()):
        raise HTTPException(403, OLD_FORM)


def desk_of(connection: HTTPConnection, person: PersonId, token: str) -> Desk:
    store = store_of(connection)
    with store.read() as tx:
        actor = people.actor(tx, person)
        name = people.names(tx, [person]).get(person, "")
        shown = sessions.shown(tx, token, clock.now())
    return Desk(
        store=store.of(actor.district),
        settings=settings_of(connection),
        presence=connection.app.state.hub.presence,
        actor=actor,
        person=person,
        name=name,
        language=language_of(connection),
        at=clock.now(),
        theme=theme_of(connection, settings_of(connection)),
        form_token=form_token(token),
        session=token,
        proved_at=None if shown is None else shown.proved_at,
        factors=1 if shown is None else shown.factors,
        emergency=shown is not None and shown.emergency,
        everybody=connection.query_params.get("staff") == "all",
        limited=shown is not None and not shown.whole,
        given=shown is not None and shown.given,
        choices=choices_of(connection, settings_of(connection)),
        shared=shown is None or shown.shared,
        idle=timedelta(0) if shown is None else shown.idle,
    )


class Lookup(Protocol):
    def __call__(self, tx: Connection, token: str, at: datetime, *, used: bool = True) -> PersonId | None: ...


class Seen(Protocol):
    def __call__(self, tx: Connection, token: str, at: datetime) -> bool: ...


def known_by(request: Request, token: str, lookup: Lookup, seen_lately: Seen) -> PersonId | None:
    """Writes down the use at most every half minute: each write would wake the readers of all consoles.

    What a page asks for by itself is no use: a screen that nobody touches must not keep itself signed in.
    """
    store, now = store_of(request), clock.now()
    with store.read() as tx:
        person, lately = lookup(tx, token, now, used=False), seen_lately(tx, token, now)
    if person is not None and not lately and UNTOUCHED not in request.headers:
        with store.write() as tx:
            person = lookup(tx, token, now)
    return person


def may_raise(request: Request, _checked: Annotated[None, Depends(check_form_token)]) -> Desk:
    """For raising an incident alone: also from a screen that nobody touched for a while; it reads nothing (PR-18)."""
    token = session_token(request)
    person = known_by(request, token, sessions.limited_holder, sessions.seen_lately) if token is not None else None
    if token is not None and person is None:
        with store_of(request).read() as tx:
            locked, over = (find(tx, token, clock.now()) for find in (sessions.locked_holder, sessions.over_holder))
        if over is not None:
            kept_forms.keep(request, store_of(request), token, over)
        if locked is not None:
            return replace(desk_of(request, locked, token), limited=True, locked=True)
    if token is None or person is None:
        raise SignInNeeded
    return desk_of(request, person, token)


def any_passphrase(request: Request, desk: Annotated[Desk, Depends(may_raise)]) -> Desk:
    """Also for whoever came by a passphrase that another person made, to take one of their own (ASVS 6.4.1)."""
    if desk.locked:
        kept_forms.keep(request, desk.store.across, desk.session, desk.person)
        raise SignInNeeded
    return desk


def one_factor(desk: Annotated[Desk, Depends(any_passphrase)]) -> Desk:
    """Also for whoever still lacks the second factor that their district asks for, to set it up."""
    if desk.given:
        raise OwnPassphraseNeeded
    return desk


def signed_in(request: Request, desk: Annotated[Desk, Depends(one_factor)]) -> Desk:
    if desk.limited:
        raise SecondFactorNeeded
    must_not_gather(request, desk)
    return desk


def token_holder(request: Request) -> Desk:
    token = bearer_token(request)
    person = known_by(request, token, accounts.token_holder, accounts.token_seen_lately) if token is not None else None
    if token is not None and person is None:
        _one_more_wrong_token(request)
    if token is None or person is None:
        raise TokenNeeded
    desk = desk_of(request, person, token)
    must_not_gather(request, desk)
    return desk


def _one_more_wrong_token(request: Request) -> None:
    """Only those that fail are counted, and only those are told to wait: a program with a good token never is."""
    addresses, network, now = addresses_of(request), network_of(request), clock.now()
    wait = addresses.wait(Kind.TOKEN, network, now)
    if wait is not None:
        raise HTTPException(429, "Too many wrong tokens from this network", {"Retry-After": str(60 * wait)})
    addresses.failed(Kind.TOKEN, network, now)


def must_not_gather(request: Request, desk: Desk) -> None:
    """Asked by every route that has a student or an incident in its address, so that none can forget it."""
    named = [str(request.path_params[each]) for each in ("student", "incident_id") if each in request.path_params]
    if not all(re.fullmatch(ID, each) for each in named) or not named:
        return  # what is no name is refused as an address, and never asked of the database
    with desk.store.read() as tx:
        student = request.path_params.get("student")
        if student is None:
            student = gathering.student_of_closed(tx, IncidentId(request.path_params["incident_id"]))
        if student is None or not gathering.is_counted(tx, desk.actor, student, desk.at):
            return
    with desk.store.write() as tx:
        may = gathering.look(tx, desk.person, student, desk.actor.district, desk.at)
    if not may:
        raise HTTPException(429, "The next student's record opens in a minute", {"Retry-After": "60"})


def anyone() -> None:
    """Marks a route that needs no sign-in on purpose; a test lists them."""


MayRaise = Annotated[Desk, Depends(may_raise)]
AnyPassphrase = Annotated[Desk, Depends(any_passphrase)]
OneFactor = Annotated[Desk, Depends(one_factor)]
SignedIn = Annotated[Desk, Depends(signed_in)]
TokenHolder = Annotated[Desk, Depends(token_holder)]
Anyone = Depends(anyone)
IncidentPath = Annotated[IncidentId, Path(pattern=ID)]
AtSchool = Annotated[str, Query(pattern=rf"{ID}|^$")]  # empty: whichever the page begins with
StudentPath = Annotated[StudentId, Path(pattern=ID)]
RestrictionPath = Annotated[str, Path(pattern=ID)]
ConsentPath = Annotated[str, Path(pattern=ID)]
RequestPath = Annotated[str, Path(pattern=ID)]
InstructionPath = Annotated[str, Path(pattern=ID)]
PreferencePath = Annotated[str, Path(pattern=ID)]
ConditionPath = Annotated[str, Path(pattern=ID)]
AdultPath = Annotated[PersonId, Path(pattern=ID)]
AuthorityPath = Annotated[str, Path(pattern=ID)]
DirectivePath = Annotated[str, Path(pattern=ID)]
AvoidedPath = Annotated[str, Path(pattern=ID)]
NamePath = Annotated[str, Path(pattern=ID)]
