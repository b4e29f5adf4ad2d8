"""How I sign in: where I am signed in, and ending it. Of oneself alone."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.errors import NotFound
from crisis.store import people, second_factor, sessions
from crisis.store.sessions import SessionView
from web import sign_in_orders
from web.deps import ID, Desk, OneFactor
from web.devices import BROWSERS, SYSTEMS
from web.forms import FRESH, FormPost, FormState, Sent
from web.oncall_forms import Id
from web.pages.frame import console
from web.pages.readiness import zone_of
from web.rendering import Language, translations
from web.squares import squares
from web.words import N_

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


class BeginApp(Sent):
    def carry_out(self, desk: Desk) -> None:
        sign_in_orders.begin_app(desk)


class RemoveApp(Sent):
    def carry_out(self, desk: Desk) -> None:
        sign_in_orders.remove_app(desk)


class ConfirmApp(Sent):
    code: Annotated[str, Field(title=N_("Code of the app"), max_length=40)]


FORMS: dict[str, type[EndOne | EndOthers | BeginApp | RemoveApp]] = {
    "end": EndOne,
    "end-others": EndOthers,
    "begin-app": BeginApp,
    "remove-app": RemoveApp,
}


def show(
    desk: Desk, problem: FormState = FRESH, status: int = 200, *, recovery_codes: Sequence[str] = ()
) -> HTMLResponse:
    """Recovery codes are in this one answer and nowhere else."""
    with desk.store.read() as tx:
        second = second_factor.state(tx, desk.store.keys, desk.person)
        found = sessions.of_people(tx, [desk.person], desk.at, token=desk.session)[desk.person]
        zone = zone_of(desk, people.schools(tx, desk.actor.district))
    values = {
        "here": "sign-in",
        "zone": zone,
        "sessions": [named(each, desk.language) for each in found],
        "second": second,
        "squares": None if second.enrolling is None else squares(second.enrolling.address),
        "recovery_codes": recovery_codes,
    }
    return console(desk, "pages/sign_ins.html", values, path=HERE, status=status, problem=problem)


@router.get(HERE)
def how_i_sign_in(desk: OneFactor) -> HTMLResponse:
    """Also for whoever must set a second factor up here before anything else."""
    return show(desk)


@router.post(HERE + "/confirm-app")
def confirm_app(desk: OneFactor, posted: FormPost) -> HTMLResponse:
    return show(desk, recovery_codes=sign_in_orders.confirm_app(desk, posted.read(ConfirmApp).code))


@router.post(HERE + "/renew-codes")
def renew_codes(desk: OneFactor, posted: FormPost) -> HTMLResponse:
    posted.read(Sent)
    return show(desk, recovery_codes=sign_in_orders.renew_codes(desk))


@router.post(HERE + "/{action}")
def change(desk: OneFactor, action: Annotated[str, Path(pattern=ID)], posted: FormPost) -> RedirectResponse:
    """One form, one change; then back to the page."""
    if action not in FORMS:
        raise NotFound
    posted.read(FORMS[action]).carry_out(desk)
    return RedirectResponse(HERE, status_code=303)
