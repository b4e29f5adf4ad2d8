"""Agencies of the directory in words, for the directory itself and for whoever looks for one in an incident."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from crisis.policy.age import years
from crisis.policy.directory import Agency, Fit, Wanted, open_at
from crisis.referral_words import AgencyId
from crisis.schedules.wall import day_at
from crisis.store.queries import IncidentView
from web import directory_orders
from web.deps import Desk
from web.rendering import Language, babel_language, translations
from web.words import N_
from web.words_of_directory import ASKS, CAPACITIES, CARE, INSURANCE, KINDS, TONES, hours_said

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What they last said of places; `stale`: too long ago to count on."""

    text: str
    tone: str
    at: datetime
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An agency in words. `open` None: nobody has recorded the hours. `asks` has to be asked there."""

    id: AgencyId
    name: str
    kind: str
    phone: str | None
    number: str | None
    address: str | None
    how: str | None
    open: bool | None
    hours: tuple[str, ...]
    languages: tuple[str, ...]
    interpreters: bool | None
    youngest: int | None
    oldest: int | None
    care: tuple[str, ...]
    insurance: tuple[str, ...]
    places: Places | None
    asks: tuple[str, ...]


def shown(fit: Fit, desk: Desk, zone: str) -> Shown:
    agency, entry, language = fit.agency, fit.agency.entry, desk.language
    return Shown(
        id=agency.id,
        name=entry.name,
        kind=translations(language).gettext(KINDS[entry.kind]),
        phone=entry.phone,
        number=agency.number,
        address=entry.address,
        how=entry.how,
        open=open_at(agency, desk.at, zone),
        hours=() if entry.hours is None else hours_said(entry.hours, language),
        languages=tuple(sorted(babel_language(tag, language) for tag in entry.languages)),
        interpreters=entry.interpreters,
        youngest=entry.youngest,
        oldest=entry.oldest,
        care=_named(CARE, entry.care, language),
        insurance=_named(INSURANCE, entry.insurance, language),
        places=_places(agency, desk),
        asks=tuple(translations(language).gettext(ASKS[each]) for each in fit.asks),
    )


def _named(names: Mapping[Word, str], chosen: Iterable[Word], language: Language) -> tuple[str, ...]:
    return tuple(translations(language).gettext(text) for each, text in names.items() if each in chosen)


def _places(agency: Agency, desk: Desk) -> Places | None:
    said = agency.places
    if said is None:
        return None
    stale, translate = said.stale(desk.at), translations(desk.language).gettext
    text = translate(CAPACITIES[said.capacity])
    if said.days is not None:
        text = f"{text}: {translate(N_('%(days)s days')) % {'days': said.days}}"
    return Places(text=text, tone="mute" if stale else TONES[said.capacity], at=said.at, stale=stale)


def takers(desk: Desk, view: IncidentView) -> list[Shown]:
    """Who could take over the student of this incident: those that fit language and age, as far as both are known."""
    student = view.student
    born = None if student is None else student.birth_date
    wanted = Wanted(
        language=None if student is None else student.language,
        age=None if born is None else years(born, day_at(desk.at, view.zone)),
    )
    fits = directory_orders.found(desk, wanted)
    return [shown(each, desk, view.zone) for each in fits if each.agency.entry.kind.receiver is not None]
