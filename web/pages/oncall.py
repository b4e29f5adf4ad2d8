"""On call: who is on call now, role by role and level by level, the coming days, gaps, and changes by hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection

from crisis.errors import NotFound
from crisis.policy import access
from crisis.schedules.rota import Slot, Stretch, Swap
from crisis.store import asked_turns, feeds, people
from crisis.store.asked_turns import AskedTurn
from crisis.store.outlook import Outlook, OwnTurn, outlook
from crisis.store.overrides import Change
from crisis.vocabulary import OverrideKind, PersonId, Role, SchoolId
from web import oncall_orders, words
from web.deps import ID, Desk, SignedIn
from web.forms import FRESH, FormPost, FormState
from web.oncall_forms import ONCALL_FORMS, OnCallForm, slot_value, turn_value
from web.pages.frame import console
from web.rendering import Local, translations
from web.words import N_

router = APIRouter(include_in_schema=False)

SchoolQuery = Annotated[str | None, Query(pattern=ID)]


class ByHand(StrEnum):
    """Changes whose form has a page of its own."""

    SWAP = "swap"
    ABSENCE = "absence"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A stretch in words. `state` is ok, warn (only a stand-in) or late (nobody)."""

    state: str
    names: tuple[str, ...]
    decided: str
    out: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime


class Telling:
    """Words for a viewer: names, times by the school's wall, roles and levels."""

    def __init__(self, desk: Desk, found: Outlook) -> None:
        self.translate = translations(desk.language).gettext
        self.local = Local(desk.language, found.school.zone)
        self.found, self.viewer = found, desk.person

    def name(self, person: PersonId | None) -> str:
        return self.found.names.get(person or PersonId("")) or self.translate(N_("Somebody"))

    def slot(self, role: Role, level: int) -> str:
        """Levels are counted from one where people read them."""
        return self.translate(N_("%(role)s, level %(level)s")) % {
            "role": self.translate(words.of(role)),
            "level": level + 1,
        }

    def place(self, school: SchoolId | None) -> str:
        named = {each.id: each.name for each in self.found.schools}
        return self.translate(N_("Whole district")) if school is None else named.get(school, "")

    def whole(self, slot: Slot) -> str:
        return f"{self.slot(slot.role, slot.level)} · {self.place(slot.school)}"

    def places(self, schools: Iterable[SchoolId]) -> str:
        given = list(schools)
        if len(given) > 1 and len(given) == len(self.found.schools):
            return self.place(None)
        return ", ".join(self.place(each) for each in given)

    def span(self, starts_at: datetime, ends_at: datetime) -> str:
        return f"{self.local.clock(starts_at)} – {self.local.clock(ends_at)}"

    def turn(self, turn: OwnTurn) -> str:
        whose = "" if turn.person == self.viewer else f"{self.name(turn.person)} · "
        return f"{whose}{self.span(turn.starts_at, turn.ends_at)} · {self.whole(turn.slot)}"

    def stretch(self, stretch: Stretch) -> Shown:
        answer = stretch.answer
        return Shown(
            state="late" if not answer.people else "warn" if answer.stand_in else "ok",
            names=tuple(self.name(person) for person in answer.people),
            decided=self.translate(words.of(answer.layer)) if answer.layer else self.translate(N_("Nothing planned")),
            out=tuple(self.name(person) for person in answer.out),
            starts_at=stretch.starts_at,
            ends_at=stretch.ends_at,
        )


def looked(tx: Connection, desk: Desk, school: str | None) -> Outlook:
    """At the school that was asked for, else at one of the viewer's own."""
    access.must_see_schedules(desk.actor)
    known = [each.id for each in people.schools(tx, desk.actor.district)]
    own = [each for each in known if each in desk.actor.schools]
    asked = SchoolId(school or "")
    chosen = asked if asked in known else next(iter([*own, *known]), None)
    if chosen is None:
        raise NotFound
    return outlook(tx, desk.actor.district, chosen, desk.person, desk.at)


def show(
    desk: Desk, problem: FormState = FRESH, status: int = 200, *, school: str | None = None, feed: str = ""
) -> HTMLResponse:
    """`feed` is the address of a calendar that was made just now; it is shown this once."""
    with desk.store.read() as tx:
        found = looked(tx, desk, school or problem.typed("school"))
        has_feed = feeds.stands(tx, desk.person)
        unconfirmed = asked_turns.unconfirmed(tx, desk.actor.district, desk.at)
    values = values_of(desk, found) | {"feed": feed, "has_feed": has_feed, "may_plan": bool(places(desk, found))}
    values |= {"may_see_ready": access.may_see_readiness(desk.actor)}
    values |= {"unconfirmed": [asked_values(Telling(desk, found), each) for each in unconfirmed]}
    path = f"/oncall?school={found.school.id}"
    return console(desk, "pages/oncall.html", values, path=path, status=status, problem=problem)


def show_change(
    desk: Desk, change: ByHand, problem: FormState = FRESH, status: int = 200, *, school: str | None = None
) -> HTMLResponse:
    """The form of one change. Whoever may not send it is told so; a refusal of theirs shows no form."""
    with desk.store.read() as tx:
        found = looked(tx, desk, school or problem.typed("school"))
    if change is ByHand.OVERRIDE and problem is FRESH and not places(desk, found):
        access.must_plan(desk.actor, found.school.id)
    values = choices_of(desk, found) | {"here": "oncall", "zone": found.school.zone, "school": found.school}
    path = f"/oncall/{change}?school={found.school.id}"
    values |= {"change": change.value}
    return console(desk, "pages/oncall_change.html", values, path=path, status=status, problem=problem)


