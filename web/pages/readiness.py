"""Ready for a page: everybody's own page, and for those who plan the list of who and what is not ready."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.errors import NotFound
from crisis.notify.late_calls import LateCall, late_calls
from crisis.policy import access
from crisis.readiness_words import ErrandKind, Lack
from crisis.schedules.readiness import Method, lacks
from crisis.store import asked_turns, calendars, errands, people, readiness, second_factor, standing
from crisis.store.asked_turns import AskedTurn
from crisis.store.errands import Errand
from crisis.store.phones import for_people
from crisis.store.readiness import OnRota, Report
from crisis.vocabulary import AttemptOutcome, PersonId
from web import readiness_orders, words
from web.deps import ID, Desk, SignedIn
from web.forms import FRESH, FormPost, FormState, Sent
from web.oncall_forms import Id
from web.pages import training
from web.pages.frame import console
from web.places import Places
from web.words import N_
from web.words_of_readiness import WHAT

router = APIRouter(include_in_schema=False)

MINE = "/readiness/mine"


class TestOne(Sent):
    """`number` of one's own; the one that is paged if left out."""

    __test__ = False  # no test of pytest
    number: Annotated[str | None, Field(default=None, pattern=r"^\+[0-9]{7,15}$")] = None

    def carry_out(self, desk: Desk) -> None:
        readiness_orders.send_test(desk, desk.person, self.number)


class TypedCode(Sent):
    code: Annotated[str, Field(title=N_("The number that the test said"), max_length=20)]

    def carry_out(self, desk: Desk) -> None:
        readiness_orders.type_code(desk, self.code)


class NewPin(Sent):
    pin: Annotated[str, Field(title=N_("New PIN"), max_length=20)]
    again: Annotated[str, Field(title=N_("The same PIN again"), max_length=20)]

    def carry_out(self, desk: Desk) -> None:
        readiness_orders.set_pin(desk, self.pin, self.again)


class ConfirmTurn(Sent):
    turn: Id

    def carry_out(self, desk: Desk) -> None:
        readiness_orders.confirm_turn(desk, self.turn)


class DeclineTurn(ConfirmTurn):
    def carry_out(self, desk: Desk) -> None:
        readiness_orders.decline_turn(desk, self.turn)


OWN_FORMS: dict[str, type[TestOne | TypedCode | NewPin | ConfirmTurn]] = {
    "test": TestOne,
    "code": TypedCode,
    "pin": NewPin,
    "confirm": ConfirmTurn,
    "decline": DeclineTurn,
}


class TestSomebody(Sent):
    __test__ = False
    person: Id


