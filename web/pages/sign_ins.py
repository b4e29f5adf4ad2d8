"""How I sign in: where I am signed in, and ending it. Of oneself alone."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field
from starlette.requests import Request

from crisis.errors import NotFound
from crisis.identity_settings import PROVIDER_ID
from crisis.store import accounts, identities, passkeys, people, second_factor, sessions, unlock
from crisis.store.passkeys import Passkey
from crisis.store.sessions import SessionView
from web import provider_orders, sign_in_orders
from web.deps import ID, Desk, OneFactor, SignedIn
from web.devices import BROWSERS, SYSTEMS, device_of
from web.forms import FRESH, FormPost, FormState, Sent
from web.oncall_forms import Id
from web.pages.frame import console
from web.pages.providers import door, leaving, provider_named
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


def key_named(key: Passkey, language: Language) -> dict[str, object]:
    translate = translations(language).gettext
    where = {"browser": translate(BROWSERS[key.device.browser]), "system": translate(SYSTEMS[key.device.system])}
    return {"id": key.id, **where, "made_at": key.made_at, "used_at": key.used_at}


class EndOne(Sent):
    session: Id

    def carry_out(self, desk: Desk) -> None:
        sign_in_orders.end_session(desk, self.session)


class EndOthers(Sent):
    def carry_out(self, desk: Desk) -> None:
        sign_in_orders.end_other_sessions(desk)


class Connect(Sent):
    """To go to a provider and come back with an account there."""

    provider: Annotated[str, Field(pattern=PROVIDER_ID)]


class Disconnect(Connect):
    def carry_out(self, desk: Desk) -> None:
        provider_orders.disconnect(desk, self.provider)


class BeginApp(Sent):
    def carry_out(self, desk: Desk) -> None:
        sign_in_orders.begin_app(desk)


class RemoveApp(Sent):
    def carry_out(self, desk: Desk) -> None:
        sign_in_orders.remove_app(desk)


class SetPin(Sent):
    pin: Annotated[str, Field(title=N_("PIN for the screen"), max_length=40)]

    def carry_out(self, desk: Desk) -> None:
        sign_in_orders.set_unlock_pin(desk, self.pin)


class RemovePin(Sent):
    def carry_out(self, desk: Desk) -> None:
        sign_in_orders.remove_unlock_pin(desk)


class ConfirmApp(Sent):
    code: Annotated[str, Field(title=N_("Code of the app"), max_length=40)]


class RemovePasskey(Sent):
    passkey: Annotated[str, Field(max_length=2000)]

    def carry_out(self, desk: Desk) -> None:
        sign_in_orders.remove_passkey(desk, self.passkey)


class AddPasskey(Sent):
    """`answer` is what the browser made of the offer; a script fills it in."""

    answer: Annotated[str, Field(max_length=16 * 1024)]


FORMS: dict[str, type[EndOne | EndOthers | BeginApp | RemoveApp | RemovePasskey | SetPin | RemovePin]] = {
    "remove-passkey": RemovePasskey,
    "end": EndOne,
    "end-others": EndOthers,
    "begin-app": BeginApp,
    "set-pin": SetPin,
    "remove-pin": RemovePin,
    "remove-app": RemoveApp,
}


def show(
    desk: Desk,
    problem: FormState = FRESH,
    status: int = 200,
    *,
    recovery_codes: Sequence[str] = (),
    offer: str = "",
    new_password: str = "",
) -> HTMLResponse:
    """Recovery codes, a new password and what a browser makes a passkey of are in this one answer and nowhere else."""
    with desk.store.read() as tx:
        keys = passkeys.of_person(tx, desk.person)
        has_password = bool(accounts.username_of(tx, desk.person))
        has_pin = unlock.is_set(tx, desk.person)
        connected = {each.provider: each for each in identities.of_person(tx, desk.person)}
        second = second_factor.state(tx, desk.store.keys, desk.person)
        found = sessions.of_people(tx, [desk.person], desk.at, token=desk.session)[desk.person]
        asked_from = second_factor.asked_of_all_from(tx, desk.actor.district)
        zone = zone_of(desk, people.schools(tx, desk.actor.district))
    lacks_one = second.confirmed_at is None and not keys
    values = {
        "here": "sign-in",
        "zone": zone,
        "asked_from": asked_from if asked_from is not None and asked_from > desk.at and lacks_one else None,
        "sessions": [named(each, desk.language) for each in found],
        "second": second,
        "passkeys": [key_named(each, desk.language) for each in keys],
        "offer": offer,
        "connected": connected,
        "has_password": has_password,
        "new_password": new_password,
        "has_pin": has_pin,
        "providers": provider_orders.offered(desk),
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


@router.post(HERE + "/connect")
def connect(request: Request, desk: SignedIn, posted: FormPost) -> HTMLResponse:
    """By whoever is signed in with all that is asked for, and has just shown that it is them."""
    provider = provider_named(request, posted.read(Connect).provider)
    provider_orders.must_connect(desk, door(provider))
    return leaving(request, provider, person=desk.person)


@router.post(HERE + "/disconnect")
def disconnect(desk: SignedIn, posted: FormPost) -> RedirectResponse:
    posted.read(Disconnect).carry_out(desk)
    return RedirectResponse(HERE, status_code=303)


@router.post(HERE + "/begin-passkey")
def begin_passkey(desk: OneFactor, posted: FormPost) -> HTMLResponse:
    posted.read(Sent)
    return show(desk, offer=sign_in_orders.offer_passkey(desk))


@router.post(HERE + "/add-passkey")
def add_passkey(request: Request, desk: OneFactor, posted: FormPost) -> RedirectResponse:
    answer = posted.read(AddPasskey).answer
    sign_in_orders.add_passkey(desk, answer, device_of(request, shared=False))
    return RedirectResponse(HERE, status_code=303)


@router.post(HERE + "/renew-codes")
def renew_codes(desk: OneFactor, posted: FormPost) -> HTMLResponse:
    posted.read(Sent)
    return show(desk, recovery_codes=sign_in_orders.renew_codes(desk))


@router.post(HERE + "/new-password")
def new_password(desk: SignedIn, posted: FormPost) -> HTMLResponse:
    posted.read(Sent)
    return show(desk, new_password=sign_in_orders.new_password(desk))


@router.post(HERE + "/{action}")
def change(desk: OneFactor, action: Annotated[str, Path(pattern=ID)], posted: FormPost) -> RedirectResponse:
    """One form, one change; then back to the page."""
    if action not in FORMS:
        raise NotFound
    posted.read(FORMS[action]).carry_out(desk)
    return RedirectResponse(HERE, status_code=303)