def again(desk: Desk, problem: FormState, status: int) -> HTMLResponse:
    """The form that was refused, or the page where its button stands."""
    if problem.action in set(ByHand):
        return show_change(desk, ByHand(problem.action), problem, status)
    return show(desk, problem, status)


def values_of(desk: Desk, found: Outlook) -> dict[str, object]:
    tell = Telling(desk, found)
    lines = [(tell.slot(each.role, each.level), [tell.stretch(part) for part in each.ahead]) for each in found.lines]
    gaps = [
        (tell.slot(each.role, each.level), tell.places(each.schools), tell.stretch(each.stretch)) for each in found.gaps
    ]
    return {
        "here": "oncall",
        "zone": found.school.zone,
        "school": found.school,
        "schools": [(str(each.id), each.name) for each in found.schools],
        "lines": lines,
        "gaps": gaps,
        "turns": [tell.turn(each) for each in found.turns],
        "swaps": [swap_values(tell, desk.person, each) for each in found.swaps],
        "absences": [
            (each.id, tell.name(each.person), tell.span(each.starts_at, each.ends_at)) for each in found.absences
        ],
        "changes": [change_values(tell, each) for each in found.changes],
    }


def asked_values(tell: Telling, turn: AskedTurn) -> tuple[str, datetime, bool, bool]:
    """Whose turn was asked about and not confirmed; whether it is the viewer's."""
    return (tell.name(turn.person), turn.starts_at, turn.declined_at is not None, turn.person == tell.viewer)


def swap_values(tell: Telling, viewer: PersonId, swap: Swap) -> dict[str, object]:
    return {
        "id": swap.id,
        "mine": swap.giver == viewer,
        "other": tell.name(swap.taker if swap.giver == viewer else swap.giver),
        "slot": tell.whole(swap.slot),
        "span": tell.span(swap.starts_at, swap.ends_at),
        "back": tell.span(*swap.back) if swap.back is not None else None,
    }


def change_values(tell: Telling, change: Change) -> dict[str, object]:
    override = change.override
    return {
        "id": override.id,
        "what": tell.translate(words.of(override.kind)),
        "incoming": tell.name(override.incoming) if override.incoming else None,
        "outgoing": tell.name(override.outgoing) if override.outgoing else None,
        "slot": tell.whole(change.slot),
        "span": tell.span(override.starts_at, override.ends_at),
    }


def places(desk: Desk, found: Outlook) -> list[SchoolId | None]:
    """Of the school that is shown and the whole district those whose schedules the viewer changes."""
    return [each for each in (found.school.id, None) if access.may_plan(desk.actor, each)]


def choices_of(desk: Desk, found: Outlook) -> dict[str, object]:
    """What the forms offer; a form that the viewer may not send is not shown."""
    tell, planned = Telling(desk, found), places(desk, found)
    slots = [Slot(school=place, role=each.role, level=each.level) for place in planned for each in found.lines]
    return {
        "may_plan": bool(planned),
        "kinds": [(each.value, tell.translate(words.of(each))) for each in OverrideKind],
        "slots": [
            (slot_value(each), f"{tell.slot(each.role, each.level)} · {tell.place(each.school)}") for each in slots
        ],
        "staff": sorted(((str(person), name) for person, name in found.names.items()), key=lambda each: each[1]),
        "own_turns": [(turn_value(each), tell.turn(each)) for each in found.turns],
        "other_turns": [(turn_value(each), tell.turn(each)) for each in found.others],
    }


@router.get("/oncall")
def show_on_call(desk: SignedIn, school: SchoolQuery = None) -> HTMLResponse:
    return show(desk, school=school)


@router.get("/oncall/swap")
def show_swap(desk: SignedIn, school: SchoolQuery = None) -> HTMLResponse:
    """For whoever sees the schedules: one's own turns alone can be offered."""
    return show_change(desk, ByHand.SWAP, school=school)


@router.get("/oncall/absence")
def show_absence(desk: SignedIn, school: SchoolQuery = None) -> HTMLResponse:
    """For whoever sees the schedules; somebody else's absence for whoever plans."""
    return show_change(desk, ByHand.ABSENCE, school=school)


@router.get("/oncall/override")
def show_override(desk: SignedIn, school: SchoolQuery = None) -> HTMLResponse:
    """For whoever plans at this school."""
    return show_change(desk, ByHand.OVERRIDE, school=school)


@router.post("/oncall/feed")
def make_feed(desk: SignedIn, posted: FormPost) -> HTMLResponse:
    """No way back to it: the address stands on this answer alone."""
    form = posted.read(OnCallForm)
    return show(desk, school=form.school, feed=oncall_orders.new_feed(desk))


@router.post("/oncall/end-feed")
def end_feed(desk: SignedIn, posted: FormPost) -> RedirectResponse:
    form = posted.read(OnCallForm)
    oncall_orders.end_feed(desk)
    return RedirectResponse(f"/oncall?school={form.school}", status_code=303)


@router.post("/oncall/{action}")
def change(desk: SignedIn, action: Annotated[str, Path(pattern=ID)], posted: FormPost) -> RedirectResponse:
    """One form, one change; then back to the page."""
    if action not in ONCALL_FORMS:
        raise NotFound
    form = posted.read(ONCALL_FORMS[action])
    with desk.store.read() as tx:
        here = people.school(tx, SchoolId(form.school))
    if here.district != desk.actor.district:
        raise NotFound
    form.carry_out(desk, here.zone)
    return RedirectResponse(f"/oncall?school={here.id}", status_code=303)