def show_own(desk: Desk, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    access.must_see_schedules(desk.actor)
    with desk.store.read() as tx:
        found = standing.of(tx, [desk.person])[desk.person]
        tests = errands.lately(tx, desk.person, ErrandKind.TEST, desk.at - timedelta(hours=1))
        turns = asked_turns.of_person(tx, desk.person, desk.at)
        zone = zone_of(desk, people.schools(tx, desk.actor.district))
    values = {
        "here": "ready",
        "zone": zone,
        "lacks": [WHAT[each] for each in lacks(found, desk.at)],
        "methods": [method_values(desk, each) for each in found.methods],
        "numbers": [(each, for_people(each)) for each in dict.fromkeys(each.number for each in found.methods)],
        "pin_set": found.pin_set,
        "tests": [sent_values(each) for each in tests],
        "turns": [each for each in turns if each.confirmed_at is None],
        "confirmed": [each for each in turns if each.confirmed_at is not None],
        "may_see_all": access.may_see_readiness(desk.actor),
    }
    return console(desk, "pages/ready_mine.html", values, path=MINE, status=status, problem=problem)


def zone_of(desk: Desk, schools: Iterable[people.SchoolView]) -> str:
    """Of the viewer's own school, or the district's first."""
    found = list(schools)
    own = [each.zone for each in found if each.id in desk.actor.schools]
    return next(iter([*own, *(each.zone for each in found)]), "UTC")


def method_values(desk: Desk, method: Method) -> dict[str, object]:
    """`state` is ok, warn (not proved, or too long ago) or late (it does not reach them)."""
    state, said, when = _standing(method, desk.at)
    return {"number": for_people(method.number), "channel": method.channel, "state": state, "said": said, "when": when}


def _standing(method: Method, at: datetime) -> tuple[str, str, datetime | None]:
    if method.opted_out_since is not None:
        return "late", N_("Stopped by STOP"), method.opted_out_since
    if method.bad_since is not None:
        return "late", N_("The phone company says that it does not work"), method.bad_since
    if method.proved_at is None:
        return "warn", N_("Not proved yet"), None
    if not method.is_proved(at):
        return "warn", N_("Proved more than 90 days ago"), method.proved_at
    return "ok", N_("Proved"), method.proved_at


def sent_values(errand: Errand) -> dict[str, object]:
    state, said = _became(errand)
    told = {"state": state, "said": said, "at": errand.made_at}
    return {"channel": errand.channel, "number": for_people(errand.number), **told}


def _became(errand: Errand) -> tuple[str, str]:
    if errand.answered_at is not None:
        return "ok", N_("answered")
    if errand.done_at is None:
        return "wait", N_("on its way")
    if errand.outcome is None:
        return "late", N_("not sent: no telephone line is set up")
    if errand.outcome is AttemptOutcome.REFUSED:
        return "late", N_("refused by the phone company")
    return "wait", N_("sent, waits for your answer")


class Telling(Places):
    """Words for the viewer of the list."""

    def __init__(self, desk: Desk, found: Report) -> None:
        super().__init__(desk.language, found.schools)
        self.names = found.names

    def person(self, each: OnRota) -> dict[str, object]:
        levels = dict.fromkeys(self.level(slot.role, slot.level) for slot in each.slots)
        return {
            "id": each.person,
            "name": each.name or self.translate(N_("Somebody")),
            "lacks": [WHAT[lack] for lack in each.lacks],
            "stops": bool({Lack.GONE, Lack.NO_NUMBER, Lack.NO_VOICE} & set(each.lacks)),
            "levels": list(levels),
            "tested_at": each.tested_at,
            "next_at": each.next_at,
            "may_test": Lack.GONE not in each.lacks and Lack.NO_NUMBER not in each.lacks,
        }


def show_all(desk: Desk, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    access.must_see_readiness(desk.actor)
    with desk.store.read() as tx:
        found = readiness.report(tx, desk.actor.district, desk.at)
        late = late_calls(calendars.ladders(tx, desk.actor.district))
        asked_from = second_factor.asked_of_all_from(tx, desk.actor.district)
    tell = Telling(desk, found)
    values = {
        "here": "readiness",
        "second_left": asked_from is None,
        "zone": zone_of(desk, found.schools),
        "levels": [
            (tell.level(each.role, each.level), tell.places(each.schools), WHAT[each.lack], each.stretch)
            for each in found.levels
        ],
        "late": [late_values(tell, each) for each in late],
        "untrained": training.red_items(desk),
        "red": [tell.person(each) for each in found.red],
        "green": [tell.person(each) for each in found.people if not each.lacks],
        "unconfirmed": [turn_values(tell, each) for each in found.unconfirmed],
    }
    return console(desk, "pages/readiness.html", values, path="/readiness", status=status, problem=problem)


def late_values(tell: Telling, each: LateCall) -> tuple[str, str, tuple[str, str]]:
    return (tell.level(each.role, each.level), tell.translate(words.of(each.urgency)), WHAT[Lack.LATE_CALL])


def turn_values(tell: Telling, turn: AskedTurn) -> dict[str, object]:
    name = tell.names.get(turn.person) or tell.translate(N_("Somebody"))
    return {"name": name, "starts_at": turn.starts_at, "declined": turn.declined_at is not None}


@router.get("/readiness")
def who_is_ready(desk: SignedIn) -> HTMLResponse:
    """For the district crisis lead and principals: what is not ready first."""
    return show_all(desk)


@router.get(MINE)
def am_i_ready(desk: SignedIn) -> HTMLResponse:
    return show_own(desk)


@router.post("/readiness/test")
def try_somebody(desk: SignedIn, posted: FormPost) -> RedirectResponse:
    form = posted.read(TestSomebody)
    access.must_see_readiness(desk.actor)
    readiness_orders.send_test(desk, PersonId(form.person))
    return RedirectResponse("/readiness", status_code=303)


@router.post("/readiness/mine/{action}")
def do_for_oneself(desk: SignedIn, action: Annotated[str, Path(pattern=ID)], posted: FormPost) -> RedirectResponse:
    """One form, one change; then back to the page."""
    if action not in OWN_FORMS:
        raise NotFound
    posted.read(OWN_FORMS[action]).carry_out(desk)
    return RedirectResponse(MINE, status_code=303)
