"""Whom the student trusts and the family wants with them, on the page of an incident, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from crisis.access_words import Matter
from crisis.privacy_words import InstructionKind
from crisis.record_words import RecordTask
from crisis.statemachine.company import could_be_about_staff, sits
from crisis.statemachine.incident import TaskRecord
from crisis.store.queries import IncidentView
from crisis.vocabulary import Custody, PersonId
from web.deps import Desk
from web.rendering import Language, translations
from web.words_of_sharing import TASKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """`asked_at` None: nobody has asked them. `can_ask`: one press asks them."""

    person: PersonId
    away: bool
    asked_at: datetime | None
    coming: bool | None
    here: bool
    can_ask: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    """`mind`: the report could be about one of them. `mine`: the reader was asked; what they last said, if anything."""

    seats: tuple[Seat, ...]
    mind: bool
    mine: bool
    coming: bool | None


def seats(view: IncidentView, desk: Desk) -> Seats:
    """Those who are asked already stand here also where the student named them no more."""
    incident = view.incident
    own = incident.company.get(desk.person)
    told = Matter.TEAM in view.matters and Matter.ASKED in view.matters and sits(view.protocol)
    named = {each.person: each.away for each in view.trusted} if told else {}
    asked = {person: False for person in incident.company if person not in named} if told else {}
    over = incident.closed_at is not None or incident.custody is Custody.RELEASED
    return Seats(
        seats=tuple(_seat(view, person, away=away, over=over) for person, away in (named | asked).items()),
        mind=could_be_about_staff(view.protocol),
        mine=own is not None and not over,
        coming=None if own is None else own.coming,
    )


def _seat(view: IncidentView, person: PersonId, *, away: bool, over: bool) -> Seat:
    asked = view.incident.company.get(person)
    here = person == view.incident.adult
    named = any(each.person == person for each in view.trusted)
    waits = asked is not None and asked.coming is not False
    return Seat(
        person=person,
        away=away,
        asked_at=None if asked is None else asked.asked_at,
        coming=None if asked is None else asked.coming,
        here=here,
        can_ask=named and not (away or over or here or waits),
    )


def tasks(view: IncidentView, language: Language) -> list[tuple[str, str, TaskRecord | None]]:
    """What has to be done because of what this is about; whom to invite only where the record names somebody."""
    translate = translations(language).gettext
    helper = any(each.kind is InstructionKind.HELPER for each in view.instructions)
    known = view.incident.tasks
    named = [each for each in TASKS if each is not RecordTask.INVITE_HELPER or helper or each in known]
    return [(task.value, translate(TASKS[task]), known.get(task)) for task in named]
