"""Who was called about each page, how far each text and call came, and why not further: read from the log."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from crisis import page_events as pev
from crisis.call_words import Receipt
from crisis.events import Event
from crisis.statemachine.incident import Page
from crisis.store.queries import IncidentView
from crisis.vocabulary import AttemptOutcome, Channel, DeclineReason, PageId, PageState, PersonId
from web import words
from web.rendering import Language, translations
from web.words import N_

LOOKING = (PageState.PAGING, PageState.EXHAUSTED)
GOOD = (Receipt.DELIVERED, Receipt.ANSWERED)
Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """The latest text or call to one person; `times` counts those of its channel."""

    channel: Channel
    at: datetime
    said: str
    tone: str  # ok | warn | late, or nothing
    times: int = 1
    weight: int = 0  # of two words on the same call the heavier one stands, else the later one


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    person: PersonId
    standing: str
    tone: str
    tried: tuple[Tried, ...]


def called(view: IncidentView, language: Language) -> dict[PageId, list[Called]]:
    """In the order in which people were called; who could not be reached at all is among them."""
    translate = translations(language).gettext
    events = [stored.event for stored in view.events]
    tries, why = _tries(events, translate), _reasons(events)
    found: dict[PageId, list[Called]] = {page: [] for page in view.incident.pages}
    for (page_id, person), latest in tries.items():
        page = view.incident.pages[page_id]
        standing, tone = _standing(page, person, latest)
        reason = why.get((page_id, person))
        said = translate(standing) + (f": {translate(words.of(reason))}" if reason and person in page.declined else "")
        found[page_id].append(Called(person=person, standing=said, tone=tone, tried=tuple(latest.values())))
    return found


def _standing(page: Page, person: PersonId, latest: Mapping[Channel, Tried]) -> tuple[str, str]:
    """The furthest that is known, from being called to being here."""
    if page.accepted_by == person and page.state is PageState.ACCEPTED:
        return (N_("is here"), "ok") if page.arrived_at else (N_("has accepted"), "ok")
    for among, said, tone in (
        (page.declined, N_("cannot come"), "warn"),
        (page.standing_by, N_("stands by"), "ok"),
        (page.late, N_("answered too late"), ""),
        (page.seen, N_("has seen it"), "warn"),
    ):
        if person in among:
            return said, tone
    if page.state not in LOOKING:
        return N_("did not answer"), ""
    return _unanswered(latest)


def _unanswered(latest: Mapping[Channel, Tried]) -> tuple[str, str]:
    if all(each.tone == "late" for each in latest.values()):
        return N_("could not be reached"), "late"
    arrived = any(each.tone == "ok" for each in latest.values())
    return (N_("no answer yet"), "warn") if arrived else (N_("on its way"), "warn")


def _tries(events: list[Event], translate: Translate) -> dict[tuple[PageId, PersonId], dict[Channel, Tried]]:
    found: dict[tuple[PageId, PersonId], dict[Channel, Tried]] = {}
    newest: dict[tuple[PageId, PersonId, Channel], list[str]] = {}
    for event in events:
        if isinstance(event, pev.PageTextsStopped):
            texts = len(newest.get((event.page, event.person, Channel.TEXT), ()))
            found.setdefault((event.page, event.person), {})[Channel.TEXT] = _stopped(event, texts, translate)
        if not isinstance(event, pev.PageAttempted | pev.PageReceiptCame):
            continue
        mine = newest.setdefault((event.page, event.person, event.channel), [])
        if event.attempt not in mine:
            mine.append(event.attempt)
        if event.attempt == mine[-1]:  # what comes late of an earlier one says nothing of the latest
            said, tone = _said(event, translate)
            tried = Tried(
                channel=event.channel, at=event.at, said=said, tone=tone, times=len(mine), weight=_weight(event)
            )
            of_person = found.setdefault((event.page, event.person), {})
            of_person[event.channel] = _further(of_person.get(event.channel), tried)
    return found


def _stopped(event: pev.PageTextsStopped, texts: int, translate: Translate) -> Tried:
    """Whatever became of the text before; the next one, after START, says again how far it came (F27)."""
    said = translate(N_("switched off by their STOP: called instead"))
    return Tried(channel=Channel.TEXT, at=event.at, said=said, tone="late", times=max(1, texts), weight=3)


def _further(before: Tried | None, now: Tried) -> Tried:
    """A receipt that crossed the report of the same call is not undone by it (F31)."""
    crossed = before is not None and before.times == now.times and before.weight > now.weight
    return before if crossed and before is not None else now


def _weight(event: pev.PageAttempted | pev.PageReceiptCame) -> int:
    if isinstance(event, pev.PageReceiptCame) or event.outcome is AttemptOutcome.REFUSED:
        return 2
    return 0 if event.outcome is AttemptOutcome.UNKNOWN else 1


def _said(event: pev.PageAttempted | pev.PageReceiptCame, translate: Translate) -> tuple[str, str]:
    if isinstance(event, pev.PageReceiptCame):
        return translate(words.of(event.receipt)), "ok" if event.receipt in GOOD else "warn"
    if event.channel is Channel.CONSOLE:
        return translate(N_("no number that works: shown on the console alone")), "late"
    if event.outcome is AttemptOutcome.ACCEPTED:
        return translate(words.of(event.outcome)), ""
    because = [translate(words.of(event.failure))] if event.failure is not None else []
    because += [event.code] if event.code else []
    said = translate(words.of(event.outcome)) + (f" ({', '.join(because)})" if because else "")
    return said, "late" if event.outcome is AttemptOutcome.REFUSED else "warn"


def _reasons(events: list[Event]) -> dict[tuple[PageId, PersonId], DeclineReason]:
    return {(page, person): reason for page, person, reason in _given(events) if reason is not DeclineReason.OTHER}


def _given(events: list[Event]) -> Iterator[tuple[PageId, PersonId, DeclineReason]]:
    for event in events:
        if isinstance(event, pev.PageDeclined | pev.PageLetGo | pev.PageDeclineExplained) and event.reason is not None:
            yield event.page, event.person, event.reason
