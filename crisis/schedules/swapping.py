"""Changes by hand: what an override must say, and how a turn changes hands. Nothing moves before it is accepted."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import assert_never

from crisis.errors import Reason, Refused, refuse_if
from crisis.schedules.ahead import stretches
from crisis.schedules.rota import Absence, Override, Schedule, Swap
from crisis.vocabulary import OverrideKind, PersonId, SwapState

LONGEST = timedelta(days=400)


def must_fit(override: Override, absences: Iterable[Absence], at: datetime) -> None:
    """Raises `Refused` where an override would say nothing, or would name somebody who is away."""
    refuse_if(*_span(override.starts_at, override.ends_at, at), _incomplete(override))
    refuse_if(_away(override.incoming, override.starts_at, override.ends_at, absences))


def must_be_offerable(swap: Swap, schedule: Schedule, at: datetime) -> None:
    """The turns must be theirs, and both people there, when it is offered and again when it is accepted."""
    refuse_if(
        Reason("SWAP", "Offer your turn to somebody else than yourself") if swap.giver == swap.taker else None,
        *_span(swap.starts_at, swap.ends_at, at),
        *(_span(*swap.back, at) if swap.back is not None else ()),
    )
    refuse_if(
        _not_theirs(swap.giver, swap.starts_at, swap.ends_at, schedule),
        _away(swap.taker, swap.starts_at, swap.ends_at, schedule.absences),
    )
    if swap.back is not None:
        refuse_if(_not_theirs(swap.taker, *swap.back, schedule), _away(swap.giver, *swap.back, schedule.absences))


def must_be_answerable(swap: Swap, by: PersonId, to: SwapState) -> None:
    """The one who was asked accepts or refuses; the one who offered withdraws."""
    if swap.state is not SwapState.OFFERED:
        raise Refused(Reason("SWAP", "This offer was answered or withdrawn already"))
    match to:
        case SwapState.ACCEPTED | SwapState.REFUSED:
            wrong = by != swap.taker
        case SwapState.WITHDRAWN:
            wrong = by != swap.giver
        case SwapState.OFFERED:
            wrong = True
        case _:
            assert_never(to)
    text = "Only the person who was asked answers an offer, and only the person who made it withdraws it"
    refuse_if(Reason("SWAP", text) if wrong else None)


def replacements(swap: Swap) -> list[tuple[PersonId, PersonId, datetime, datetime]]:
    """Who comes in for whom, from when to when, once it is accepted."""
    there = [(swap.taker, swap.giver, swap.starts_at, swap.ends_at)]
    return there if swap.back is None else [*there, (swap.giver, swap.taker, *swap.back)]


def must_be_a_span(starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    refuse_if(*_span(starts_at, ends_at, at))


def _span(starts_at: datetime, ends_at: datetime, at: datetime) -> list[Reason | None]:
    return [
        Reason("SPAN", "The end comes after the beginning") if ends_at <= starts_at else None,
        Reason("SPAN", "This is over already; what was cannot be changed") if ends_at <= at else None,
        Reason("SPAN", "This is too long; plan a year at most") if ends_at - starts_at > LONGEST else None,
    ]


def _incomplete(override: Override) -> Reason | None:
    incoming, outgoing = override.incoming is not None, override.outgoing is not None
    match override.kind:
        case OverrideKind.ADD:
            fits = incoming and not outgoing
        case OverrideKind.REMOVE:
            fits = outgoing and not incoming
        case OverrideKind.REPLACE:
            fits = incoming and override.incoming != override.outgoing
        case _:
            assert_never(override.kind)
    return None if fits else Reason("OVERRIDE", "Say who comes in, who goes out, or who comes in for whom")


def _away(
    person: PersonId | None, starts_at: datetime, ends_at: datetime, absences: Iterable[Absence]
) -> Reason | None:
    away = any(each.person == person and each.starts_at < ends_at and starts_at < each.ends_at for each in absences)
    return Reason("ABSENCE", "This person is away for a part of that time; choose somebody else") if away else None


def _not_theirs(person: PersonId, starts_at: datetime, ends_at: datetime, schedule: Schedule) -> Reason | None:
    theirs = all(person in each.answer.people for each in stretches(schedule, starts_at, ends_at))
    return None if theirs else Reason("SWAP", "This is not, or no longer, that person's turn from beginning to end")
