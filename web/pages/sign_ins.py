"""How I sign in: where I am signed in, and ending it. Of oneself alone."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse

from crisis.errors import NotFound
from crisis.store import people, sessions
from crisis.store.sessions import SessionView
from web.deps import ID, Desk, SignedIn
from web.devices import BROWSERS, SYSTEMS
from web.forms import FRESH, FormPost, FormState, Sent
from web.oncall_forms import Id
from web.pages.frame import console
from web.pages.readiness import zone_of
from web.rendering import Language, translations

router = APIRouter(include_in_schema=False)

HERE = "/me/sign-in"


def named(view: SessionView, language: Language) -> dict[str, object]:
    """For every page that lists sessions."""
    translate = translations(language).gettext
    device = view.device
    return {
        "id": view.id,
        "browser": translate(BROWSERS[device.browser]),
        "system": translate(SYSTEMS[device.system]),
        "shared": device.shared,
        "began_at": view.began_at,
        "seen_at": view.seen_at,
        "idle_at": view.idle_at,
        "ends_at": view.ends_at,
        "this": view.this,
    }


class EndOne(Sent):
    session: Id

    def carry_out(self, desk: Desk) -> None:
        with desk.store.write() as tx:
            sessions.end(tx, desk.person, self.session, at=desk.at)


class EndOthers(Sent):
    def carry_out(self, desk: Desk) -> None:
        with desk.store.write() as tx:
            sessions.end_others(tx, desk.person, desk.session, at=desk.at)


FORMS: dict[str, type[EndOne | EndOthers]] = {"end": EndOne, "end-others": EndOthers}


def show(desk: Desk, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    with desk.store.read() as tx:
        found = sessions.of_people(tx, [desk.person], desk.at, token=desk.session)[desk.person]
        zone = zone_of(desk, people.schools(tx, desk.actor.district))
    values = {"here": "sign-in", "zone": zone, "sessions": [named(each, desk.language) for each in found]}
    return console(desk, "pages/sign_ins.html", values, path=HERE, status=status, problem=problem)


@router.get(HERE)
def how_i_sign_in(desk: SignedIn) -> HTMLResponse:
    return show(desk)


@router.post(HERE + "/{action}")
def change(desk: SignedIn, action: Annotated[str, Path(pattern=ID)], posted: FormPost) -> RedirectResponse:
    """One form, one change; then back to the page."""
    if action not in FORMS:
        raise NotFound
    posted.read(FORMS[action]).carry_out(desk)
    return RedirectResponse(HERE, status_code=303)
