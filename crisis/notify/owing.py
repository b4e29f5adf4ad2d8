"""What a level of a page owes at a moment: whom it asks, which calls are due, and when to look again.

Pure, from the state, the log and who is on call; `paging.py` makes the calls, `crisis.simulating` plays them through.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crisis.effects import PageLevel
from crisis.events import Event
from crisis.ladders import LADDERS, Cadence, cadence_of
from crisis.notify.escalation import Try
from crisis.notify.pacing import Turn
from crisis.notify.people_to_tell import Reachable
from crisis.notify.standing import final
from crisis.page_events import PageAttempted
from crisis.statemachine.incident import Incident, Page
from crisis.statemachine.paging import LIVE
from crisis.statemachine.places import spared
from crisis.vocabulary import AttemptOutcome, Channel, PersonId

History = Mapping[PersonId, Sequence[Try]]  # what was tried since this level began, by person, in order
Numbered = tuple[int, Event]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the log says of the calls of a page, as one of its levels sees it.

    `later` are called by a later level, which also asks them: one cadence at a time. `ours` are called by this one.
    `rung` counts the calls to each person in this search, of all levels: carriers block who calls too often.
    """

    tried: History
    ours: frozenset[PersonId]
    later: frozenset[PersonId]
    rung: Mapping[PersonId, int]


@dataclass(frozen=True, slots=True)
class Due:
    """One call that is to be made now; `number` counts those to this person by this channel, from one."""

    turn: Turn
    channel: Channel
    number: int

    @property
    def who(self) -> Reachable:
        return self.turn.who


@dataclass(frozen=True, slots=True, kw_only=True)
class Owing:
    """`asked` have not said no. `shown` cannot be called and are asked on the console alone.

    `nobody`: nobody is waited for at this level, since it calls nobody and never will.
    """

    asked: tuple[Reachable, ...]
    called: tuple[Turn, ...]
    shown: tuple[Reachable, ...]
    due: tuple[Due, ...]
    nobody: bool


def wanted(incident: Incident, effect: PageLevel) -> Page | None:
    """The page while it looks for somebody: a level that begins does not silence those before it."""
    page = incident.pages.get(effect.page)
    looking = page is not None and page.state in LIVE
    return page if looking and page is not None and effect.level <= page.level else None


def owing(
    incident: Incident,
    page: Page,
    effect: PageLevel,
    turns: Sequence[Turn],
    *,
    past: Past,
    at: datetime,
    line: bool,
) -> Owing:
    """`turns` are of whom the level names now. Without a `line` everybody is asked on the console, and waited for."""
    out = spared(incident, page)
    asked = [each for each in turns if each.who.person not in out]
    called = tuple(each for each in asked if line and each.who.phone is not None)
    shown = tuple(each.who for each in asked if each not in called and each.who.person not in past.tried)
    due = tuple(
        Due(turn, channel, _number(past.tried.get(turn.who.person, ()), channel))
        for turn in called
        if turn.who.person not in past.later
        for channel in turn.due(
            _cadence(page), past.tried.get(turn.who.person, ()), at, calls=_may_ring(page, past, turn.who)
        )
    )
    nobody = (line or not asked) and not any(_is_tried(page, past, turn) for turn in called)
    people = tuple(each.who for each in asked)
    return Owing(asked=people, called=called, shown=shown, due=() if nobody else due, nobody=nobody)


def _is_tried(page: Page, past: Past, turn: Turn) -> bool:
    """Not so whom no text reaches and other levels have rung as often as one page may."""
    tries = past.tried.get(turn.who.person, ())
    return bool(tries) or turn.next_due(_cadence(page), tries, calls=_may_ring(page, past, turn.who)) is not None


def _may_ring(page: Page, past: Past, who: Reachable) -> bool:
    return past.rung.get(who.person, 0) < _cadence(page).most_calls


def _number(tries: Sequence[Try], channel: Channel) -> int:
    return len([each for each in tries if each.channel is channel]) + 1


def next_call(page: Page, effect: PageLevel, called: Iterable[Turn], past: Past) -> datetime | None:
    """When to look again, if everybody stays silent; None when this level's calls are done."""
    times = (
        turn.next_due(_cadence(page), past.tried.get(turn.who.person, ()), calls=_may_ring(page, past, turn.who))
        for turn in called
        if turn.who.person not in past.later
    )
    return min((when for when in times if when is not None), default=None)


def _cadence(page: Page) -> Cadence:
    return cadence_of(page.ladder or LADDERS[page.urgency], page.urgency)


def level_began(page: Page, effect: PageLevel) -> datetime:
    return page.began[effect.level] if effect.level < len(page.began) else page.level_since


def past(page: Page, effect: PageLevel, seq: int, log: Iterable[Numbered]) -> Past:
    """From the whole log of the incident; `seq` is the number of the event that asked for the level."""
    calls = [(n, event) for n, event in log if isinstance(event, PageAttempted) and event.page == effect.page]
    later = {event.person for _n, event in calls if _of_a_later_level(page, effect, event)}
    ours = {event.person for n, event in calls if n > seq and event.level == effect.level}
    rung: Counter[PersonId] = Counter()
    for (person, _attempt), tried in _known(event for _n, event in calls if event.at >= page.began[0]).items():
        rung[person] += tried.channel is Channel.VOICE and tried.outcome is not AttemptOutcome.REFUSED
    found: dict[PersonId, list[Try]] = {}
    for (person, _attempt), tried in _known(event for n, event in calls if n > seq).items():
        found.setdefault(person, []).append(tried)
    return Past(tried=found, ours=frozenset(ours), later=frozenset(later), rung=rung)


def _of_a_later_level(page: Page, effect: PageLevel, event: PageAttempted) -> bool:
    """One that has begun since the page looks for somebody: what is heard late of an earlier search is none of it."""
    level = event.level or 0
    return effect.level < level < len(page.began) and event.at >= page.began[level]


def _known(log: Iterable[PageAttempted]) -> dict[tuple[PersonId, str], Try]:
    """Each call once, as it is known now, in whatever order it was heard; its first time stays."""
    calls: dict[tuple[PersonId, str], Try] = {}
    for event in log:
        said = Try(channel=event.channel, outcome=event.outcome, at=event.at)
        key = (event.person, event.attempt)
        before = calls.get(key, said)
        calls[key] = replace(before, outcome=final(before.outcome, said.outcome))  # F31
    return calls
