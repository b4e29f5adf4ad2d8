"""The whole look back at one incident or drill, from its log alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crisis import events as ev
from crisis.events import Event
from crisis.family_events import GuardianTextOrdered
from crisis.message_words import Rung
from crisis.protocols.schema import Protocol
from crisis.review.causes import causes, without_an_adult
from crisis.review.deadlines import Expected, expected
from crisis.review.milestones import Length, lengths
from crisis.review.paged import Paged, pages
from crisis.review.replay import Moment, moments
from crisis.review_words import Kept, ReviewCause
from crisis.statemachine.ground import Ground
from crisis.vocabulary import ContactOutcome, DeadlineKind, LanguageHelp, Mode, StepId, StepType

DUE = (Kept.IN_TIME, Kept.LATE, Kept.MISSED)
IN_THEIRS = (Rung.EXACT, Rung.ACCEPTED, Rung.RECORDING, Rung.LIVE_CALL)
SPOKEN_WITH = (ContactOutcome.REACHED, ContactOutcome.DECLINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many; `of` 0 says nothing."""

    count: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """An exception that was declared; once for each time."""

    step: StepId
    exception: str
    at: datetime
    lifted_at: datetime | None
    ran_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """`until` is how far it looks, UTC. `gap`: seconds without an accountable adult, the aim is 0 (I-1). `tries`: to
    reach a guardian, up to the first who understood.
    """

    mode: Mode
    until: datetime
    closed: bool
    lengths: tuple[Length, ...]
    expected: tuple[Expected, ...]
    pages: tuple[Paged, ...]
    gap: int
    tries: int
    exceptions: tuple[Used, ...]
    in_their_language: Share  # talks with the family and texts to them
    causes: tuple[ReviewCause, ...]

    def kept(self, *kinds: DeadlineKind) -> Share:
        """Of the deadlines of those kinds that came due."""
        return _share([each for each in self.expected if each.kind in kinds])

    @property
    def follow_ups(self) -> Share:
        return _share([each for each in self.expected if each.step.type is StepType.FOLLOW_UP])


def review(log: Sequence[Event], protocol: Protocol, ground: Ground, until: datetime) -> Review:
    """`log` is all of one incident, in order; what was corrected in it counts as it was written (I-19)."""
    row = list(moments(log))
    last = row[-1].after
    ends = last.closed_at or until
    found = tuple(expected(row, protocol, ground, ends))
    return Review(
        mode=last.mode,
        until=ends,
        closed=last.closed_at is not None,
        lengths=tuple(lengths(row)),
        expected=found,
        pages=tuple(pages(row)),
        gap=_gap(row, protocol, ends),
        tries=_tries(row),
        exceptions=tuple(_exceptions(log)),
        in_their_language=_in_their_language(log),
        causes=tuple(causes(row, protocol, found)),
    )


def _share(found: Sequence[Expected]) -> Share:
    due = [each for each in found if each.kept in DUE]
    return Share(count=sum(each.kept is Kept.IN_TIME for each in due), of=len(due))


def _gap(row: Sequence[Moment], protocol: Protocol, ends: datetime) -> int:
    """By the server's times, which run in order: what people claim may overlap."""
    until = [*(moment.event.at for moment in row[1:]), ends]
    alone = [(since, after) for since, after in zip(row, until, strict=True) if without_an_adult(since.after, protocol)]
    return round(sum((after - since.event.at).total_seconds() for since, after in alone))


def _tries(row: Sequence[Moment]) -> int:
    until = next((n for n, each in enumerate(row) if each.after.guardian_reached_at is not None), len(row))
    return sum(isinstance(each.event, ev.ContactAttempted) for each in row[: until + 1])


def _exceptions(log: Sequence[Event]) -> list[Used]:
    found: list[Used] = []
    for number, event in enumerate(log):
        if isinstance(event, ev.ExceptionDeclared):
            lifted, ran_out = _end(event, log[number + 1 :])
            at = event.occurred_at or event.at
            found.append(Used(step=event.step, exception=event.exception, at=at, lifted_at=lifted, ran_out=ran_out))
    return found


def _end(declared: ev.ExceptionDeclared, after: Sequence[Event]) -> tuple[datetime | None, bool]:
    """When it was lifted, and whether its time had run out before that."""
    ran_out = False
    for event in after:
        match event:
            case ev.ExceptionLifted(exception=declared.exception):
                return event.at, ran_out
            case ev.ExceptionExpired(exception=declared.exception):
                ran_out = True
            case _:
                pass
    return None, ran_out


def _in_their_language(log: Sequence[Event]) -> Share:
    """A talk whose interpreter was waived, and a text that fell down to English, were not."""
    talks = [event for event in log if isinstance(event, ev.ContactAttempted) and event.outcome in SPOKEN_WITH]
    texts = [event for event in log if isinstance(event, GuardianTextOrdered)]
    good = sum(talk.language_help in (LanguageHelp.SHARED, LanguageHelp.INTERPRETER) for talk in talks)
    return Share(count=good + sum(text.rung in IN_THEIRS for text in texts), of=len(talks) + len(texts))
