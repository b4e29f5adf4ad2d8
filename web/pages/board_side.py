"""What stands beside the board: which school it shows, and who would be called there right now."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from crisis.policy.access import may_see_schedules
from crisis.policy.sight import for_district
from crisis.statemachine.incident import Incident, Page
from crisis.store import people
from crisis.store.on_duty import Duty, on_duty
from crisis.store.people import SchoolView
from crisis.vocabulary import PageState, PersonId, SchoolId
from web import words
from web.deps import Desk
from web.rendering import translations
from web.words import N_

Tag = tuple[str, str, str]  # tone, words, icon


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDuty:
    """One line: who, as what, and what they are doing as far as this board's own incidents say."""

    name: str | None
    role: str
    tag: Tag | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """`school` is the one that the board shows; None for all. `of` is the school whose people on call are shown."""

    schools: tuple[SchoolView, ...]
    school: SchoolView | None
    of: SchoolView | None
    on_duty: tuple[Duty, ...]


def side(tx: Connection, desk: Desk, asked: str | None) -> Side:
    """A school that is unknown, or not this person's, is the same as none: the board then shows all that they see."""
    known = people.schools(tx, desk.actor.district)
    own = tuple(each for each in known if for_district(desk.actor) or each.id in desk.actor.schools)
    school = next((each for each in own if each.id == asked), None)
    of = school if school is not None else own[0] if len(own) == 1 else None
    if of is None or not may_see_schedules(desk.actor):
        return Side(schools=own, school=school, of=None, on_duty=())
    duties = on_duty(tx, desk.actor.district, SchoolId(of.id), desk.at)
    return Side(schools=own, school=school, of=of, on_duty=duties)


def lines(found: Side, incidents: Iterable[Incident], desk: Desk) -> list[OnDuty]:
    """Nobody is called free: what others' incidents hold is not seen from here."""
    translate, shown = translations(desk.language).gettext, list(incidents)
    busy = {person: tag for each in shown for page in each.pages.values() for person, tag in _busy(page, desk)}
    return [
        OnDuty(name=name, role=_role(duty, desk), tag=busy.get(person) if person is not None else _nobody(desk))
        for duty in found.on_duty
        for person, name in duty.people or ((None, translate(N_("Nobody"))),)
    ]


def _role(duty: Duty, desk: Desk) -> str:
    translate = translations(desk.language).gettext
    role = translate(words.of(duty.role))
    return role if duty.level == 0 else translate(N_("%(role)s, after that")) % {"role": role}


def _nobody(desk: Desk) -> Tag:
    return "late", translations(desk.language).gettext(N_("Nobody is on call")), "s-late"


def _busy(page: Page, desk: Desk) -> list[tuple[PersonId, Tag]]:
    translate = translations(desk.language).gettext
    if page.state is PageState.ACCEPTED and page.accepted_by is not None:
        if page.arrived_at is not None:
            return [(page.accepted_by, ("ok", translate(N_("With an incident")), "pin"))]
        return [(page.accepted_by, ("live", translate(N_("On the way")), "walk"))]
    if page.state is PageState.PAGING:
        return [(person, ("warn", translate(N_("Being paged")), "s-wait")) for person in page.on_level]
    return []
