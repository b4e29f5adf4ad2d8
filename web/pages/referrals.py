"""The referrals of one incident: how each stands, when somebody asks again, and what can be said of it next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crisis.policy import access
from crisis.referral_words import AgencyId, AgencyKind, ReferralId
from crisis.statemachine.incident import Referral
from crisis.statemachine.referral import GROUNDS, can_move, ended, open_ones, stale
from crisis.store import directory
from crisis.store.phones import for_people
from crisis.store.queries import IncidentView
from web import words
from web.deps import Desk
from web.rendering import Language, translations
from web.words import N_
from web.words_of_directory import CARE
from web.words_of_referrals import REASONS, STATES, TONES


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """`stale`: the time to ask again has passed. `next` are the states that can come now."""

    id: ReferralId
    agency: str
    number: str | None
    phone: str
    care: str
    state: str
    tone: str
    reason: str | None
    said_by: str | None
    note: str | None
    since: datetime
    check_at: datetime | None
    stale: bool
    asked: bool
    next: list[tuple[str, str]]


def values(desk: Desk, view: IncidentView) -> dict[str, object]:
    """What the page of referrals asks for."""
    with desk.store.read() as tx:
        agencies = {each.id: each for each in directory.of_district(tx, view.incident.district)}
    numbers = {key: each.number for key, each in agencies.items()}
    translate = translations(desk.language).gettext
    takes = sorted((each.entry.name, str(key)) for key, each in agencies.items() if _takes(each.entry.kind))
    return {
        "referrals": shown(desk, view, numbers),
        "agencies": [(key, name) for name, key in takes],
        "cares": [(each.value, translate(text)) for each, text in CARE.items()],
        "reasons": [(each.value, translate(text)) for each, text in REASONS.items()],
        "grounds": [(each.value, translate(words.of(each))) for each in GROUNDS],
        "may_refer": access.may_see_directory(desk.actor),
    }


def _takes(kind: AgencyKind) -> bool:
    """Whoever comes or takes somebody in a crisis is called, not referred to."""
    return kind not in (AgencyKind.MOBILE_CRISIS, AgencyKind.EMERGENCY_DEPARTMENT)


def shown(desk: Desk, view: IncidentView, numbers: dict[AgencyId, str | None]) -> list[Shown]:
    """Those that are open first, the next to ask about on top; then those that have ended."""
    known = view.incident.referrals.values()
    ordered = [*open_ones(view.incident), *(each for each in reversed(list(known)) if ended(each))]
    return [_one(each, view, desk, numbers) for each in ordered]


def _one(known: Referral, view: IncidentView, desk: Desk, numbers: dict[AgencyId, str | None]) -> Shown:
    translate = translations(desk.language).gettext
    return Shown(
        id=known.id,
        agency=view.agencies.get(known.agency) or translate(N_("an agency")),
        number=numbers.get(known.agency),
        phone=for_people(numbers.get(known.agency) or ""),
        care=translate(CARE[known.care]),
        state=translate(STATES[known.state]),
        tone=TONES[known.state],
        reason=None if known.reason is None else translate(REASONS[known.reason]),
        said_by=None if known.said_by is None else view.words.get(known.said_by),
        note=None if known.note is None else view.words.get(known.note),
        since=known.since,
        check_at=known.check_at,
        stale=stale(known, desk.at),
        asked=known.moves > 0,
        next=_next(known, desk.language),
    )


def _next(known: Referral, language: Language) -> list[tuple[str, str]]:
    translate = translations(language).gettext
    return [(state.value, translate(STATES[state])) for state in can_move(known)]


def standing(view: IncidentView, at: datetime) -> tuple[int, int]:
    """How many are open, and of how many it is time to ask."""
    found: Sequence[Referral] = open_ones(view.incident)
    return len(found), sum(stale(each, at) for each in found)
