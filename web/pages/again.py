"""Showing again that it is you, before what is dangerous (PR-61). What was typed is kept and goes on afterwards."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from crisis.store import accounts, audit, passkeys, second_factor, sessions
from web.deps import AnyPassphrase, Desk, form_token, language_of, remember, session_token
from web.forms import FormPost, Posted, Sent
from web.rendering import page
from web.sign_in_orders import site
from web.words import N_

router = APIRouter(include_in_schema=False)

HERE = "/again"
KEPT = "kept."
OURS = r"^/[0-9A-Za-z_.:-][0-9A-Za-z/_.:-]*$"  # a path of this site, never `//elsewhere`
Fields = Mapping[str, tuple[str, ...]]


class Again(Sent):
    to: Annotated[str, Field(pattern=OURS, max_length=300)]
    how: Literal["get", "post"]
    password: Annotated[str, Field(default="", title=N_("Password"), max_length=300)]
    code: Annotated[str, Field(default="", title=N_("Code"), max_length=40)]
    answer: Annotated[str, Field(default="", max_length=16 * 1024)]


def ask(request: Request, posted: Posted | None) -> HTMLResponse:
    """In the place of what was asked for."""
    fields = {} if posted is None else {name: values for name, values in posted.fields.items() if name != "csrf"}
    how = "post" if request.method == "POST" else "get"
    return _page(request, request.url.path, how, fields)


def _page(request: Request, to: str, how: str, kept: Fields, *, failed: bool = False) -> HTMLResponse:
    session = session_token(request) or ""
    return page(
        "pages/again.html",
        language_of(request),
        status=401,
        csrf=form_token(session),
        path="/board",
        district_line=None,
        to=to,
        how=how,
        kept=_flat(kept),
        failed=failed,
    )


def _flat(kept: Fields) -> list[tuple[str, str]]:
    return [(name, value) for name, values in kept.items() for value in values]


@router.post(HERE, response_model=None)
def show_again(request: Request, desk: AnyPassphrase, posted: FormPost) -> Response:
    """A new secret for the session (F115), and one more press to send what was kept."""
    kept = {name.removeprefix(KEPT): values for name, values in posted.fields.items() if name.startswith(KEPT)}
    form = Posted(desk, {name: each for name, each in posted.fields.items() if not name.startswith(KEPT)}).read(Again)
    factors = proved_by_passkey(desk, form.answer) if form.answer else proved(desk, form.password, form.code)
    if factors is None:
        return _page(request, form.to, form.how, kept, failed=True)
    with desk.store.write() as tx:
        new = sessions.renewed(tx, desk.session, factors=max(factors, desk.factors), at=desk.at)
        audit.record(tx, at=desk.at, actor=desk.person, action="showed again that it is them", subject=desk.person)
    answer = go_on(desk, form, kept, new)
    remember(answer, desk.settings, new)
    return answer


def proved(desk: Desk, password: str, code: str) -> int | None:
    """By how many factors; None if one that is asked for is wrong. Raises `Refused` after too many wrong ones."""
    with desk.store.read() as tx:
        username, both = accounts.username_of(tx, desk.person), second_factor.is_on(tx, desk.person)
    if accounts.check_password(desk.store, username, password, desk.at) != desk.person:
        return None
    if not both:
        return 1
    with desk.store.write() as tx:
        right = second_factor.check(tx, desk.store.keys, desk.person, code, desk.at)
    return 2 if right else None


def proved_by_passkey(desk: Desk, answer: str) -> int | None:
    with desk.store.write() as tx:
        signer = passkeys.holder(tx, site(desk.settings), answer, desk.at)
    return 2 if signer == desk.person else None


def go_on(desk: Desk, form: Again, kept: Fields, session: str) -> Response:
    if form.how == "get":
        return RedirectResponse(form.to, status_code=303)
    return page(
        "pages/again_done.html",
        desk.language,
        csrf=form_token(session),
        path="/board",
        district_line=None,
        to=form.to,
        kept=_flat(kept),
    )
