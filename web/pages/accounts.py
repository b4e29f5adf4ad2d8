"""Who can sign in: for the district crisis lead and the operator. It names staff, never a student."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.access_words import Sight
from crisis.errors import NotFound
from crisis.identity_settings import PROVIDER_ID
from crisis.store import identities, incidents, people, queries
from crisis.vocabulary import IncidentId, PersonId
from web import account_orders, provider_orders
from web.deps import ID, Desk, SignedIn
from web.forms import FRESH, FormPost, FormState, Sent
from web.oncall_forms import Id
from web.pages.frame import console
from web.pages.readiness import zone_of
from web.pages.sign_ins import named
from web.words import N_

router = APIRouter(include_in_schema=False)

HERE = "/accounts"
PersonPath = Annotated[PersonId, Path(pattern=ID)]


class EndSessions(Sent):
    def carry_out(self, desk: Desk, person: PersonId) -> None:
        account_orders.end_sessions(desk, person)


class EndAccess(Sent):
    instead: Annotated[Id | None, Field(default=None, title=N_("Who takes their turns?"))]
    leave_gap: Literal["yes", "no"] = "no"

    def carry_out(self, desk: Desk, person: PersonId) -> None:
        instead = PersonId(self.instead) if self.instead else None
        account_orders.end_access(desk, person, instead, leave_gap=self.leave_gap == "yes")


class RemoveSecondFactor(Sent):
    def carry_out(self, desk: Desk, person: PersonId) -> None:
        account_orders.remove_second_factor(desk, person)


class ProviderNamed(Sent):
    provider: Annotated[str, Field(pattern=PROVIDER_ID)]


class Disconnect(ProviderNamed):
    def carry_out(self, desk: Desk, person: PersonId) -> None:
        provider_orders.disconnect_other(desk, person, self.provider)


FORMS: dict[str, type[EndSessions | EndAccess | RemoveSecondFactor | Disconnect]] = {
    "disconnect": Disconnect,
    "end-sessions": EndSessions,
    "end-access": EndAccess,
    "remove-second-factor": RemoveSecondFactor,
}


class AskOfAll(Sent):
    asked: Literal["yes", "no"]


def may_open(desk: Desk, found: IncidentId) -> bool:
    """The operator learns how many there are, and of none which."""
    with desk.store.read() as tx:
        incident = incidents.load(tx, found)
        return queries.sight_of(tx, desk.actor, incident, desk.at) is Sight.WHOLE


def show(
    desk: Desk, person: PersonId, problem: FormState = FRESH, status: int = 200, *, code: str = ""
) -> HTMLResponse:
    """A code to connect an account at a provider is in this one answer and nowhere else."""
    known = account_orders.one(desk, person)
    with desk.store.read() as tx:
        zone = zone_of(desk, people.schools(tx, desk.actor.district))
        others = [each for each in people.staff(tx, desk.actor.district) if each.id != person and not each.missing]
        connected = {each.provider: each for each in identities.of_person(tx, person)}
    values = {
        "here": "accounts",
        "zone": zone,
        "known": known,
        "providers": provider_orders.offered(desk),
        "connected": connected,
        "code": code,
        "sessions": [named(each, desk.language) for each in known.sessions],
        "others": [(str(each.id), each.name) for each in others],
        "myself": person == desk.person,
        "left": [each for each in known.left if may_open(desk, each)],
    }
    return console(desk, "pages/account.html", values, path=f"{HERE}/{person}", status=status, problem=problem)


@router.get(HERE)
def who_can_sign_in(desk: SignedIn) -> HTMLResponse:
    return show_all(desk)


@router.post(HERE)
def ask_of_all(desk: SignedIn, posted: FormPost) -> RedirectResponse:
    account_orders.ask_of_all(desk, posted.read(AskOfAll).asked == "yes")
    return RedirectResponse(HERE, status_code=303)


def show_all(desk: Desk, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    found = account_orders.everybody(desk)
    with desk.store.read() as tx:
        zone = zone_of(desk, people.schools(tx, desk.actor.district))
    asked_from = account_orders.asked_of_all_from(desk)
    later = asked_from is not None and asked_from > desk.at
    values = {"here": "accounts", "zone": zone, "people": found, "asked_from": asked_from, "asked_later": later}
    return console(desk, "pages/accounts.html", values, path=HERE, status=status, problem=problem)


@router.get(HERE + "/{person}")
def of_one(desk: SignedIn, person: PersonPath) -> HTMLResponse:
    return show(desk, person)


@router.post(HERE + "/{person}/connect-code")
def connect_code(desk: SignedIn, person: PersonPath, posted: FormPost) -> HTMLResponse:
    provider = posted.read(ProviderNamed).provider
    return show(desk, person, code=provider_orders.make_code(desk, person, provider))


@router.post(HERE + "/{person}/{action}")
def change(
    desk: SignedIn, person: PersonPath, action: Annotated[str, Path(pattern=ID)], posted: FormPost
) -> RedirectResponse:
    """One form, one change; then back to the page."""
    if action not in FORMS:
        raise NotFound
    posted.read(FORMS[action]).carry_out(desk, person)
    return RedirectResponse(f"{HERE}/{person}", status_code=303)
